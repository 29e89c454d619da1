import { scriptedRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { coinsOf } from './coins.ts';

/** 32 bytes that begin with these: what one block of the generator gives. */
const block = (...bytes: readonly number[]): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => bytes[i] ?? 0);

describe('uniform integers', () => {
  it('reads just enough bits, most significant first, and draws again when the value is not below the number of sides', () => {
    // 6 sides: 3 bits, the top ones of a byte: 0b111 and 0b110 are rejected, 0b101 is 5.
    expect(coinsOf(scriptedRng(block(0xff, 0xc0, 0xbf))).small(6)).toBe(5);
    // 300 sides: 9 bits.
    expect(coinsOf(scriptedRng(block(0x80, 0xff))).small(300)).toBe(257);
    // One side needs no randomness at all.
    expect(coinsOf(scriptedRng()).small(1)).toBe(0);
    expect(coinsOf(scriptedRng()).large(1n)).toBe(0n);
  });

  it('keeps every bit of a wide integer', () => {
    const bytes = Array.from({ length: 14 }, (_, i) => 0x11 * (i + 1));
    const coins = coinsOf(scriptedRng(block(...bytes)));
    expect(coins.large(1n << 112n)).toBe(BigInt(`0x${bytes.map((b) => b.toString(16).padStart(2, '0')).join('')}`));
  });

  it('never uses a byte twice and draws a new block when one runs out', () => {
    const coins = coinsOf(scriptedRng(Uint8Array.from({ length: 64 }, (_, i) => i)));
    expect(Array.from({ length: 64 }, () => coins.small(256))).toEqual(Array.from({ length: 64 }, (_, i) => i));
    expect(() => coins.small(256)).toThrow(RangeError);
  });

  it.each([2n ** 32n, 2n ** 32n + 1n, 2n ** 48n, 2n ** 48n + 1n, 3n ** 60n])(
    'stays below %s and reaches its upper half',
    (sides) => {
      const largest = coinsOf(() => new Uint8Array(32).fill(0x55)).large(sides);
      expect(largest).toBeLessThan(sides);
      const top = sides - 1n;
      const width = BigInt(top.toString(2).length);
      const pattern = BigInt(`0x${'55'.repeat(16)}`);
      // Alternating bits: the first bit drawn is a 0, so the value is the pattern's prefix of that width (in words of 48 bits).
      expect(largest.toString(2).length).toBe(Number(width) - 1);
      expect(largest >> (width - 8n)).toBe((pattern >> 120n) & 0xffn);
    },
  );
});
