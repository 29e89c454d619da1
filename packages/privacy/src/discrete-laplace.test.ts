import { type Rational, rational, toNumber } from '@vouchsafe/core';
import { chiSquareZ, fastRng, scriptedRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { bernoulliExp } from './bernoulli.ts';
import { discreteLaplace, noisyThreshold } from './discrete-laplace.ts';

/** Compares samples with Pr[z] = (1 − α)/(1 + α) · α^|z|. */
const zAgainstLaplace = (samples: Float64Array, scale: number): number => {
  const alpha = Math.exp(-1 / scale);
  return chiSquareZ(samples, (z) => ((1 - alpha) * alpha ** Math.abs(z)) / (1 + alpha));
};

const draw = (scale: Rational, count: number, seed: number): Float64Array => {
  const rng = fastRng(seed);
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = Number(discreteLaplace({ scale }, rng));
  return out;
};

describe('discreteLaplace', () => {
  it.each([
    [rational(3, 10), 400_000, 1],
    [rational(1), 400_000, 2],
    [rational(7, 2), 400_000, 3],
    [rational(50), 400_000, 4],
  ])('has the distribution it should (scale %o, %i samples)', (scale, count, seed) => {
    const samples = draw(scale, count, seed);
    expect(zAgainstLaplace(samples, toNumber(scale))).toBeLessThan(3.09);
    // Symmetric: the signs of the samples that are not zero are a fair coin; 4 standard deviations.
    const [above, below] = [samples.filter((z) => z > 0).length, samples.filter((z) => z < 0).length];
    expect(Math.abs(above - below)).toBeLessThan(4 * Math.sqrt(above + below));
  });

  it('is told apart from half the scale and from a scale 3 % off, so the test above can fail', () => {
    expect(zAgainstLaplace(draw(rational(7, 4), 250_000, 3), 3.5)).toBeGreaterThan(100);
    expect(zAgainstLaplace(draw(rational(100, 97), 250_000, 2), 1)).toBeGreaterThan(5);
  });

  it('gives the sample that the algorithm prescribes for scripted bytes', () => {
    // Scale 4/1. u = 0b10 = 2; coin γ = 2/4: draw 0b11 = 3 ≥ 2 fails at k = 1, odd: accepted. Then exp(−1): k = 1 needs no bit, k = 2 draws 1: fails at 2,
    // even: v = 0. Sign bit 1: −2.
    const script = Uint8Array.from({ length: 32 }, (_, i) => [0x80, 0xc0, 0x80, 0x80][i] ?? 0);
    expect(discreteLaplace({ scale: rational(4) }, scriptedRng(script))).toBe(-2n);
    // The same bytes with sign 0 and v = 1: exp(−1) succeeds when it fails at k = 3: draws 0 (of 2), then 1 (of 3).
    const longer = Uint8Array.from({ length: 32 }, (_, i) => [0x80, 0xc0, 0x00, 0x40, 0x80, 0x00][i] ?? 0);
    expect(discreteLaplace({ scale: rational(4) }, scriptedRng(longer))).toBe(6n);
    expect(discreteLaplace({ scale: rational(4, 3) }, scriptedRng(longer))).toBe(2n);
  });

  it('keeps every low bit of a sample far above 2^53', () => {
    const scale = rational(2n ** 80n);
    // u = the first 80 bits; γ = u/2^80 fails for 0xff…; v = 0; positive.
    const u = [0x81, 2, 3, 4, 5, 6, 7, 8, 9, 0x0b];
    const script = Uint8Array.from({ length: 32 }, (_, i) => (i < 10 ? u[i]! : i < 20 ? 0xff : i === 20 ? 0x80 : 0));
    expect(discreteLaplace({ scale }, scriptedRng(script))).toBe(0x810203040506070809_0bn);
  });

  it('refuses a scale that adds no noise', () => {
    expect(() => discreteLaplace({ scale: rational(0) })).toThrow(RangeError);
    expect(() => discreteLaplace({ scale: rational(-1) })).toThrow(RangeError);
  });

  it('draws from the CSPRNG by default', () => {
    const seen = new Set(Array.from({ length: 20 }, () => discreteLaplace({ scale: rational(10n ** 12n) })));
    expect(seen.size).toBe(20);
  });
});

describe('bernoulliExp', () => {
  it.each([
    [rational(0), 11],
    [rational(1, 1000), 12],
    [rational(1, 2), 13],
    [rational(1), 14],
    [rational(7, 2), 15],
    [rational(2n ** 70n + 1n, 2n ** 70n), 16],
  ])('is true with probability exp(−γ) (γ = %o)', (gamma, seed) => {
    const rng = fastRng(seed);
    const count = 100_000;
    let hits = 0;
    for (let i = 0; i < count; i++) if (bernoulliExp(gamma, rng)) hits++;
    const p = Math.exp(-toNumber(gamma));
    expect(Math.abs(hits - count * p)).toBeLessThanOrEqual(3.3 * Math.sqrt(count * p * (1 - p)));
  });

  it('ends quickly for a large γ and refuses a negative one', () => {
    expect(bernoulliExp(rational(10n ** 30n), fastRng(1))).toBe(false);
    expect(() => bernoulliExp(rational(-1, 2))).toThrow(RangeError);
  });
});

describe('noisyThreshold', () => {
  it('is a fair coin at the edge and certain far from it', () => {
    const rng = fastRng(21);
    const scale = rational(10);
    const share = (count: number): number => {
      let passed = 0;
      for (let i = 0; i < 20_000; i++) if (noisyThreshold({ count, threshold: 50, scale }, rng)) passed++;
      return passed / 20_000;
    };
    // Pr[z ≥ 0] = 1/(1 + α); Pr[z ≥ 10] = α^10/(1 + α), α = exp(−1/10).
    const alpha = Math.exp(-0.1);
    expect(share(50)).toBeCloseTo(1 / (1 + alpha), 1.6);
    expect(share(40)).toBeCloseTo(alpha ** 10 / (1 + alpha), 1.6);
    expect(share(400)).toBe(1);
    expect(share(0)).toBeLessThan(0.02);
  });
});
