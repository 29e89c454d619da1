import { E, type Either } from '@vouchsafe/core';
import { adjustZeroCells, type BinTable, binTable, zeroCell } from './bin-table.ts';
import type { Conventions } from './conventions.ts';
import { type ErrorBar, errorBar, type NoisyPoint } from './error-bar.ts';
import type { BadCounts, ZeroCell } from './errors.ts';

/** How far a noisy count is from the true one: what `plusMinus` of `@vouchsafe/privacy` says. */
export interface CountNoise {
  readonly standardDeviation: number;
  /** The noise lies in [−halfWidth, halfWidth] with this confidence. */
  readonly halfWidth: number;
  readonly confidence: number;
}

/** Counts per bin of one outcome, as a query for the goods or for the bads answers them. */
export interface NoisyCounts {
  /** One a bin; noise can make them negative. */
  readonly counts: readonly number[];
  /** Of each count, or one that holds for all; absent: the counts are exact. */
  readonly noise?: CountNoise | readonly CountNoise[] | undefined;
}

/**
 * What becomes of a count that noise has made negative. `zero`: it becomes 0, which the bin's notes say, and the zero-cell rule goes on from there.
 * `refuse`: the table is refused.
 */
export type NegativeRule = 'zero' | 'refuse';

/** A bin whose counts are noisy. */
export interface NoisyBin {
  readonly label: string;
  /** As they came. */
  readonly noisyGood: number;
  readonly noisyBad: number;
  /** Weight of evidence with the interval that the noise leaves, at the table's confidence. Sampling error is not in it. */
  readonly woe: ErrorBar;
  readonly iv: number;
  /** Neither count was changed by a rule, and the noise of each is small beside it: see {@link NoisyTableRequest.trust}. */
  readonly trusted: boolean;
  /** Why the bin is not to be trusted, and what was done to its counts; for people. */
  readonly notes: readonly string[];
}

/** A bin table over noisy counts. */
export interface NoisyBinTable {
  readonly name: string;
  readonly bins: readonly NoisyBin[];
  /** The table that the noisy counts give after the rules, for fitting and printing. */
  readonly table: BinTable;
  /** Information value with its interval. Noise makes bins look different: the part of it that noise alone explains (to second order) is `ivFromNoise`, and is taken off both ends. */
  readonly iv: ErrorBar;
  readonly ivFromNoise: number;
  /** Of the intervals; 1 where all counts are exact. */
  readonly confidence: number;
}

/** Two histograms over the same bins, and the rules by which they become a table. */
export interface NoisyTableRequest {
  readonly name: string;
  readonly labels: readonly string[];
  readonly goods: NoisyCounts;
  readonly bads: NoisyCounts;
  readonly conventions: Conventions;
  readonly negative: NegativeRule;
  /** A bin is trusted when the half width of the noise is at most this part of each of its counts; a quarter by default. */
  readonly trust?: number | undefined;
}

/**
 * Weights of evidence from two histograms, goods and bads, with or without noise.
 * @returns the table with error bars, or why the counts are none
 * @throws RangeError for noise that is no noise, noise at two confidences, or a trust outside [0, 1]
 */
