import { csprng, type Rational, type Rng } from '@vouchsafe/core';
import { expCoin } from './bernoulli.ts';
import { coinsOf } from './coins.ts';
import { laplaceOf } from './discrete-laplace.ts';
import { integerRoot } from './integer-root.ts';

/**
 * A sample z of the discrete Gaussian, Pr[z] ∝ exp(−z² / 2σ²), exactly: Canonne, Kamath, Steinke, "The discrete Gaussian for differential privacy" (2020),
 * algorithm 3. A sum with sensitivity Δ has ρ-zCDP with σ² = Δ²/2ρ (their theorem 4). Nothing rounds on its path (see `Coins`); σ² is given, not σ,
 * so that the parameter of every ρ is rational. Its running time tells something about |z|: draw it before the query is there.
 * @param variance σ², a positive rational. The variance of the samples is below it, by little unless σ² is far below 1
 * @throws RangeError for a variance that is not positive: that would be an answer without noise
 */
export const discreteGaussian = ({ variance }: { readonly variance: Rational }, rng: Rng = csprng): bigint => {
  const { num, den } = variance;
  if (num <= 0n || den <= 0n) throw new RangeError('noise needs a positive variance');
  // ⌊σ⌋ = ⌊√⌊σ²⌋⌋: the proposal's scale t = ⌊σ⌋ + 1 is an integer.
  const t = integerRoot(num / den) + 1n;
  const proposal = { num: t, den: 1n };
  const coins = coinsOf(rng);
  for (;;) {
    const y = laplaceOf(proposal, coins);
    // Accepted with probability exp(−(|y| − σ²/t)² / 2σ²); with σ² = num/den the exponent is (|y|·den·t − num)² / (2·num·den·t²).
    const off = (y < 0n ? -y : y) * den * t - num;
    if (expCoin(off * off, 2n * num * den * t * t, coins)) return y;
  }
};

/**
 * Is the noisy count at least the threshold? As `noisyThreshold`, for a query that is priced in ρ.
 * @param variance 1/2ρ for the threshold's share of ρ
 */
export const noisyThresholdGaussian = (
  { count, threshold, variance }: { readonly count: number; readonly threshold: number; readonly variance: Rational },
  rng: Rng = csprng,
): boolean => BigInt(count) + discreteGaussian({ variance }, rng) >= BigInt(threshold);
