import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, kvKey, kvPrefix } from './index.ts';

const parts = fc.tuple(
  fc.string({ maxLength: 8 }).filter((s) => !s.includes('\0')),
  fc.nat(2 ** 31),
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
);

describe('keys of the store', () => {
  it('are different for different parts, and sort by number', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const order = compareBytes(kvKey(...a), kvKey(...b));
        if (a[0] === b[0] && a[1] !== b[1]) expect(Math.sign(order)).toBe(Math.sign(a[1] - b[1]));
        expect(order === 0).toBe(a[0] === b[0] && a[1] === b[1] && compareBytes(a[2], b[2]) === 0);
      }),
    );
  });

  it('lie between the ends of their prefix, and no others do', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const { from, to } = kvPrefix(a[0], a[1]);
        const key = kvKey(...b);
        const inside = compareBytes(from, key) <= 0 && compareBytes(key, to) < 0;
        expect(inside).toBe(a[0] === b[0] && a[1] === b[1]);
      }),
    );
    expect(kvPrefix(Uint8Array.of(1, 255))).toEqual({ from: Uint8Array.of(1, 255), to: Uint8Array.of(2) });
  });

  it('refuse a zero in a name and a number that does not fit', () => {
    expect(() => kvKey('a\0b')).toThrow(RangeError);
    expect(() => kvKey(-1)).toThrow(RangeError);
    expect(() => kvKey(2 ** 48)).toThrow(RangeError);
    expect(() => kvPrefix(Uint8Array.of(255))).toThrow(RangeError);
  });
});
