import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRational,
  compareRational,
  DecimalRational,
  divideRational,
  E,
  multiplyRational,
  parseRational,
  type Rational,
  rational,
  subtractRational,
  toNumber,
  WireRational,
} from './index.ts';

const any = fc
  .tuple(fc.bigInt({ min: -1000n, max: 1000n }), fc.bigInt({ min: 1n, max: 1000n }))
  .map(([num, den]) => rational(num, den));
const equal = (a: Rational, b: Rational) => expect([a.num, a.den]).toEqual([b.num, b.den]);

describe('rationals', () => {
  it('read decimals and fractions exactly', () => {
    const read = (input: string | number) => {
      const result = parseRational(input);
      return E.isRight(result) ? `${result.right.num}/${result.right.den}` : 'refused';
    };
    expect(['0.1', 0.1, '1', 2.5e-3, '1/3', '2/6', '1e3', ' 0.50 ', 0, 1e-7].map(read)).toEqual([
      '1/10',
      '1/10',
      '1/1',
      '1/400',
      '1/3',
      '1/3',
      '1000/1',
      '1/2',
      '0/1',
      '1/10000000',
    ]);
    for (const bad of ['', 'x', '-1', '1/0', '.5', '0x10', 'NaN', 'Infinity', Number.NaN, -0.5, '1'.repeat(30), '1e999', '1/2/3'])
      expect(read(bad)).toBe('refused');
  });

  it('obey the laws of a field, in lowest terms', () => {
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        equal(addRational(a, b), addRational(b, a));
        equal(multiplyRational(a, addRational(b, c)), addRational(multiplyRational(a, b), multiplyRational(a, c)));
        equal(addRational(subtractRational(a, b), b), a);
        if (b.num !== 0n) equal(multiplyRational(divideRational(a, b), b), a);
        expect(Math.sign(compareRational(a, b))).toBe(Math.sign(toNumber(a) - toNumber(b)));
        expect(a.den > 0n).toBe(true);
      }),
    );
    expect(() => rational(1, 0)).toThrow(RangeError);
    expect(() => divideRational(rational(1), rational(0))).toThrow(RangeError);
  });

  it('have one encoding on the wire', () => {
    expect(WireRational.decode([1, 3])).toEqual(E.right(rational(1, 3)));
    expect(WireRational.encode(rational(2, 6))).toEqual([1, 3]);
    for (const bad of [[2, 6], [1, 0], [-1, 2], [1], [1, 2, 3], [0.5, 1], ['1', 2], 'x', null, [2 ** 53, 1]])
      expect(E.isLeft(WireRational.decode(bad))).toBe(true);
  });

  it('have a form for documents that reads back', () => {
    expect(DecimalRational.decode(0.5)).toEqual(E.right(rational(1, 2)));
    expect(DecimalRational.decode(DecimalRational.encode(rational(7, 3)))).toEqual(E.right(rational(7, 3)));
    expect(E.isLeft(DecimalRational.decode(null))).toBe(true);
  });
});
