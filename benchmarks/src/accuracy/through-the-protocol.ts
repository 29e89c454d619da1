import { type Column, E, type Rational } from '@vouchsafe/core';
import type { FittedBins } from '@vouchsafe/querier';
import { assignBins, type Characteristic } from '@vouchsafe/scorecard';
import type { TableRow } from '../report.ts';
import { type Histograms, NOISY_CONVENTIONS } from './bins.ts';
import { type DataSet, firstRows } from './data-sets.ts';
import { type BucketRow, identifierOf, openSmallFederation, PURPOSE, SCHEME } from './federation.ts';
import { EPSILONS, HOLDERS, NO_NOISE } from './noise.ts';
import { right } from './right.ts';
import { aucOf, aucOfEvidence, evidenceOf, histogramsOf, pooledScorecard, splitOf } from './scorecards.ts';

/** A bucket column has two or more. */
const LEAST_BUCKETS = 2;
/** People whose signal is compared with their row. */
const SIGNALS = 20;
const SEED = 0;

/**
 * A data set through the real SDKs: three holders with a third of the training rows each, `fitBins` over the bureau's goods and bads at each ε, and signals. Without noise
 * the histograms must be those of the pooled rows, and a signal its subject's row: a bureau that gets signals fits the pooled scorecard.
 * @param size.most training rows at most
 * @param size.characteristics that are asked at most, the strongest first, so that a table has few slots
 * @throws Error where the federation gives other figures than the pooled rows
 */
export const measureThroughProtocol = async (
  data: DataSet,
  { most, characteristics: kept }: { readonly most: number; readonly characteristics: number },
): Promise<readonly TableRow[]> => {
  const split = splitOf(data, SEED);
  const rows = Math.min(most, split.train.bad.length);
  const train = firstRows({ name: data.name, ...split.train }, rows);
  const pooled = await pooledScorecard(train);
  const characteristics = strongest(
    pooled.characteristics.filter((one) => histogramsOf([one], train)[0]!.at.length >= LEAST_BUCKETS),
  ).slice(0, kept);
  const histograms = histogramsOf(characteristics, train);
  const columns = histograms.map(({ at }, j): Column => ({ kind: 'bucket', name: columnName(j), buckets: at.map(bucketName) }));
  const bins = characteristics.map(({ name, binning }) => assignBins(binning, train.table.get(name)!));
  const people = Array.from(
    { length: rows },
    (_, id): BucketRow => ({
      id,
      values: Object.fromEntries(bins.map((own, j) => [columnName(j), bucketName(own[id]!)])),
    }),
  );
  const { querier, close } = await openSmallFederation(columns, people);
  try {
    const of = (outcome: 0 | 1) => people.filter(({ id }) => train.bad[id] === outcome).map(({ id }) => identifierOf(id));
    const names = columns.map(({ name }) => name);
    const question = {
      scheme: SCHEME,
      purpose: PURPOSE,
      columns: names,
      goods: of(0),
      bads: of(1),
      conventions: NOISY_CONVENTIONS,
    };
    const fit = ({ num, den }: Rational) =>
      querier.fitBins({ ...question, epsilon: den === 1n ? Number(num) : `${num}/${den}` })();
    const exact = right(await fit(NO_NOISE));
    checkHistograms(exact, histograms);
    for (const { id, values } of people.slice(0, SIGNALS)) {
      const asked = { scheme: SCHEME, purpose: PURPOSE, subject: identifierOf(id), columns: names };
      const { columns: totals } = right(await querier.signal(asked)());
      // With the columns comes `present`: one relationship, since each row has one holder.
      const told = totals.map((total) =>
        total.kind === 'bucket'
          ? total.buckets.filter((one) => one.total !== 0).map((one) => `${one.bucket} ${one.total}`)
          : total.total,
      );
      if (JSON.stringify(told) !== JSON.stringify([1, ...names.map((name) => [`${values[name]} 1`])]))
        throw new Error('a signal is not its row');
    }
    const auc = (fitted: FittedBins): number => aucOfEvidence(characteristics, evidenceOf(histograms, fitted.tables), split.test);
    const about = {
      sample: data.name,
      rows,
      characteristics: columns.length,
      holders: HOLDERS,
      signals: Math.min(SIGNALS, rows),
    };
    const noisy: TableRow[] = [];
    for (const { value, exact: epsilon } of EPSILONS) {
      const fitted = await fit(epsilon);
      // So much noise that a histogram has no goods or no bads left: an answer, but no table.
      if (E.isLeft(fitted) && !['BadCounts', 'NobodyCounted'].includes(fitted.left._tag)) throw new Error(fitted.left.message);
      noisy.push({ ...about, way: 'federated', epsilon: value, auc: E.isLeft(fitted) ? null : auc(fitted.right) });
    }
    return [
      { ...about, way: 'pooled', epsilon: null, auc: aucOf(pooled, split.test) },
      { ...about, way: 'federated, no noise', epsilon: null, auc: auc(exact) },
      ...noisy,
    ];
  } finally {
    await close();
  }
};

const columnName = (j: number): string => `column${j + 1}`;
const bucketName = (bin: number): string => `bin-${bin + 1}`;

const ivOf = ({ bins }: Characteristic): number => {
  const [goods, bads] = [sum(bins.map(({ good }) => good)), sum(bins.map(({ bad }) => bad))];
  return sum(bins.map(({ good, bad, woe }) => Math.abs((good / goods - bad / bads) * woe)));
};
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const strongest = (characteristics: readonly Characteristic[]): readonly Characteristic[] =>
  [...characteristics].sort((a, b) => ivOf(b) - ivOf(a));

const checkHistograms = ({ tables }: FittedBins, histograms: readonly Histograms[]): void => {
  for (const [j, { good, bad }] of histograms.entries())
    for (const [i, bin] of tables[j]!.bins.entries())
      if (bin.noisyGood !== good[i] || bin.noisyBad !== bad[i])
        throw new Error('without noise, the histograms of the federation are not those of the pooled rows');
};
