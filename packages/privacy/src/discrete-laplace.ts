import { csprng, type Rational, type Rng } from '@vouchsafe/core';
import { expFractionCoin, expOneCoin } from './bernoulli.ts';
import { type Coins, coinsOf } from './coins.ts';

/**
 * A sample z of the discrete Laplace distribution, Pr[z] ∝ exp(−|z| / scale), exactly: Canonne, Kamath, Steinke (2020), algorithm 2. Nothing rounds
 * on its path (`coins.ts`). Its running time tells something about |z|: draw it before the query is there, never while a querier waits.
 * @param scale Δ/ε, a positive rational
 * @throws RangeError for a scale that is not positive: a scale of 0 would be an answer without noise
 */
export const discreteLaplace = ({ scale }: { readonly scale: Rational }, rng: Rng = csprng): bigint => {
  if (scale.num <= 0n || scale.den <= 0n) throw new RangeError('noise needs a positive scale');
  return laplaceOf(scale, coinsOf(rng));
};

/** Algorithm 2 over coins: for samplers that draw from it. The scale is positive. */
export const laplaceOf = ({ num: t, den: s }: Rational, coins: Coins): bigint => {
  for (;;) {
    // x = u + t·v is geometric with ratio exp(−1/t), u its part below t; so ⌊x/s⌋ is geometric with ratio exp(−s/t) = exp(−1/scale).
    const u = coins.large(t);
    if (!expFractionCoin(u, t, coins)) continue;
    let v = 0n;
    while (expOneCoin(coins)) v++;
    const magnitude = (u + t * v) / s;
    const negative = coins.small(2) === 1;
    // Zero has no sign: taking both would count it twice.
    if (negative && magnitude === 0n) continue;
    return negative ? -magnitude : magnitude;
  }
};

/**
 * Is the noisy count at least the threshold? The policy's minimum cohort is compared this way, so that a bureau which adds one subject cannot see
 * from the suppression whether the holder knows that subject.
 * @param count how many rows matched
 * @param threshold the policy's minimum cohort
 * @param scale 1/ε for the threshold's share of ε
 */
export const noisyThreshold = (
  { count, threshold, scale }: { readonly count: number; readonly threshold: number; readonly scale: Rational },
  rng: Rng = csprng,
): boolean => BigInt(count) + discreteLaplace({ scale }, rng) >= BigInt(threshold);
