import { addRational, type Catalogue, E, type Rational, rational } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Noise, noisePlanOf, plusMinusOf, priceOf, sensitivityOf, tailOf } from './index.ts';

const catalogue: Catalogue = {
  cohortCap: 1000,
  columns: [
    { kind: 'flag', name: 'active' },
    { kind: 'count', name: 'loans', max: 20 },
    { kind: 'amount', name: 'outstanding', unit: 100, max: 20_000, squares: { unit: 1000, max: 400_000 } },
    { kind: 'bucket', name: 'status', buckets: ['0', '1', '2'] },
  ],
};
const NAMES = ['present', 'active', 'loans', 'outstanding', 'status'];

const inRho = (rho: Rational, columns: readonly string[]) => noisePlanOf({ cost: { kind: 'zcdp', rho }, catalogue, columns });
/** ρ of a slot: Δ²/2σ². */
const rhoOfSlot = (noise: Noise, sensitivity: bigint): Rational => {
  if (noise.kind !== 'gaussian') throw new Error('not Gaussian');
  return rational(sensitivity * sensitivity * noise.variance.den, 2n * noise.variance.num);
};

describe('the noise of a query that is priced in ρ', () => {
  it('costs ρ in all, exactly: the threshold, and each column with what one row can move', () => {
    const fraction = fc.tuple(fc.bigInt(1n, 10n ** 9n), fc.bigInt(1n, 10n ** 9n)).map(([a, b]) => rational(a, b));
    fc.assert(
      fc.property(fc.shuffledSubarray(NAMES, { minLength: 1 }), fraction, (columns, rho) => {
        const plan = inRho(rho, columns);
        if (E.isLeft(plan)) throw new Error(plan.left.message);
        let sum = rhoOfSlot(plan.right.threshold, 1n);
        const histograms = new Set<string>();
        for (const { slot, noise } of plan.right.slots) {
          // A row stands in one bucket: the histogram counts once, each of its slots with the whole part.
          if (slot.holds === 'bucket' && histograms.has(slot.column)) continue;
          if (slot.holds === 'bucket') histograms.add(slot.column);
          sum = addRational(sum, rhoOfSlot(noise, sensitivityOf(slot)));
        }
        expect(sum).toEqual(rho);
      }),
    );
  });

  it('is answered in the order of the slots of a query in ε', () => {
    const plan = inRho(rational(1, 2), ['status', 'outstanding']);
    const price = priceOf({ epsilon: rational(1), catalogue, columns: ['status', 'outstanding'] });
    if (E.isLeft(plan) || E.isLeft(price)) throw new Error('no price');
    expect(plan.right.slots.map(({ slot }) => slot)).toEqual(
      price.right.columns.flatMap(({ slots }) => slots.map(({ slot }) => slot)),
    );
  });

  it('refuses what has no price', () => {
    const tag = (plan: ReturnType<typeof inRho>): string => (E.isLeft(plan) ? plan.left._tag : 'none');
    expect(tag(inRho(rational(0), ['loans']))).toBe('BadPrice');
    expect(tag(inRho(rational(1), []))).toBe('BadPrice');
    expect(tag(inRho(rational(1), ['loans', 'loans']))).toBe('BadPrice');
    expect(tag(inRho(rational(1), ['income']))).toBe('UnknownColumn');
  });
});

describe('a query in ε', () => {
  it('gets the noise of its price', () => {
    const plan = noisePlanOf({ cost: { kind: 'pure', epsilon: rational(1) }, catalogue, columns: ['loans'] });
    if (E.isLeft(plan)) throw new Error(plan.left.message);
    expect(plan.right.threshold).toEqual({ kind: 'laplace', scale: rational(10) });
    expect(plan.right.slots.map(({ noise }) => noise)).toEqual([{ kind: 'laplace', scale: rational(200, 9) }]);
  });
});

it('the tail lies beyond what is printed as ±', () => {
  for (const noise of [
    { kind: 'laplace', scale: rational(20) },
    { kind: 'gaussian', variance: rational(400) },
  ] as const)
    expect(Number(tailOf(noise, 3))).toBeGreaterThan(plusMinusOf(noise, 3).halfWidth);
});
