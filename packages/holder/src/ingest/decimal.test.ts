import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDecimal, roundToUnit, wholeOf } from './decimal.ts';

describe('readDecimal', () => {
  it.each([
    ['12.50', 1250n, 2],
    ['-0.5', -5n, 1],
    ['+7', 7n, 0],
    [' 8 ', 8n, 0],
    ['1.2e3', 1200n, 0],
    ['5.5e-17', 55n, 18],
    [0.1, 1n, 1],
    [-3, -3n, 0],
    [1e21, 10n ** 21n, 0],
    [2n ** 70n, 2n ** 70n, 0],
  ] as const)('reads %s exactly', (raw, digits, scale) => {
    expect(readDecimal(raw)).toEqual({ digits, scale });
  });

  it.each([
    '',
    ' ',
    'abc',
    '1,000',
    '1.',
    '.5',
    '0x10',
    '1e999',
    '1e-61',
    '--1',
    '9'.repeat(65),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    null,
  ])('refuses %s', (raw) => {
    expect(readDecimal(raw)).toBeUndefined();
  });
});

describe('roundToUnit', () => {
  it.each([
    ['50', 100, 1n],
    ['49.999999999999999999', 100, 0n],
    ['150', 100, 2n],
    ['0.5', 1, 1n],
    ['-0.5', 1, 0n],
    ['-0.51', 1, -1n],
    ['-150', 100, -1n],
    ['-151', 100, -2n],
    // As doubles these two are the same number.
    ['9007199254740992.4999', 1, 9007199254740992n],
    ['9007199254740992.5', 1, 9007199254740993n],
  ] as const)('%s in units of %i is %s, halves up', (text, unit, expected) => {
    expect(roundToUnit(readDecimal(text)!, unit)).toBe(expected);
  });

  it('is the whole number u with u − 1/2 ≤ value/unit < u + 1/2', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 20n), 10n ** 20n),
        fc.nat(10),
        fc.integer({ min: 1, max: 10_000 }),
        (digits, scale, unit) => {
          const u = roundToUnit({ digits, scale }, unit);
          const den = BigInt(unit) * 10n ** BigInt(scale);
          expect((2n * u - 1n) * den <= 2n * digits && 2n * digits < (2n * u + 1n) * den).toBe(true);
        },
      ),
    );
  });
});

describe('wholeOf', () => {
  it('accepts trailing zeros and nothing else behind the point', () => {
    expect(wholeOf(readDecimal('3.00')!)).toBe(3n);
    expect(wholeOf(readDecimal('-2')!)).toBe(-2n);
    expect(wholeOf(readDecimal('2.5')!)).toBeUndefined();
  });
});
