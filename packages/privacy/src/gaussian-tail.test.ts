import { type Rational, rational, toNumber } from '@vouchsafe/core';
import { fastRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { discreteGaussian } from './discrete-gaussian.ts';
import { gaussianTail, plusMinusGaussian } from './gaussian-tail.ts';

const sums = (variance: Rational, holders: number, count: number): number[] => {
  const rng = fastRng(holders);
  const one = (): number => Number(discreteGaussian({ variance }, rng));
  return Array.from({ length: count }, () => Array.from({ length: holders }, one).reduce((a, b) => a + b));
};

describe('gaussianTail', () => {
  it('holds for sums at a probability that can be seen, and is not void', () => {
    const variance = rational(30);
    const bound = Number(gaussianTail({ variance, holders: 3, logProbability: -6 }));
    const seen = sums(variance, 3, 10_000);
    expect(seen.filter((sum) => Math.abs(sum) > bound).length / seen.length).toBeLessThan(2 ** -6);
    expect(seen.some((sum) => Math.abs(sum) > bound / 2)).toBe(true);
  });

  it('is exact: ⌊√(2Hσ²·ln 2·(L + 1))⌋ + 1, also beyond floating point', () => {
    expect(Number(gaussianTail({ variance: rational(1), holders: 1 }))).toBe(Math.floor(Math.sqrt(2 * Math.LN2 * 41)) + 1);
    const wide = gaussianTail({ variance: rational(10n ** 60n), holders: 2 });
    expect(wide.toString().length).toBe(32);
    expect(wide * wide * 10n ** 10n).toBeGreaterThan(4n * 10n ** 60n * 6_931_471_805n * 41n);
    expect(gaussianTail({ variance: rational(9), holders: 4 })).toBeGreaterThan(
      gaussianTail({ variance: rational(9), holders: 3 }),
    );
  });

  it('refuses what makes no sense', () => {
    expect(() => gaussianTail({ variance: rational(0), holders: 3 })).toThrow(RangeError);
    expect(() => gaussianTail({ variance: rational(1), holders: 0 })).toThrow(RangeError);
    expect(() => gaussianTail({ variance: rational(1), holders: 3, logProbability: 0 })).toThrow(RangeError);
  });
});

describe('plusMinusGaussian', () => {
  it.each([
    [rational(1, 5), 3],
    [rational(1), 1],
    [rational(7, 2), 4],
    [rational(50), 2],
    [rational(10n ** 6n), 3],
  ])('gives the standard deviation and the interval of what the sampler draws (σ² = %o, %i holders)', (variance, holders) => {
    const told = plusMinusGaussian({ variance, holders });
    const seen = sums(variance, holders, 10_000);
    const deviation = Math.sqrt(seen.reduce((sum, z) => sum + z * z, 0) / seen.length);
    expect(deviation / told.standardDeviation).toBeGreaterThan(0.95);
    expect(deviation / told.standardDeviation).toBeLessThan(1.05);
    const within = (half: number): number => seen.filter((z) => Math.abs(z) <= half).length / seen.length;
    expect(within(told.halfWidth)).toBeGreaterThan(0.942);
    expect(within(told.halfWidth - Math.max(1, told.halfWidth / 15))).toBeLessThan(0.952);
  });

  it('agrees with the normal distribution where it is wide: 1.96 deviations', () => {
    const { halfWidth, standardDeviation } = plusMinusGaussian({ variance: rational(10n ** 10n), holders: 4 });
    expect(standardDeviation).toBe(2 * Math.sqrt(toNumber(rational(10n ** 10n))));
    expect(halfWidth / standardDeviation).toBeGreaterThan(1.955);
    expect(halfWidth / standardDeviation).toBeLessThan(1.97);
  });

  it('takes a moment for a thousand holders', () => {
    const started = performance.now();
    plusMinusGaussian({ variance: rational(3), holders: 1000 });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('refuses what makes no sense', () => {
    expect(() => plusMinusGaussian({ variance: rational(1), holders: 1.5 })).toThrow(RangeError);
    expect(() => plusMinusGaussian({ variance: rational(1), holders: 1, confidence: 1 })).toThrow(RangeError);
  });
});
