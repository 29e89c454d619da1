import { rational } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { columnTotals } from './results.ts';

const catalogue = { cohortCap: 1000, columns: [{ kind: 'amount', name: 'debt', unit: 100, max: 50 }] } as const;
const figures = (present: number) => {
  const [, debt] = columnTotals(catalogue, {
    columns: ['present', 'debt'],
    totals: [
      { column: 'present', holds: 'present', total: present, noise: { kind: 'laplace', scale: rational(2) } },
      { column: 'debt', holds: 'value', total: 3000, noise: { kind: 'laplace', scale: rational(100) } },
    ],
    holders: 2,
  });
  if (debt?.kind !== 'amount') throw new Error('not an amount');
  return debt;
};

describe('a mean of two noisy figures', () => {
  it('stands with an interval that contains every quotient of figures within theirs', () => {
    const { mean, meanPlusMinus, plusMinus } = figures(500);
    expect(mean).toBe((3000 * 100) / 500);
    const [presentNoise] = columnTotals(catalogue, {
      columns: ['present'],
      totals: [{ column: 'present', holds: 'present', total: 1, noise: { kind: 'laplace', scale: rational(2) } }],
      holders: 2,
    });
    const count = presentNoise?.plusMinus?.halfWidth95 ?? Number.NaN;
    for (const ofSum of [-1, 0, 1])
      for (const ofCount of [-1, 0, 1]) {
        const other = (300_000 + ofSum * plusMinus!.halfWidth95) / (500 + ofCount * count);
        expect(Math.abs(other - mean!)).toBeLessThanOrEqual(meanPlusMinus!.halfWidth95 + 1e-9);
      }
    expect(meanPlusMinus!.standardDeviation).toBeLessThan(meanPlusMinus!.halfWidth95);
    expect(meanPlusMinus!.bound).toBeGreaterThan(meanPlusMinus!.halfWidth95);
  });

  it('is unbounded where the noise could explain the whole count, and absent where nobody is left', () => {
    expect(figures(3).meanPlusMinus?.bound).toBe(Number.POSITIVE_INFINITY);
    expect(figures(0).mean).toBeUndefined();
    expect(figures(-4).mean).toBeUndefined();
  });
});
