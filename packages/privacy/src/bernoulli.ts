import { csprng, type Rational, type Rng } from '@vouchsafe/core';
import { type Coins, coinsOf } from './coins.ts';

/**
 * True with probability exp(−γ), exactly: Canonne, Kamath, Steinke, "The discrete Gaussian for differential privacy" (2020), algorithm 1.
 * It only ever asks whether a uniform integer is below another integer. Its running time depends on the outcome.
 * @param gamma any non-negative rational
 * @throws RangeError for a negative γ
 */
export const bernoulliExp = (gamma: Rational, rng: Rng = csprng): boolean => {
  if (gamma.num < 0n) throw new RangeError('exp(−γ) is a probability for γ ≥ 0 only');
  return expCoin(gamma.num, gamma.den, coinsOf(rng));
};

/** True with probability exp(−num/den); num ≥ 0, den ≥ 1. */
export const expCoin = (num: bigint, den: bigint, coins: Coins): boolean => {
  // exp(−γ) = exp(−1)^⌊γ⌋ · exp(−(γ − ⌊γ⌋)), and the first failure ends it, so a large γ costs no more than a small one.
  for (let whole = num / den; whole > 0n; whole--) if (!expOneCoin(coins)) return false;
  return expFractionCoin(num % den, den, coins);
};

/** True with probability exp(−1). */
export const expOneCoin = (coins: Coins): boolean => firstFailure(() => true, coins) % 2 === 1;

/** True with probability exp(−num/den) for 0 ≤ num ≤ den. */
export const expFractionCoin = (num: bigint, den: bigint, coins: Coins): boolean =>
  firstFailure(() => coins.large(den) < num, coins) % 2 === 1;

/**
 * The first k = 1, 2, … at which a coin of probability γ/k fails, where `gammaCoin` succeeds with probability γ ≤ 1. It is odd with probability
 * 1 − γ + γ²/2! − … = exp(−γ). The coin γ/k is made of two independent ones, γ and 1/k, so that the integers stay small.
 */
const firstFailure = (gammaCoin: () => boolean, coins: Coins): number => {
  let k = 1;
  while (gammaCoin() && coins.small(k) === 0) k++;
  return k;
};
