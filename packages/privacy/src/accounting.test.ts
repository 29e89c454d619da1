import { compareRational, rational, toNumber } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeCosts, coversCost, epsilonOf, type PrivacyCost, rhoOf, rhoWithin } from './accounting.ts';
import { lnBounds, rootBounds } from './exact-bounds.ts';

const pure = (num: number, den = 1): PrivacyCost => ({ kind: 'pure', epsilon: rational(num, den) });
const zcdp = (num: number, den = 1): PrivacyCost => ({ kind: 'zcdp', rho: rational(num, den) });

describe('composition', () => {
  it('adds ε and ρ exactly, and takes ε for ε²/2 when they meet', () => {
    expect(composeCosts(pure(1, 10), pure(2, 10))).toEqual(pure(3, 10));
    expect(composeCosts(zcdp(1, 3), zcdp(1, 6))).toEqual(zcdp(1, 2));
    expect(composeCosts(pure(1, 3), zcdp(1, 18))).toEqual(zcdp(1, 9));
    expect(rhoOf(pure(1))).toEqual(rational(1, 2));
    // Ten times 0.1 is 1, not 0.9999999999999999.
    expect(Array.from({ length: 10 }, () => pure(1, 10)).reduce(composeCosts)).toEqual(pure(1));
  });

  it('compares with a cap to the last unit, and never takes ρ for pure ε', () => {
    expect(coversCost(pure(1), pure(9, 10), pure(1, 10))).toBe(true);
    expect(coversCost(pure(1), pure(9, 10), pure(100_000_001, 1_000_000_000))).toBe(false);
    expect(coversCost(zcdp(1, 2), zcdp(0), pure(1))).toBe(true);
    expect(coversCost(zcdp(1, 2), zcdp(1, 1_000_000), pure(1))).toBe(false);
    expect(coversCost(pure(100), pure(0), zcdp(1, 1_000_000))).toBe(false);
  });
});

