import { type Rational, toNumber } from '@vouchsafe/core';
import { integerRoot } from './integer-root.ts';
import { checkSum, halfWidthOf, LN2_ABOVE, type PlusMinus } from './tail.ts';

/**
 * A bound b such that the sum of H independent discrete Gaussian samples leaves [−b, b] with probability at most 2^logProbability. As `noiseTail`, exact.
 *
 * Why: the discrete Gaussian is σ²-subgaussian (Canonne, Kamath, Steinke 2020, section 3), so the sum is Hσ²-subgaussian and Pr[|ΣZ| > b] ≤
 * 2·exp(−b²/2Hσ²), which is ≤ 2^−L as soon as b² ≥ 2Hσ²·ln 2·(L + 1).
 * @param holders H, how many holders add their own noise; 1 or more
 * @param logProbability log2 of the probability that is tolerated, a negative whole number; −40 by default
 * @throws RangeError for values out of these ranges
 */
export const gaussianTail = ({
  variance,
  holders,
  logProbability = -40,
}: {
  readonly variance: Rational;
  readonly holders: number;
  readonly logProbability?: number | undefined;
}): bigint => {
  checkSum(variance, holders);
  if (!Number.isSafeInteger(logProbability) || logProbability >= 0)
    throw new RangeError('logProbability is a negative whole number, log2 of a probability');
  const square = 2n * BigInt(holders) * variance.num * LN2_ABOVE.num * BigInt(1 - logProbability);
  return integerRoot(square / (variance.den * LN2_ABOVE.den)) + 1n;
};

/** Above this variance the sum of discrete Gaussians is one of the summed variance, but for less than 10^-15. */
const ROUND = 4;
/** Above this standard deviation the distribution is computed at this one and stretched. */
const SHAPE_DEVIATION = 500;
/** Probabilities below this are left out at the ends. */
const NEGLIGIBLE = 1e-16;

/**
 * The Gaussian noise of a total over `holders`, as a standard deviation and as the half width of a two-sided interval: what ± to print. Floating point, as `plusMinus`:
 * never to check a range with ({@link gaussianTail}) and never on the path of a sample.
 * @param confidence in (0, 1), 0.95 by default; up to 0.9999 is meaningful
 */
export const plusMinusGaussian = ({
  variance,
  holders,
  confidence = 0.95,
}: {
  readonly variance: Rational;
  readonly holders: number;
  readonly confidence?: number | undefined;
}): PlusMinus => {
  checkSum(variance, holders);
  if (!(confidence > 0 && confidence < 1)) throw new RangeError('a confidence lies between 0 and 1');
  const one = toNumber(variance);
  if (one < ROUND) {
    const single = gaussianOf(one);
    let sum = single;
    for (let added = 1; added < holders; added++) sum = convolve(sum, single);
    return { standardDeviation: deviationOf(sum), halfWidth: halfWidthOf(sum, confidence), confidence };
  }
  const standardDeviation = Math.sqrt(one * holders);
  const stretch = Math.max(1, standardDeviation / SHAPE_DEVIATION);
  const half = halfWidthOf(gaussianOf((standardDeviation / stretch) ** 2), confidence);
  return { standardDeviation, halfWidth: Math.ceil(half * stretch), confidence };
};

/** The probabilities of −n..n. */
const gaussianOf = (variance: number): Float64Array => {
  const n = Math.ceil(9 * Math.sqrt(variance)) + 1;
  const weights = Float64Array.from({ length: 2 * n + 1 }, (_, i) => Math.exp(-((i - n) ** 2) / (2 * variance)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};

const convolve = (a: Float64Array, b: Float64Array): Float64Array => {
  const out = new Float64Array(a.length + b.length - 1);
  for (let i = 0; i < a.length; i++) for (let k = 0; k < b.length; k++) out[i + k]! += a[i]! * b[k]!;
  let cut = 0;
  while (cut < (out.length - 1) / 2 && out[cut]! < NEGLIGIBLE) cut++;
  return out.slice(cut, out.length - cut);
};

const deviationOf = (probabilities: Float64Array): number => {
  const middle = (probabilities.length - 1) / 2;
  return Math.sqrt(probabilities.reduce((sum, p, i) => sum + p * (i - middle) ** 2, 0));
};
