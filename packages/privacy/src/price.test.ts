import { addRational, type Catalogue, E, PRESENT, rational, slotsOf } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noiseScale, priceOf, printPrice, sensitivityOf, THRESHOLD_SHARE } from './price.ts';

const catalogue: Catalogue = {
  cohortCap: 1000,
  columns: [
    { kind: 'flag', name: 'active' },
    { kind: 'count', name: 'loans', max: 20 },
    { kind: 'amount', name: 'outstanding', unit: 100, max: 20_000, squares: { unit: 1000, max: 400_000 } },
    { kind: 'bucket', name: 'status', buckets: ['0', '1', '2'] },
  ],
};

const price = (columns: readonly string[], epsilon = rational(1), thresholdShare = THRESHOLD_SHARE) =>
  priceOf({ epsilon, catalogue, columns, thresholdShare });

describe('priceOf', () => {
  it('takes the share of the threshold first and splits the rest equally over the columns', () => {
    const got = price([PRESENT, 'loans', 'status']);
    if (E.isLeft(got)) throw new Error(got.left.message);
    expect(got.right.threshold).toEqual({ epsilon: rational(1, 10), scale: rational(10) });
    expect(got.right.columns.map(({ column, epsilon }) => [column, epsilon])).toEqual([
      [PRESENT, rational(3, 10)],
      ['loans', rational(3, 10)],
      ['status', rational(3, 10)],
    ]);
    // 20 / (3/10); and a histogram is one column: each of its buckets is noised at the whole part, sensitivity 1.
    expect(got.right.columns[1]!.slots.map(({ scale }) => scale)).toEqual([rational(200, 3)]);
    expect(got.right.columns[2]!.slots.map(({ slot, scale }) => [slot.bucket, scale])).toEqual(
      ['0', '1', '2'].map((bucket) => [bucket, rational(10, 3)]),
    );
  });

  it('halves the part of an amount with squares', () => {
    const got = price(['outstanding']);
    if (E.isLeft(got)) throw new Error(got.left.message);
    expect(got.right.columns[0]!.slots.map(({ slot, epsilon, scale }) => [slot.holds, epsilon, scale])).toEqual([
      ['value', rational(9, 20), rational(400_000, 9)],
      ['squares', rational(9, 20), rational(8_000_000, 9)],
    ]);
  });

  it('never gives out more or less than the stated total', () => {
    const names = [PRESENT, ...catalogue.columns.map((column) => column.name)];
    const fraction = fc.tuple(fc.bigInt(1n, 10n ** 15n), fc.bigInt(1n, 10n ** 15n)).map(([a, b]) => rational(a, b));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(names, { minLength: 1 }),
        fraction,
        fc.integer({ min: 1, max: 99 }),
        (columns, epsilon, percent) => {
          const got = price(columns, epsilon, rational(percent, 100));
          if (E.isLeft(got)) throw new Error(got.left.message);
          const spent = got.right.columns.reduce((sum, column) => {
            // A row changes one bucket, but both the value and the square: so the dearest bucket, but the sum of the others.
            const slots = column.slots.map((slot) => slot.epsilon);
            const own = column.slots[0]!.slot.holds === 'bucket' ? slots[0]! : slots.reduce(addRational);
            expect(own).toEqual(column.epsilon);
            return addRational(sum, own);
          }, got.right.threshold.epsilon);
          expect(spent).toEqual(epsilon);
        },
      ),
    );
  });

  it('refuses what has no price', () => {
    const tag = (got: ReturnType<typeof price>): string => (E.isLeft(got) ? got.left._tag : 'none');
    expect(tag(price([]))).toBe('BadPrice');
    expect(tag(price(['loans', 'loans']))).toBe('BadPrice');
    expect(tag(price(['loans'], rational(0)))).toBe('BadPrice');
    expect(tag(price(['loans'], rational(-1)))).toBe('BadPrice');
    expect(tag(price(['loans'], rational(1), rational(0)))).toBe('BadPrice');
    expect(tag(price(['loans'], rational(1), rational(1)))).toBe('BadPrice');
    expect(tag(price(['income']))).toBe('UnknownColumn');
  });

  it('prints its parts exactly', () => {
    const got = price(['loans', 'status'], rational(1, 2));
    if (E.isLeft(got)) throw new Error(got.left.message);
    expect(printPrice(got.right)).toBe('epsilon 1/2 = 1/20 minimum cohort + 9/40 loans + 9/40 status');
  });
});

describe('noiseScale', () => {
  it('is the largest value of the slot over ε', () => {
    const slots = slotsOf(catalogue);
    expect(slots.map(sensitivityOf)).toEqual([1n, 1n, 20n, 20_000n, 400_000n, 1n, 1n, 1n]);
    expect(noiseScale({ epsilon: rational(1, 3), slot: slots[3]! })).toEqual(rational(60_000));
    expect(() => noiseScale({ epsilon: rational(0), slot: slots[3]! })).toThrow(RangeError);
  });
});
