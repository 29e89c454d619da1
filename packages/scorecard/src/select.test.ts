import { describe, expect, it } from 'vitest';
import { woeColumn } from './design.ts';
import { type Candidate, leastSignificant, rankByIv, SELECTION, takeUncorrelated, worstSign } from './select.ts';

const candidate = (name: string, iv: number, bins: readonly number[] = [0, 1]): Candidate => ({
  ...woeColumn(name, Uint8Array.from(bins), [0, 1]),
  iv,
});

const coefficient = (name: string, estimate: number, pValue = 0) => ({ name, estimate, pValue });

describe('selection', () => {
  it('ranks by information value; equal ones stay in the order of the table', () => {
    const { ranked, dropped } = rankByIv(
      [candidate('a', 0.1), candidate('b', 0.3), candidate('c', 0.1), candidate('weak', 0.019), candidate('flat', 0.5, [1, 1])],
      SELECTION,
    );
    expect(ranked.map(({ name }) => name)).toEqual(['b', 'a', 'c']);
    expect(dropped).toEqual([
      { name: 'weak', why: 'low information value', figure: 0.019 },
      { name: 'flat', why: 'one bin', figure: 0.5 },
    ]);
  });

  it('compares with what is in, not with what was turned away; a negative correlation is one too', () => {
    const ranked = ['a', 'b', 'c'].map((name) => candidate(name, 0.1));
    // b is like a, c is like b but not like a.
    const correlation = Float64Array.of(1, -0.9, 0.1, -0.9, 1, 0.9, 0.1, 0.9, 1);
    const { taken, dropped } = takeUncorrelated(ranked, correlation, SELECTION);
    expect(taken.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(dropped).toEqual([{ name: 'b', why: 'correlated', figure: -0.9, with: 'a' }]);
    const two = takeUncorrelated(ranked, correlation, { ...SELECTION, maxCharacteristics: 1 });
    expect(two.dropped.map(({ why }) => why)).toEqual(['correlated', 'too many']);
  });

  it('finds the coefficient that contradicts its WOE most; zero contradicts too', () => {
    const fitted = [coefficient('fine', -1), coefficient('little', 0.1), coefficient('much', 0.7), coefficient('nil', 0)];
    expect(worstSign(fitted, -1)?.name).toBe('much');
    expect(worstSign(fitted, 1)?.name).toBe('fine');
    expect(worstSign([coefficient('fine', -1), coefficient('nil', 0)], -1)?.name).toBe('nil');
    expect(worstSign([coefficient('fine', -1)], -1)).toBe(undefined);
  });

  it('finds the least significant above the limit; without a limit none', () => {
    const fitted = [coefficient('a', -1, 0.2), coefficient('b', -1, 0.6), coefficient('c', -1, 0.1)];
    expect(leastSignificant(fitted, SELECTION)?.name).toBe('b');
    expect(leastSignificant(fitted, { ...SELECTION, maxPValue: 0.6 })).toBe(undefined);
    expect(leastSignificant(fitted, { ...SELECTION, maxPValue: null })).toBe(undefined);
  });
});
