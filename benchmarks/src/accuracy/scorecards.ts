import {
  assignBins,
  type Characteristic,
  CONVENTIONS,
  countBins,
  type DataTable,
  fitScorecard,
  type NoisyBinTable,
  OPTIMAL,
  type Outcome,
  rankingOf,
  type Scorecard,
  scoreTable,
  selectRows,
  splitRows,
} from '@vouchsafe/scorecard';
import { seededRng } from '@vouchsafe/testkit';
import type { TableRow } from '../report.ts';
import { drawBins, type Histograms } from './bins.ts';
import type { DataSet } from './data-sets.ts';
import { EPSILONS, HOLDERS, NO_NOISE } from './noise.ts';
import { right } from './right.ts';

interface Sample {
  readonly table: DataTable;
  readonly bad: Outcome;
}

/** A quarter is held back; scorecards are measured on it. */
const TEST_SHARE = 0.25;

/** Train and test rows of a data set under a seed. */
export const splitOf = ({ table, bad }: DataSet, seed: number): { readonly train: Sample; readonly test: Sample } => {
  const { train, test } = splitRows({ rows: bad.length, testShare: TEST_SHARE }, seededRng(seed));
  const part = (rows: Uint32Array): Sample => ({
    table: new Map([...table].map(([name, column]) => [name, selectRows(column, rows)])),
    bad: Uint8Array.from(rows, (row) => bad[row]!),
  });
  return { train: part(train), test: part(test) };
};

/** The scorecard of a sample that lies in one heap. */
export const pooledScorecard = async ({ table, bad }: Sample): Promise<Scorecard> =>
  right(
    await fitScorecard({
      name: 'accuracy',
      table,
      bad,
      // A level that only the test rows have counts as missing, and a bin never seen as no evidence: so every row gets a score.
      rule: { ...OPTIMAL, unseen: 'missing' },
      conventions: { ...CONVENTIONS, emptyBin: 'neutral' },
    })(),
  ).scorecard;

/** @returns the area under the ROC curve of a scorecard */
export const aucOf = (scorecard: Scorecard, { table, bad }: Sample): number =>
  right(rankingOf(right(scoreTable(scorecard, table)), bad)).auc;

/** The bins of a row's characteristic, and the histograms of a sample: what `fitBins` asks the holders for. */
export const histogramsOf = (characteristics: readonly Characteristic[], { table, bad }: Sample): readonly Histograms[] =>
  characteristics.map(({ name, binning, bins }) => {
    const counts = countBins(assignBins(binning, table.get(name)!), bad, bins.length);
    const at = bins.map((_, i) => i).filter((i) => counts.good[i]! + counts.bad[i]! > 0);
    const pick = <A>(list: readonly A[]): readonly A[] => at.map((i) => list[i]!);
    return { name, labels: pick(bins).map(({ label }) => label), good: pick(counts.good), bad: pick(counts.bad), at };
  });

/** Weights of evidence of one characteristic's bins, by their position in the binning. */
export interface Evidence {
  readonly at: readonly number[];
  readonly woes: readonly number[];
}

/** The AUC of the sum of weights of evidence: a scorecard that needs the histograms and nothing else, every coefficient one (naive Bayes). */
export const aucOfEvidence = (
  characteristics: readonly Characteristic[],
  evidence: readonly Evidence[],
  { table, bad }: Sample,
): number => {
  const scores = new Float64Array(bad.length);
  for (const [j, { name, binning }] of characteristics.entries()) {
    const bins = assignBins(binning, table.get(name)!);
    const { at, woes } = evidence[j]!;
    const points = new Map(at.map((bin, i) => [bin, woes[i] ?? 0]));
    for (let i = 0; i < scores.length; i++) scores[i]! += points.get(bins[i]!) ?? 0;
  }
  return right(rankingOf(scores, bad)).auc;
};

/** Weights of evidence of the asked bins; none where the noise left no table. */
export const evidenceOf = (
  histograms: readonly Histograms[],
  tables: readonly (NoisyBinTable | undefined)[],
): readonly Evidence[] => histograms.map(({ at }, j) => ({ at, woes: tables[j]?.table.bins.map(({ woe }) => woe) ?? [] }));

/** What one split gave, by how the scorecard came about; ε 0 where there is none. */
interface Auc {
  readonly way: string;
  readonly epsilon: number;
  readonly auc: number;
}

/**
 * One split: the pooled scorecard (which signals give too, since their totals are exact), that of one lender with a third of the rows, evidence from histograms without noise,
 * and with noise at each ε. Characteristics and bins are the pooled scorecard's: a catalogue declares them beforehand, so that what differs is the noise.
 */
const measureSplit = async (data: DataSet, seed: number): Promise<readonly Auc[]> => {
  const { train, test } = splitOf(data, seed);
  const pooled = await pooledScorecard(train);
  const { characteristics } = pooled;
  const third = Uint32Array.from({ length: Math.floor(train.bad.length / HOLDERS) }, (_, i) => i * HOLDERS);
  const alone = await pooledScorecard({
    table: new Map([...train.table].map(([name, column]) => [name, selectRows(column, third)])),
    bad: Uint8Array.from(third, (row) => train.bad[row]!),
  });
  const histograms = histogramsOf(characteristics, train);
  const woesOf = (tables: readonly (NoisyBinTable | undefined)[]) => evidenceOf(histograms, tables);
  const exact = woesOf(drawBins(histograms, NO_NOISE));
  return [
    { way: 'pooled', epsilon: 0, auc: aucOf(pooled, test) },
    { way: 'one lender', epsilon: 0, auc: aucOf(alone, test) },
    { way: 'histograms', epsilon: 0, auc: aucOfEvidence(characteristics, exact, test) },
    ...EPSILONS.map(({ value, exact: epsilon }) => ({
      way: 'noisy histograms',
      epsilon: value,
      auc: aucOfEvidence(characteristics, woesOf(drawBins(histograms, epsilon)), test),
    })),
  ];
};

/** Means over splits, with the standard deviation over them. */
export const measureScorecards = async (data: DataSet, splits: number): Promise<readonly TableRow[]> => {
  const all: Auc[] = [];
  for (let seed = 0; seed < splits; seed++) all.push(...(await measureSplit(data, seed)));
  const keys = new Set(all.map(({ way, epsilon }) => `${way} ${epsilon}`));
  return [...keys].map((key): TableRow => {
    const group = all.filter(({ way, epsilon }) => `${way} ${epsilon}` === key);
    const mean = group.reduce((sum, { auc }) => sum + auc, 0) / group.length;
    const deviation = Math.sqrt(group.reduce((sum, { auc }) => sum + (auc - mean) ** 2, 0) / Math.max(1, group.length - 1));
    const { way, epsilon } = group[0]!;
    return {
      sample: data.name,
      rows: data.bad.length,
      way,
      epsilon: epsilon === 0 ? null : epsilon,
      auc: mean,
      deviation,
      splits,
    };
  });
};
