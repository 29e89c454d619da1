import { type Catalogue, E, PRESENT, rational, slotsOf } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnSensitivity, gaussianVariance } from './sensitivity.ts';

const catalogue: Catalogue = {
  cohortCap: 1000,
  columns: [
    { kind: 'flag', name: 'late' },
    { kind: 'count', name: 'loans', max: 20 },
    { kind: 'amount', name: 'limit', unit: 10, max: 300 },
    { kind: 'amount', name: 'net', unit: 10, max: 30, squares: { unit: 3, max: 40 } },
    { kind: 'bucket', name: 'worst', buckets: ['none', '0', '1+'] },
  ],
};
const of = (column: string) => {
  const found = columnSensitivity(catalogue, column);
  if (E.isLeft(found)) throw new Error(found.left.message);
  return found.right;
};

describe('columnSensitivity', () => {
  it('is by kind what one row can move', () => {
    expect(of(PRESENT)).toEqual({ l1: 1n, l2Squared: 1n });
    expect(of('late')).toEqual({ l1: 1n, l2Squared: 1n });
    expect(of('loans')).toEqual({ l1: 20n, l2Squared: 400n });
    expect(of('limit')).toEqual({ l1: 300n, l2Squared: 90_000n });
    expect(of('net')).toEqual({ l1: 70n, l2Squared: 2_500n });
    expect(of('worst')).toEqual({ l1: 1n, l2Squared: 1n });
    expect(columnSensitivity(catalogue, 'income')).toMatchObject({ left: { _tag: 'UnknownColumn' } });
  });

  it('is never exceeded by a row that a table can hold, and reached by one', () => {
    const slots = slotsOf(catalogue);
    for (const column of [PRESENT, ...catalogue.columns.map(({ name }) => name)]) {
      const own = slots.filter((slot) => slot.column === column);
      const oneHot = own[0]!.holds === 'bucket';
      const row = oneHot
        ? fc.nat(own.length - 1).map((hot) => own.map((_, i) => (i === hot ? 1 : 0)))
        : fc.tuple(...own.map(({ max }) => fc.oneof(fc.constant(max), fc.nat(max))));
      let [l1, l2] = [0n, 0n];
      fc.assert(
        fc.property(row, (values) => {
          const sum = values.reduce((total, v) => total + BigInt(v), 0n);
          const squares = values.reduce((total, v) => total + BigInt(v) ** 2n, 0n);
          if (sum > l1) l1 = sum;
          if (squares > l2) l2 = squares;
        }),
        { numRuns: 200, seed: 5 },
      );
      expect({ l1, l2Squared: l2 }).toEqual(of(column));
    }
  });
});

describe('gaussianVariance', () => {
  it('is Δ²/2ρ, exact', () => {
    expect(gaussianVariance({ rho: rational(1, 8), l2Squared: 1n })).toEqual(rational(4));
    expect(gaussianVariance({ rho: rational(1, 3), l2Squared: 400n })).toEqual(rational(600));
    expect(() => gaussianVariance({ rho: rational(0), l2Squared: 1n })).toThrow(RangeError);
    expect(() => gaussianVariance({ rho: rational(1), l2Squared: 0n })).toThrow(RangeError);
  });
});
