import { type Rational, toNumber } from '@vouchsafe/core';

/** ln 2, rounded up: 0.693147180559945… */
export const LN2_ABOVE: Rational = { num: 6_931_471_806n, den: 10_000_000_000n };

/**
 * A bound b such that the sum Z₁ + … + Z_H of H independent discrete Laplace samples leaves [−b, b] with probability at most 2^logProbability. For
 * checks of range: totals plus this must stay in reach of the small discrete logarithm. Exact integer arithmetic throughout.
 *
 * Why: with α = exp(−1/scale), Pr[|Z| ≥ m] = 2α^m / (1 + α) ≤ 2α^m for m ≥ 1. If |ΣZ| ≥ H·m, some |Z_i| ≥ m, so by the union bound the probability is
 * at most 2H·α^m, which is ≤ 2^−L as soon as m ≥ scale · ln 2 · (L + 1 + log2 H). We take ln 2 and log2 H rounded up, and b = H·m.
 * @param holders H, how many holders add their own noise; 1 or more
 * @param logProbability log2 of the probability that is tolerated, a negative whole number; −40 by default
 * @throws RangeError for values out of these ranges
 */
export const noiseTail = ({
  scale,
  holders,
  logProbability = -40,
}: {
  readonly scale: Rational;
  readonly holders: number;
  readonly logProbability?: number | undefined;
}): bigint => {
  checkSum(scale, holders);
  if (!Number.isSafeInteger(logProbability) || logProbability >= 0)
    throw new RangeError('logProbability is a negative whole number, log2 of a probability');
  const bits = BigInt(-logProbability + 1 + (holders - 1).toString(2).length);
  const num = scale.num * LN2_ABOVE.num * bits;
  const den = scale.den * LN2_ABOVE.den;
  const m = (num + den - 1n) / den;
  return BigInt(holders) * m;
};

/** How far a noisy total is from the exact one, for people to read. */
export interface PlusMinus {
  /** Of the sum of all holders' noise, in the slot's unit: √(H · 2α/(1 − α)²), the discrete distribution's own. */
  readonly standardDeviation: number;
  /** The smallest whole number w such that the noise lies in [−w, w] with at least that `confidence`; above a scale of 500 to about 1 in 1000. */
  readonly halfWidth: number;
  readonly confidence: number;
}

/** Above this scale the distribution is computed at this one and stretched: the shapes differ by less than 1 in 1000. */
const SHAPE_SCALE = 500;

/**
 * The noise of a total over `holders`, as a standard deviation and as the half width of a two-sided interval. Floating point: a figure to print, not one
 * to check a range with ({@link noiseTail}) and never on the path of a sample.
 * @param confidence in (0, 1), 0.95 by default; up to 0.9999 is meaningful
 */
export const plusMinus = ({
  scale,
  holders,
  confidence = 0.95,
}: {
  readonly scale: Rational;
  readonly holders: number;
  readonly confidence?: number | undefined;
}): PlusMinus => {
  checkSum(scale, holders);
  if (!(confidence > 0 && confidence < 1)) throw new RangeError('a confidence lies between 0 and 1');
  const exact = toNumber(scale);
  const alpha = Math.exp(-1 / exact);
  const standardDeviation = Math.sqrt(holders * 2 * alpha) / (1 - alpha);
  const stretch = Math.max(1, exact / SHAPE_SCALE);
  const half = halfWidthOf(sumOfLaplace(exact / stretch, holders), confidence);
  return { standardDeviation, halfWidth: Math.ceil(half * stretch), confidence };
};

/** The probabilities of −n..n for the sum of H samples; what lies beyond n is below 10^−9. */
const sumOfLaplace = (scale: number, holders: number): Float64Array => {
  const alpha = Math.exp(-1 / scale);
  const n = Math.ceil(scale * (25 + 6 * Math.sqrt(2 * holders))) + 2;
  let sum = new Float64Array(2 * n + 1);
  sum[n] = 1;
  // Adding one sample is a filter with α^|z|: one pass from each side, then the normalising (1 − α)/(1 + α).
  for (let added = 0; added < holders; added++) {
    const next = new Float64Array(sum.length);
    for (let i = 0, left = 0; i < sum.length; i++) {
      left = left * alpha + sum[i]!;
      next[i] = left;
    }
    for (let i = sum.length - 1, right = 0; i >= 0; i--) {
      next[i] = ((next[i]! + right) * (1 - alpha)) / (1 + alpha);
      right = (right + sum[i]!) * alpha;
    }
    sum = next;
  }
  return sum;
};

/** The smallest w such that [−w, w] has at least that confidence. @param probabilities of −n..n */
export const halfWidthOf = (probabilities: Float64Array, confidence: number): number => {
  const middle = (probabilities.length - 1) / 2;
  let within = probabilities[middle]!;
  let half = 0;
  while (within < confidence && half < middle) {
    half++;
    within += 2 * probabilities[middle + half]!;
  }
  return half;
};

/** The caller's bug: no noise, or nobody who adds it. @param scale or variance */
export const checkSum = (scale: Rational, holders: number): void => {
  if (scale.num <= 0n || scale.den <= 0n) throw new RangeError('noise needs a positive scale');
  if (!Number.isSafeInteger(holders) || holders < 1) throw new RangeError('the noise of a sum needs one holder or more');
};
