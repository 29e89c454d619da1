import { type Rational, rational, toNumber } from '@vouchsafe/core';
import { chiSquareZ, fastRng, scriptedRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { discreteGaussian, noisyThresholdGaussian } from './discrete-gaussian.ts';
import { integerRoot } from './integer-root.ts';

const script = (...bytes: readonly number[]): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => bytes[i] ?? 0);

const draw = (variance: Rational, count: number, seed: number): Float64Array => {
  const rng = fastRng(seed);
  return Float64Array.from({ length: count }, () => Number(discreteGaussian({ variance }, rng)));
};

/** Pr[z] = exp(−z²/2σ²) / Σ exp(−k²/2σ²). */
const gaussian = (variance: number): ((z: number) => number) => {
  let total = 1;
  for (let k = 1; k * k < 1500 * variance; k++) total += 2 * Math.exp(-(k * k) / (2 * variance));
  return (z) => Math.exp(-(z * z) / (2 * variance)) / total;
};

describe('discreteGaussian', () => {
  it.each([
    [rational(1, 10), 1],
    [rational(1), 2],
    [rational(5, 2), 3],
    [rational(17, 3), 4],
    [rational(400), 5],
  ])('has the distribution it should (σ² = %o)', (variance, seed) => {
    const samples = draw(variance, 150_000, seed);
    expect(chiSquareZ(samples, gaussian(toNumber(variance)))).toBeLessThan(3.09);
    const [above, below] = [samples.filter((z) => z > 0).length, samples.filter((z) => z < 0).length];
    expect(Math.abs(above - below)).toBeLessThan(4 * Math.sqrt(above + below));
  });

  it('is told apart from half the deviation and from a variance 4 % off, so the test above can fail', () => {
    expect(chiSquareZ(draw(rational(5, 8), 20_000, 3), gaussian(2.5))).toBeGreaterThan(50);
    expect(chiSquareZ(draw(rational(26, 10), 150_000, 3), gaussian(2.5))).toBeGreaterThan(5);
  });

  it('gives the sample that the algorithm prescribes for scripted bytes', () => {
    // σ² = 4, so t = 3. Laplace: u = 0b01 = 1 of 3; coin γ = 1/3: draw 2 fails at k = 1, odd: accepted; exp(−1): fails at k = 2, even: v = 0; sign 0: +1.
    // Then γ = (1·3 − 4)²/(2·4·9) = 1/72: draws 127 (thrown away), then 1 ≥ 1 fails at k = 1, odd: accepted.
    const laplace = [0x40, 0x80, 0x80, 0x00];
    expect(discreteGaussian({ variance: rational(4) }, scriptedRng(script(...laplace, 0xff, 0x02)))).toBe(1n);
    // The same with 0 at k = 1 and 1 at k = 2: even, rejected. The next proposal is the same with sign 1: −1, accepted.
    const rejected = script(...laplace, 0x00, 0x02 /* k = 2: 72 sides */, 0x40, 0x80, 0x80, 0x80, 0x02);
    expect(discreteGaussian({ variance: rational(4) }, scriptedRng(rejected))).toBe(-1n);
  });

  it('keeps every low bit of a sample far above 2^53', () => {
    const variance = rational(2n ** 160n);
    const rng = fastRng(9);
    const samples = Array.from({ length: 400 }, () => discreteGaussian({ variance }, rng));
    expect(samples.filter((z) => (z & 1n) === 1n).length).toBeGreaterThan(140);
    expect(samples.filter((z) => z % 3n === 0n).length).toBeGreaterThan(80);
    // 68 % within one deviation.
    const within = samples.filter((z) => z * z <= variance.num).length / samples.length;
    expect(Math.abs(within - 0.683)).toBeLessThan(0.1);
  });

  it('refuses a variance that adds no noise', () => {
    expect(() => discreteGaussian({ variance: rational(0) })).toThrow(RangeError);
    expect(() => discreteGaussian({ variance: rational(-1) })).toThrow(RangeError);
  });

  it('draws from the CSPRNG by default', () => {
    const seen = new Set(Array.from({ length: 20 }, () => discreteGaussian({ variance: rational(10n ** 24n) })));
    expect(seen.size).toBe(20);
  });
});

describe('noisyThresholdGaussian', () => {
  it('is nearly a fair coin at the edge and certain far from it', () => {
    const rng = fastRng(21);
    const share = (count: number): number => {
      let passed = 0;
      for (let i = 0; i < 10_000; i++)
        if (noisyThresholdGaussian({ count, threshold: 50, variance: rational(100) }, rng)) passed++;
      return passed / 10_000;
    };
    // Pr[z ≥ 0] = (1 + Pr[z = 0])/2 and Pr[z ≥ 10].
    const pr = gaussian(100);
    expect(share(50)).toBeCloseTo((1 + pr(0)) / 2, 1.6);
    expect(share(40)).toBeCloseTo(
      Array.from({ length: 100 }, (_, i) => pr(10 + i)).reduce((a, b) => a + b),
      1.6,
    );
    expect(share(150)).toBe(1);
    expect(share(0)).toBe(0);
  });
});

describe('integerRoot', () => {
  it('is exact around squares of every size', () => {
    for (let n = 0n; n < 2000n; n++) {
      const root = integerRoot(n);
      expect(root * root <= n && (root + 1n) ** 2n > n).toBe(true);
    }
    for (const root of [2n ** 26n + 1n, 2n ** 53n - 1n, 3n ** 90n]) {
      expect(integerRoot(root * root)).toBe(root);
      expect(integerRoot(root * root - 1n)).toBe(root - 1n);
      expect(integerRoot(root * root + 2n * root)).toBe(root);
    }
    expect(() => integerRoot(-1n)).toThrow(RangeError);
  });
});
