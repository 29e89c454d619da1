import { type Rational, type Rng, rational } from '@vouchsafe/core';
import { fastRng, findPrivacy, type PrivacyFinding } from '@vouchsafe/testkit';
import { epsilonOf } from './accounting.ts';
import { discreteGaussian } from './discrete-gaussian.ts';
import { discreteLaplace, noisyThreshold } from './discrete-laplace.ts';
import { gaussianVariance } from './sensitivity.ts';

/** How sure the findings are: a right mechanism is accused in fewer than 1 of 1,000 runs. */
export const RISK = 0.001;
/** Empirical ε may be above the claim by so much: what the bounds are wide. */
export const SLACK = 0.05;

const run = (value: bigint, count: number, noise: (rng: Rng) => bigint, seed: number): Float64Array => {
  const rng = fastRng(seed);
  return Float64Array.from({ length: count }, () => Number(value + noise(rng)));
};

/** Totals of neighbouring tables: with and without a row that holds the slot's maximum. */
const totals = (sensitivity: bigint, count: number, noise: (rng: Rng) => bigint, seed: number) =>
  [run(100n, count, noise, seed), run(100n + sensitivity, count, noise, seed + 1)] as const;

/** Laplace noise with the claimed scale Δ/ε times `factor`. */
export const laplaceFinding = (claim: {
  readonly epsilon: Rational;
  readonly sensitivity: bigint;
  readonly factor: Rational;
  readonly count: number;
}): PrivacyFinding => {
  const { epsilon, sensitivity, factor, count } = claim;
  const scale = rational(sensitivity * epsilon.den * factor.num, epsilon.num * factor.den);
  return findPrivacy({ samples: totals(sensitivity, count, (rng) => discreteLaplace({ scale }, rng), 31), risk: RISK });
};

/** Gaussian noise with the claimed σ times `factor`, and the ε that ρ converts to. */
export const gaussianFinding = (claim: {
  readonly rho: Rational;
  readonly delta: Rational;
  readonly sensitivity: bigint;
  readonly factor: Rational;
  readonly count: number;
}): { readonly epsilon: number; readonly finding: PrivacyFinding } => {
  const { rho, delta, sensitivity, factor, count } = claim;
  const right = gaussianVariance({ rho, l2Squared: sensitivity * sensitivity });
  const variance = rational(right.num * factor.num ** 2n, right.den * factor.den ** 2n);
  const epsilon = epsilonOf({ rho, delta });
  const finding = findPrivacy({
    samples: totals(sensitivity, count, (rng) => discreteGaussian({ variance }, rng), 41),
    delta: Number(delta.num) / Number(delta.den),
    risk: RISK,
  });
  return { epsilon: Number(epsilon.num) / Number(epsilon.den), finding };
};

/** The noisy comparison with the minimum cohort, one row below it and at it: the inputs that it tells apart best. */
export const thresholdFinding = (claim: {
  readonly epsilon: Rational;
  readonly factor: Rational;
  readonly count: number;
}): PrivacyFinding => {
  const { epsilon, factor, count } = claim;
  const scale = rational(epsilon.den * factor.num, epsilon.num * factor.den);
  const verdicts = (matched: number, seed: number) =>
    run(0n, count, (rng) => (noisyThreshold({ count: matched, threshold: 50, scale }, rng) ? 1n : 0n), seed);
  return findPrivacy({ samples: [verdicts(49, 51), verdicts(50, 52)], risk: RISK });
};
