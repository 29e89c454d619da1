import { describe, expect, it } from 'vitest';
import { binomialBounds } from './binomial-bounds.ts';
import { fastRng } from './fast-rng.ts';
import { findPrivacy } from './privacy-tester.ts';

describe('binomialBounds', () => {
  it.each([
    // Tables of Clopper and Pearson's 95 % interval; 0 of n in closed form, 1 − 0.025^(1/n).
    [0, 10, 0, 0.3085],
    [5, 10, 0.18709, 0.81291],
    [10, 10, 0.6915, 1],
    [1, 20, 0.00127, 0.24873],
    [81, 263, 0.25274, 0.36761],
  ])('%i of %i', (hits, trials, below, above) => {
    const bounds = binomialBounds({ hits, trials, risk: 0.025 });
    expect(bounds.below).toBeCloseTo(below, 4);
    expect(bounds.above).toBeCloseTo(above, 4);
  });

  it('comes near the normal approximation for many trials', () => {
    const { below, above } = binomialBounds({ hits: 300_000, trials: 1_000_000, risk: 0.025 });
    const half = 1.959964 * Math.sqrt((0.3 * 0.7) / 1e6);
    expect(below).toBeCloseTo(0.3 - half, 5);
    expect(above).toBeCloseTo(0.3 + half, 5);
  });
});

describe('findPrivacy', () => {
  /** Randomised response: tells the truth with probability e^ε/(1 + e^ε). Its ε is exact. */
  const responses = (truth: number, epsilon: number, seed: number): Float64Array => {
    const rng = fastRng(seed);
    const keep = Math.exp(epsilon) / (1 + Math.exp(epsilon));
    const uniform = (): number => {
      const [a, b, c, d] = rng(4);
      return (((a! * 256 + b!) * 256 + c!) * 256 + d!) / 2 ** 32;
    };
    return Float64Array.from({ length: 100_000 }, () => (uniform() < keep ? truth : 1 - truth));
  };

  it('brackets the ε of randomised response narrowly', () => {
    for (const epsilon of [0, 0.5, 1, 2]) {
      const { atLeast, atMost } = findPrivacy({ samples: [responses(0, epsilon, 1), responses(1, epsilon, 2)], risk: 0.001 });
      expect(atLeast).toBeLessThanOrEqual(epsilon);
      expect(atLeast).toBeGreaterThan(epsilon - 0.1);
      expect(atMost).toBeGreaterThanOrEqual(epsilon);
      expect(atMost).toBeLessThan(epsilon + 0.1);
    }
  });

  it('finds nothing between equal inputs, and everything where the answer is plain', () => {
    expect(findPrivacy({ samples: [responses(0, 1, 3), responses(0, 1, 4)], risk: 0.001 }).atLeast).toBe(0);
    const plain = findPrivacy({ samples: [new Float64Array(1000).fill(7), new Float64Array(1000).fill(8)], risk: 0.001 });
    expect(plain.atLeast).toBeGreaterThan(4);
    expect(plain.atMost).toBe(Number.POSITIVE_INFINITY);
  });
});
