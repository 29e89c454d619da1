import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../index.ts';
import { createCover } from './index.ts';

const cover = createCover(new Secret(new Uint8Array(32).fill(7)));

describe('a cover', () => {
  it('gives back what it sealed, under that name and key only, whole and unchanged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.integer({ min: 0, max: 7 }), (piece, at, bit) => {
        const sealed = cover.seal('a/1', piece);
        expect(cover.open('a/1', sealed)).toEqual(piece);
        expect(Buffer.compare(sealed, cover.seal('a/1', piece))).not.toBe(0);
        const flipped = sealed.slice();
        flipped[at % sealed.length]! ^= 1 << bit;
        expect(() => cover.open('a/1', flipped)).toThrow(/does not open/);
        expect(() => cover.open('a/2', sealed)).toThrow(/does not open/);
        expect(() => cover.open('a/1', sealed.subarray(0, -1))).toThrow();
        expect(() => createCover(new Secret(new Uint8Array(32).fill(8))).open('a/1', sealed)).toThrow(/does not open/);
      }),
    );
  });
});
