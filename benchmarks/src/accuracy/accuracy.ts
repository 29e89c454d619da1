import { createGroup } from '@vouchsafe/group';
import type { Case, TableRow } from '../report.ts';
import { measureBins } from './bins.ts';
import { type DataSet, dataSets } from './data-sets.ts';
import { histogramsOf, measureScorecards, pooledScorecard, splitOf } from './scorecards.ts';
import { measureThroughProtocol } from './through-the-protocol.ts';
import { measureTotals } from './totals.ts';

/** Training rows that go through the protocol at most: sealing them takes the time. */
const PROTOCOL_ROWS = 3000;
const PROTOCOL_CHARACTERISTICS = 5;
const MOST_SPLITS = 20;

/**
 * What privacy costs in accuracy: no times. `rounds` is how often noise is drawn; totals get ten times as many draws, scorecards as many splits up to 20. `rows`: of
 * each data set at most.
 */
export const accuracy: Case = async ({ rounds, rows, slots = PROTOCOL_CHARACTERISTICS }) => {
  const sets = await dataSets(rows);
  const splits = Math.min(MOST_SPLITS, rounds);
  console.error('  totals');
  const totals = measureTotals(10 * rounds);
  const bins: TableRow[] = [];
  const scorecards: TableRow[] = [];
  const protocol: TableRow[] = [];
  for (const data of sets) {
    console.error(`  ${data.name}`);
    bins.push(...measureBins(data.name, await strongestOf(data), rounds));
    scorecards.push(...(await measureScorecards(data, splits)));
    protocol.push(...(await measureThroughProtocol(data, { most: PROTOCOL_ROWS, characteristics: slots })));
  }
  const mean = (sample: string, way: string, epsilon: number | null): number =>
    scorecards.find((row) => row['sample'] === sample && row['way'] === way && row['epsilon'] === epsilon)!['auc'] as number;
  const figures = sets.flatMap(({ name }) => [
    [`auc pooled, ${name}`, mean(name, 'pooled', null)] as const,
    [`auc epsilon 1, ${name}`, mean(name, 'noisy histograms', 1)] as const,
  ]);
  return {
    backend: createGroup({ pool: null }).backend,
    figures: { splits, draws: rounds, ...Object.fromEntries(figures) },
    ratios: {},
    tables: { totals, bins, scorecards, protocol },
  };
};

/** The characteristic of the pooled scorecard that stands first: the one with the greatest information value. */
const strongestOf = async (data: DataSet) => {
  const { train } = splitOf(data, 0);
  const { characteristics } = await pooledScorecard(train);
  return histogramsOf(characteristics.slice(0, 1), train)[0]!;
};
