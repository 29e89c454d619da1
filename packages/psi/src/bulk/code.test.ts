import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@vouchsafe/core';
import { createDice } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { codeGenerators, parityBit, parityRows } from './code.ts';

const weight = (x: bigint): number => x.toString(2).replaceAll('0', '').length;

describe('XQ199', () => {
  const rows = codeGenerators();

  it('has the known parity rows', () => {
    expect(bytesToHex(sha256(parityRows()))).toBe('3913cdb34ea6e1f316498f49e342ce570adc9bfdc69103ecdfb5ca9bc5764c3d');
  });

  it('is systematic on its first 100 positions, doubly even and self-dual', () => {
    expect(rows).toHaveLength(100);
    for (const [j, row] of rows.entries()) {
      expect(row & ((1n << 100n) - 1n)).toBe(1n << BigInt(j));
      expect(weight(row) % 4).toBe(0);
      for (const other of rows) expect(weight(row & other) % 2).toBe(0);
      for (let t = 0; t < 100; t++) expect(parityBit(parityRows(), j, t)).toBe(((row >> BigInt(100 + t)) & 1n) === 1n);
    }
  });

  it('has no word below weight 32 among many that are as light as words get: rows of random systematic forms, and their pairs', () => {
    const dice = createDice('code');
    let least = 200;
    for (let form = 0; form < 12; form++) {
      // Gauss over random columns: information-set decoding's first step.
      const columns = Array.from({ length: 200 }, (_, i) => i)
        .map((i) => [dice.below(2 ** 20), i] as const)
        .sort(([a], [b]) => a - b);
      const own = [...rows];
      let done = 0;
      for (const [, column] of columns) {
        const bit = 1n << BigInt(column);
        const pivot = own.findIndex((row, i) => i >= done && (row & bit) !== 0n);
        if (pivot === -1) continue;
        [own[done], own[pivot]] = [own[pivot]!, own[done]!];
        for (const [i, row] of own.entries()) if (i !== done && row & bit) own[i] = row ^ own[done]!;
        if (++done === 100) break;
      }
      for (let i = 0; i < 100; i++)
        for (let j = i; j < 100; j++) {
          const word = i === j ? own[i]! : own[i]! ^ own[j]!;
          least = Math.min(least, weight(word));
        }
    }
    // It meets the least weight, and nothing below.
    expect(least).toBeGreaterThanOrEqual(32);
    expect(least).toBeLessThanOrEqual(40);
  });
});