describe('exact bounds', () => {
  it('bracket the logarithm and the root, far closer than a double can tell', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 20n), fc.bigInt(1n, 10n ** 20n), (num, den) => {
        const x = rational(num, den);
        for (const [bounds, value] of [
          [lnBounds(x), Math.log(Number(num)) - Math.log(Number(den))],
          [rootBounds(x), Math.sqrt(Number(num) / Number(den))],
        ] as const) {
          expect(compareRational(bounds.below, bounds.above)).toBeLessThanOrEqual(0);
          expect(toNumber(bounds.above) - toNumber(bounds.below)).toBeLessThan(1e-12 * Math.max(1, value));
          expect(Math.abs(toNumber(bounds.above) - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
        }
        const { below, above } = rootBounds(x);
        const square = (r: typeof x) => rational(r.num * r.num, r.den * r.den);
        expect(compareRational(square(below), x)).toBeLessThanOrEqual(0);
        expect(compareRational(square(above), x)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('know ln 2 and ln 10 to 35 digits', () => {
    const digits = (x: ReturnType<typeof lnBounds>['below']): string => ((x.num * 10n ** 35n) / x.den).toString();
    // OEIS A002162, A002392.
    for (const [n, ln] of [
      [2, '69314718055994530941723212145817656'],
      [10, '230258509299404568401799145468436420'],
    ] as const) {
      const { below, above } = lnBounds(rational(n));
      expect(digits(below)).toBe(ln);
      expect(digits(above)).toBe(ln);
    }
    expect(lnBounds(rational(1))).toEqual({ below: rational(0), above: rational(0) });
    // ln(1/2) = −ln 2, with the sides exchanged.
    expect(lnBounds(rational(1, 2)).above).toEqual(rational(-lnBounds(rational(2)).below.num, lnBounds(rational(2)).below.den));
    expect(() => lnBounds(rational(0))).toThrow(RangeError);
    expect(() => rootBounds(rational(-1))).toThrow(RangeError);
  });
});

describe('epsilonOf', () => {
  /** The infimum over α, in floating point. */
  const optimum = (rho: number, delta: number): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let k = -20; k < 25; k += 0.001) {
      const a = 1 + Math.exp(k);
      best = Math.min(best, a * rho + Math.log(1 / delta) / (a - 1) + Math.log1p(-1 / a) - Math.log(a) / (a - 1));
    }
    return best;
  };
  /** The δ that the discrete Gaussian with Δ = 1 really has at ε: Canonne, Kamath, Steinke (2020), theorem 7. */
  const exactDelta = (variance: number, epsilon: number): number => {
    const weight = (k: number): number => Math.exp(-(k * k) / (2 * variance));
    let total = 1;
    for (let k = 1; k * k < 3000 * variance; k++) total += 2 * weight(k);
    const above = (from: number): number => {
      let sum = 0;
      for (let k = Math.floor(from) + 1; k * k < 3000 * variance || k < 0; k++) sum += weight(k);
      return sum / total;
    };
    return above(epsilon * variance - 0.5) - Math.exp(epsilon) * above(epsilon * variance + 0.5);
  };

  it.each([
    [rational(1, 1000), rational(1, 10 ** 6)],
    [rational(1, 8), rational(1, 100)],
    [rational(1, 2), rational(1, 10 ** 6)],
    [rational(3), rational(1, 10 ** 9)],
    [rational(40), rational(1, 10 ** 12)],
  ])('is a bound, and within 1 %% of the best (ρ = %o, δ = %o)', (rho, delta) => {
    const epsilon = toNumber(epsilonOf({ rho, delta }));
    const best = optimum(toNumber(rho), toNumber(delta));
    expect(epsilon).toBeGreaterThanOrEqual(best * (1 - 1e-6));
    expect(epsilon).toBeLessThan(best * 1.01 + 2e-9);
    // Bun and Steinke's bound is never better.
    expect(epsilon).toBeLessThanOrEqual(toNumber(rho) + 2 * Math.sqrt(toNumber(rho) * Math.log(1 / toNumber(delta))) + 2e-9);
    // And the noise of that ρ keeps the promise, by its own distribution.
    const variance = 1 / (2 * toNumber(rho));
    expect(exactDelta(variance, epsilon)).toBeLessThanOrEqual(toNumber(delta));
    // Half of it would not do; far below σ = 1 one cannot see that, since there the lattice is coarser than the noise.
    if (variance > 0.1) expect(exactDelta(variance, epsilon / 2)).toBeGreaterThan(toNumber(delta));
  });

  it('grows with ρ and with certainty, is 0 for nothing, and refuses what makes no sense', () => {
    const of = (rho: number, bits: number): number =>
      toNumber(epsilonOf({ rho: rational(rho, 100), delta: rational(1n, 2n ** BigInt(bits)) }));
    expect(of(10, 20)).toBeLessThan(of(11, 20));
    expect(of(10, 20)).toBeLessThan(of(10, 30));
    expect(of(0, 20)).toBe(0);
    for (const delta of [rational(0), rational(1), rational(2)])
      expect(() => epsilonOf({ rho: rational(1), delta })).toThrow(RangeError);
    expect(() => epsilonOf({ rho: rational(-1), delta: rational(1, 2) })).toThrow(RangeError);
  });
});

describe('rhoWithin', () => {
  it('is the largest step that stays within (ε, δ)', () => {
    const delta = rational(1, 10 ** 6);
    for (const epsilon of [rational(1, 10), rational(1), rational(8)]) {
      const rho = rhoWithin({ epsilon, delta });
      expect(compareRational(epsilonOf({ rho, delta }), epsilon)).toBeLessThanOrEqual(0);
      const next = rational(rho.num * 10n ** 9n + rho.den, rho.den * 10n ** 9n);
      expect(compareRational(epsilonOf({ rho: next, delta }), epsilon)).toBe(1);
    }
    expect(rhoWithin({ epsilon: rational(0), delta })).toEqual(rational(0));
  });
});
