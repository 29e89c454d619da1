import { describe, expect, it } from 'vitest';
import { erfc, normalHalfWidth, twoSided } from './normal.ts';

describe('the normal distribution', () => {
  // Abramowitz and Stegun, tables 7.1 and 7.3; Wolfram's values for the tail.
  it.each([
    [0, 1],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [2, 0.004677734981047266],
    [3, 0.00002209049699858544],
    [5, 1.5374597944280349e-12],
    [10, 2.088487583762545e-45],
    [-1, 1.8427007929497148],
  ])('erfc(%d)', (x, value) => {
    expect(Math.abs(erfc(x) / value - 1)).toBeLessThan(1e-10);
  });

  it('tables of every statistics book', () => {
    expect(normalHalfWidth(0.95)).toBeCloseTo(1.959963984540054, 10);
    expect(normalHalfWidth(0.99)).toBeCloseTo(2.5758293035489004, 10);
    expect(twoSided(1.959963984540054)).toBeCloseTo(0.05, 12);
    expect(twoSided(-3)).toBeCloseTo(0.0026997960632601866, 14);
    expect(twoSided(100)).toBe(0);
    for (const confidence of [0, 1, Number.NaN]) expect(() => normalHalfWidth(confidence)).toThrow(RangeError);
  });
});
