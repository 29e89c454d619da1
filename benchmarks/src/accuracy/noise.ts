import type { Rational } from '@vouchsafe/core';
import { discreteLaplace } from '@vouchsafe/privacy';

/** The prices that are tried, as exact rationals. */
export const EPSILONS: readonly { readonly value: number; readonly exact: Rational }[] = [
  [1n, 100n],
  [3n, 100n],
  [1n, 10n],
  [3n, 10n],
  [1n, 1n],
  [3n, 1n],
  [10n, 1n],
].map(([num, den]) => ({ value: Number(num) / Number(den), exact: { num: num!, den: den! } }));

/** So large that noise of sensitivity 1 is zero but for a chance below 2^-100000. */
export const NO_NOISE: Rational = { num: 1_000_000_000_000n, den: 1n };

/** Who adds noise: every holder its own. */
export const HOLDERS = 3;

/** The noise of one total: a draw of each holder, by the sampler that answers queries, with its randomness. */
export const noiseOfTotal = (scale: Rational): number => {
  let sum = 0n;
  for (let holder = 0; holder < HOLDERS; holder++) sum += discreteLaplace({ scale });
  return Number(sum);
};

/** The value below which a part of the sorted values lies. */
export const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))]!;

/** A 95 % interval of a quantile by order statistics: which ranks the binomial distribution allows. */
export const quantileInterval = (sorted: readonly number[], part: number): { readonly low: number; readonly high: number } => {
  const spread = (1.96 * Math.sqrt(part * (1 - part))) / Math.sqrt(sorted.length);
  return { low: quantile(sorted, Math.max(0, part - spread)), high: quantile(sorted, Math.min(1, part + spread)) };
};