export const noisyBinTable = (request: NoisyTableRequest): Either<BadCounts | ZeroCell, NoisyBinTable> => {
  const { name, labels, goods, bads, conventions, negative, trust = 0.25 } = request;
  if (!(trust >= 0 && trust <= 1)) throw new RangeError('trust lies between 0 and 1');
  const noise = { good: noiseOf(goods, labels.length), bad: noiseOf(bads, labels.length) };
  const confidence = confidenceOf([...noise.good, ...noise.bad]);
  const all = [...goods.counts, ...bads.counts];
  if (all.some((count) => !Number.isFinite(count))) return badCounts(name, 'a count is not finite');
  if (negative === 'refuse' && all.some((count) => count < 0))
    return badCounts(name, 'a count is negative; ask with a larger epsilon, use fewer bins, or let negative counts become 0');

  const counts = { good: goods.counts.map(atLeastZero), bad: bads.counts.map(atLeastZero) };
  const table = binTable({ name, labels, counts, conventions });
  if (E.isLeft(table)) return table;
  const adjusted = adjustZeroCells(counts, conventions.zeroCells);
  if (E.isLeft(adjusted)) return E.left(zeroCell(name, labels[adjusted.left]!));

  // Bins without rows have no evidence, and take no part in the sums either.
  const used = labels.map((_, i) => i).filter((i) => counts.good[i]! + counts.bad[i]! > 0);
  const point: NoisyPoint = {
    good: used.map((i) => adjusted.right.good[i]!),
    bad: used.map((i) => adjusted.right.bad[i]!),
    goodDeviation: used.map((i) => noise.good[i]?.standardDeviation ?? 0),
    badDeviation: used.map((i) => noise.bad[i]?.standardDeviation ?? 0),
    noise: [...noise.good, ...noise.bad],
  };
  const sign = conventions.woe === 'ln(good/bad)' ? 1 : -1;
  const bins = table.right.bins.map(({ label, woe, iv }, i): NoisyBin => {
    const notes = notesOf({ good: goods.counts[i]!, bad: bads.counts[i]! }, { good: noise.good[i], bad: noise.bad[i] }, trust);
    const at = used.indexOf(i);
    return {
      label,
      noisyGood: goods.counts[i]!,
      noisyBad: bads.counts[i]!,
      woe: at < 0 ? unknown : { ...errorBar(point, { kind: 'woe', bin: at, sign }), value: woe },
      iv,
      trusted: notes.length === 0,
      notes,
    };
  });
  const bar = errorBar(point, { kind: 'iv' });
  const ivFromNoise = informationOfNoise(point);
  const iv: ErrorBar = {
    value: table.right.iv,
    low: Math.max(0, bar.low - ivFromNoise),
    high: Math.max(0, bar.high - ivFromNoise),
  };
  return E.right({ name, bins, table: table.right, iv, ivFromNoise, confidence });
};

/** Nothing is known of an empty bin's evidence. */
const unknown: ErrorBar = { value: 0, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

const badCounts = (name: string, what: string): Either<BadCounts, never> =>
  E.left({ _tag: 'BadCounts', message: `${name}: ${what}` });

const atLeastZero = (count: number): number => Math.max(0, count);

/** The noise of each count; an empty list where there is none. */
const noiseOf = ({ noise }: NoisyCounts, bins: number): readonly CountNoise[] => {
  if (noise === undefined) return [];
  const each = 'confidence' in noise ? new Array<CountNoise>(bins).fill(noise) : noise;
  if (each.length !== bins) throw new RangeError('noise is one for all counts, or one a count');
  for (const { standardDeviation, halfWidth, confidence } of each)
    if (!(standardDeviation >= 0 && halfWidth >= 0 && confidence > 0 && confidence < 1) || !Number.isFinite(halfWidth))
      throw new RangeError('noise has a standard deviation and a half width from 0, and a confidence between 0 and 1');
  return each;
};

const confidenceOf = (noise: readonly CountNoise[]): number => {
  const [first] = noise;
  if (noise.some(({ confidence }) => confidence !== first?.confidence))
    throw new RangeError('the noise of all counts must be stated at one confidence');
  return first?.confidence ?? 1;
};

const notesOf = (
  counts: { readonly good: number; readonly bad: number },
  noise: { readonly good: CountNoise | undefined; readonly bad: CountNoise | undefined },
  trust: number,
): readonly string[] => {
  const notes: string[] = [];
  if (counts.good <= 0 && counts.bad <= 0) notes.push('no rows: nothing is known of this bin');
  for (const which of ['good', 'bad'] as const) {
    const count = counts[which];
    const halfWidth = noise[which]?.halfWidth ?? 0;
    if (count < 0) notes.push(`the ${which}s came out negative and count as 0`);
    else if (count === 0) notes.push(`no ${which}s: the zero-cell rule decides`);
    else if (halfWidth >= count) notes.push(`the noise could explain all the ${which}s`);
    else if (halfWidth > trust * count) notes.push(`the noise is ${Math.round((100 * halfWidth) / count)} % of the ${which}s`);
  }
  return notes;
};

/**
 * What noise alone adds to the information value: half the sum of second derivatives times variances, totals held fixed. With p and q the shares,
 * ∂²/∂p² (p − q)·ln(p/q) = 1/p + q/p².
 */
const informationOfNoise = ({ good, bad, goodDeviation, badDeviation }: NoisyPoint): number => {
  const [g, b] = [sum(good), sum(bad)];
  let total = 0;
  for (let i = 0; i < good.length; i++) {
    const [p, q] = [good[i]! / g, bad[i]! / b];
    total += ((1 / p + q / (p * p)) / 2) * (goodDeviation[i]! / g) ** 2;
    total += ((1 / q + p / (q * q)) / 2) * (badDeviation[i]! / b) ** 2;
  }
  return total;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
