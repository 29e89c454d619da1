import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex, decodeCanonical, E, encodeCanonical, hexToBytes } from './index.ts';

const right = (value: unknown) => ({ _tag: 'Right', right: value });

describe('canonical CBOR', () => {
  it('gives the encodings of RFC 8949 appendix A, with map keys in bytewise order (§4.2.1)', () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [0, '00'],
      [23, '17'],
      [24, '1818'],
      [1_000_000, '1a000f4240'],
      [-100, '3863'],
      ['IETF', '6449455446'],
      [Uint8Array.of(1, 2, 3, 4), '4401020304'],
      [[1, [2, 3]], '8201820203'],
      [true, 'f5'],
      [null, 'f6'],
      [{ b: 1, a: 2, aa: 3 }, 'a3616102616201626161 03'.replace(' ', '')],
    ];
    for (const [value, hex] of cases) {
      expect(bytesToHex(encodeCanonical(value))).toBe(hex);
      expect(decodeCanonical(hexToBytes(hex))).toEqual(right(value));
    }
  });

  it('leaves undefined keys out, at any depth', () => {
    expect(encodeCanonical({ a: 1, b: undefined, c: [{ d: undefined }] })).toEqual(encodeCanonical({ a: 1, c: [{}] }));
  });

  it('gives plain arrays of their own memory', () => {
    for (let fields = 0; fields < 20; fields++) {
      const bytes = encodeCanonical(Object.fromEntries(Array.from({ length: fields }, (_, i) => [`k${i}`, new Uint8Array(32)])));
      expect(bytes.constructor).toBe(Uint8Array);
      expect(bytes.buffer.byteLength).toBe(bytes.length);
    }
  });

  it('reads back what it wrote, and refuses every other spelling of it', () => {
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.uint8Array({ maxLength: 40 }), fc.boolean(), fc.constant(null));
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(value, fc.nat(), fc.nat({ max: 7 }), (one, place, bit) => {
        const bytes = encodeCanonical(one);
        const read = decodeCanonical(bytes);
        expect(E.isRight(read) && bytesToHex(encodeCanonical(read.right))).toBe(bytesToHex(bytes));
        const flipped = bytes.slice();
        flipped[place % bytes.length]! ^= 1 << bit;
        const other = decodeCanonical(flipped);
        if (E.isRight(other)) expect(bytesToHex(encodeCanonical(other.right))).toBe(bytesToHex(flipped));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it.each([
    ['nothing', ''],
    ['trailing bytes', '0000'],
    ['cut off text', '6449'],
    ['a longer integer than needed', '1817'],
    ['a longer length than needed', '580100'],
    ['keys out of order', 'a2616201616102'],
    ['a key twice', 'a2616101616102'],
    ['an indefinite array', '9f01ff'],
    ['undefined', 'f7'],
    ['an integer over 2^53', '1b0020000000000000'],
    ['infinity', 'f97c00'],
    ['not a number', 'f97e00'],
    ['a tag', 'c11a514b67b0'],
    ['a deep nest', '81'.repeat(100_000)],
    ['17 levels', `${'81'.repeat(17)}00`],
    ['an array of 2^32 − 1 items', '9affffffff'],
  ])('refuses %s', (_, hex) => {
    expect(decodeCanonical(hexToBytes(hex))).toMatchObject({ left: { _tag: 'BadEncoding' } });
  });

  it('accepts 16 levels', () => {
    expect(E.isRight(decodeCanonical(hexToBytes(`${'81'.repeat(16)}00`)))).toBe(true);
  });

  it('never says what was in the document', () => {
    const secret = encodeCanonical({ id: '77010119900101001X' });
    const result = decodeCanonical(secret.subarray(0, -1));
    expect(JSON.stringify(result)).not.toContain('770101');
  });
});
