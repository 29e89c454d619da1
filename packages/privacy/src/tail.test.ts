import { type Rational, rational, toNumber } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { discreteLaplace } from './discrete-laplace.ts';
import { noiseTail, plusMinus } from './tail.ts';

const sums = (scale: Rational, holders: number, count: number): number[] => {
  const rng = seededRng(`tail ${toNumber(scale)} ${holders}`);
  const one = (): number => Number(discreteLaplace({ scale }, rng));
  return Array.from({ length: count }, () => Array.from({ length: holders }, one).reduce((a, b) => a + b));
};

describe('noiseTail', () => {
  it('bounds one sample: the exact tail is below the probability, a bound 10 % lower is not', () => {
    for (const scale of [rational(1, 5), rational(1), rational(400_000, 9)]) {
      const bound = Number(noiseTail({ scale, holders: 1 }));
      // log2 of 2α^(b+1)/(1 + α)
      const logTail = (b: number): number =>
        1 - (b + 1) / toNumber(scale) / Math.LN2 - Math.log2(1 + Math.exp(-1 / toNumber(scale)));
      expect(logTail(bound)).toBeLessThanOrEqual(-40);
      expect(logTail(Math.floor(bound * 0.9) - 1)).toBeGreaterThan(-40);
    }
  });

  it('holds for sums, here at a probability that can be seen', () => {
    const scale = rational(3);
    const bound = Number(noiseTail({ scale, holders: 3, logProbability: -6 }));
    const beyond = sums(scale, 3, 20_000).filter((sum) => Math.abs(sum) > bound).length;
    expect(beyond / 20_000).toBeLessThan(2 ** -6);
    // Half of it is often exceeded when the probability is not small: the bound is not void.
    expect(sums(scale, 3, 2_000).some((sum) => Math.abs(sum) > bound / 4)).toBe(true);
  });

  it('is exact for scales beyond floating point and grows with holders and certainty', () => {
    const scale = rational(10n ** 30n, 3n);
    const bound = noiseTail({ scale, holders: 2 });
    // 2 · ⌈10^30/3 · 0.6931471806 · 42⌉
    expect(bound).toBe(2n * ((10n ** 20n * 6_931_471_806n * 42n + 2n) / 3n));
    expect(noiseTail({ scale, holders: 3 })).toBeGreaterThan(bound);
    expect(noiseTail({ scale, holders: 2, logProbability: -80 })).toBeGreaterThan(bound);
  });

  it('refuses what makes no sense', () => {
    expect(() => noiseTail({ scale: rational(0), holders: 3 })).toThrow(RangeError);
    expect(() => noiseTail({ scale: rational(1), holders: 0 })).toThrow(RangeError);
    expect(() => noiseTail({ scale: rational(1), holders: 3, logProbability: 0 })).toThrow(RangeError);
  });
});

describe('plusMinus', () => {
  it('gives the standard deviation and the interval of what the sampler draws', () => {
    for (const [scale, holders] of [
      [rational(1, 3), 2],
      [rational(10), 1],
      [rational(7, 2), 3],
      [rational(900), 5],
    ] as const) {
      const told = plusMinus({ scale, holders });
      const seen = sums(scale, holders, 20_000);
      const deviation = Math.sqrt(seen.reduce((sum, z) => sum + z * z, 0) / seen.length);
      expect(deviation / told.standardDeviation).toBeGreaterThan(0.95);
      expect(deviation / told.standardDeviation).toBeLessThan(1.05);
      const within = (half: number): number => seen.filter((z) => Math.abs(z) <= half).length / seen.length;
      expect(within(told.halfWidth)).toBeGreaterThan(0.945);
      expect(within(told.halfWidth - Math.max(1, told.halfWidth / 20))).toBeLessThan(0.952);
    }
  });

  it('agrees with the closed form for one holder and with √(2H)·scale for a large scale', () => {
    // Pr[|z| > w] = 2α^(w+1)/(1 + α) ≤ 0.05
    expect(plusMinus({ scale: rational(20), holders: 1 }).halfWidth).toBe(
      Math.ceil(20 * Math.log(2 / 0.05 / (1 + Math.exp(-0.05))) - 1),
    );
    const { standardDeviation } = plusMinus({ scale: rational(10_000), holders: 8 });
    expect(standardDeviation).toBeCloseTo(40_000, 0);
  });

  it('refuses what makes no sense', () => {
    expect(() => plusMinus({ scale: rational(1), holders: 1.5 })).toThrow(RangeError);
    expect(() => plusMinus({ scale: rational(1), holders: 1, confidence: 1 })).toThrow(RangeError);
  });
});
