import { type Catalogue, E } from '@vouchsafe/core';
import { plusMinus, priceOf } from '@vouchsafe/privacy';
import { CONVENTIONS, type Conventions, type NoisyBinTable, noisyBinTable } from '@vouchsafe/scorecard';
import type { TableRow } from '../report.ts';
import { EPSILONS, HOLDERS, noiseOfTotal, quantile } from './noise.ts';
import { right } from './right.ts';

/** Two histograms of one characteristic, goods and bads. */
export interface Histograms {
  readonly name: string;
  readonly labels: readonly string[];
  readonly good: readonly number[];
  readonly bad: readonly number[];
  /** The position in the binning of each bin that is asked: one that no row of the sample is in is left out. */
  readonly at: readonly number[];
}

/** Half a person stands for none where a bin has no goods or no bads, as by default; a bin that the noise emptied is no evidence. */
export const NOISY_CONVENTIONS: Conventions = { ...CONVENTIONS, emptyBin: 'neutral' };

/**
 * Bin tables as `fitBins` makes them at one price over all characteristics: the same split of ε, the same sampler, the same rules; without the transport.
 * @param epsilon what every row of the sample pays
 * @returns `undefined` for a characteristic whose noisy counts leave no goods or no bads at all: there is no table then
 */
export const drawBins = (
  tables: readonly Histograms[],
  epsilon: { readonly num: bigint; readonly den: bigint },
): readonly (NoisyBinTable | undefined)[] => {
  const catalogue: Catalogue = {
    cohortCap: 20_000,
    columns: tables.map(({ name, labels }) => ({ kind: 'bucket', name, buckets: labels })),
  };
  const price = right(priceOf({ epsilon, catalogue, columns: tables.map(({ name }) => name) }));
  return tables.map(({ name, labels, good, bad }, i) => {
    const { scale } = price.columns[i]!.slots[0]!;
    const noise = plusMinus({ scale, holders: HOLDERS });
    const noisy = (counts: readonly number[]) => ({ counts: counts.map((count) => count + noiseOfTotal(scale)), noise });
    const [goods, bads] = [noisy(good), noisy(bad)];
    const got = noisyBinTable({ name, labels, goods, bads, conventions: NOISY_CONVENTIONS, negative: 'zero' });
    return E.isRight(got) ? got.right : undefined;
  });
};

/** An interval that has no end (the noise could explain a whole count) ends in `null`: JSON has no infinity. */
const bounded = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * The information value of one characteristic by `fitBins` against ε: where 90 % of draws lie, the interval that a single answer states (its ends in the middle of all
 * draws), and how often that interval holds the true value.
 */
export const measureBins = (sample: string, histograms: Histograms, draws: number): readonly TableRow[] => {
  const { name, labels, good, bad } = histograms;
  const exact = right(
    noisyBinTable({
      name,
      labels,
      goods: { counts: good },
      bads: { counts: bad },
      conventions: NOISY_CONVENTIONS,
      negative: 'refuse',
    }),
  );
  const truth = exact.iv.value;
  return EPSILONS.map(({ value, exact: epsilon }) => {
    const ivs = Array.from({ length: draws }, () => drawBins([histograms], epsilon)[0]?.iv).filter((iv) => iv !== undefined);
    const part = (values: readonly number[], share: number): number | null =>
      values.length === 0 ? null : bounded(quantile(values, share));
    const sorted = (of: 'value' | 'low' | 'high'): readonly number[] => ivs.map((iv) => iv[of]).sort((a, b) => a - b);
    return {
      epsilon: value,
      sample,
      characteristic: name,
      draws,
      truth,
      median: part(sorted('value'), 0.5),
      low: part(sorted('value'), 0.05),
      high: part(sorted('value'), 0.95),
      statedLow: part(sorted('low'), 0.5),
      statedHigh: part(sorted('high'), 0.5),
      answered: ivs.length / draws,
      within: ivs.filter(({ low, high }) => low <= truth && truth <= high).length / draws,
    };
  });
};
