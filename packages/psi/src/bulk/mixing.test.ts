import { bytesToHex } from '@vouchsafe/core';
import { BulkKernel } from '@vouchsafe/kernels/bulk';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { parityBit, parityRows } from './code.ts';
import { deltaGenerators, isMixing, mixingChoices, mixingColumns } from './mixing.ts';

/** M·(C(v) ⊙ Δ), by the letter: bits, one by one. */
const byTheLetter = ({ v, l, delta, columns }: { v: bigint; l: number; delta: Uint8Array; columns: Uint32Array }): Uint8Array => {
  const out = new Uint8Array(16);
  const word = Array.from({ length: l + 100 }, (_, i) => {
    if (i < l) return Number((v >> BigInt(i)) & 1n);
    let bit = 0;
    for (let j = 0; j < l; j++) bit ^= Number((v >> BigInt(j)) & 1n) & Number(parityBit(parityRows(), j, i - l));
    return bit;
  });
  for (let row = 0; row < 128; row++) {
    let bit = 0;
    for (const [i, c] of word.entries())
      for (let b = 0; b < 4; b++) bit ^= c & (delta[i]! >> b) & (columns[4 * (4 * i + b) + (row >> 5)]! >>> (row & 31)) & 1;
    out[row >> 3]! |= bit << (row & 7);
  }
  return out;
};

describe('L_Δ', () => {
  it.each([44, 52, 60, 64])('of values of %i bits is M·(C(v) ⊙ Δ)', (l) => {
    const rng = seededRng(`mixing ${l}`);
    const columns = mixingColumns(mixingChoices(rng(32), l + 100), l + 100);
    expect(isMixing(columns)).toBe(true);
    const delta = rng(l + 100).map((x) => x & 15);
    delta.set([0, 15, 0, 15]);
    const kernel = new BulkKernel();
    const tables = kernel.allocate(8 * 4096);
    kernel.run.tables(kernel.place(deltaGenerators(columns, delta, l)), 8, tables);
    const mask = (1n << BigInt(l)) - 1n;
    const values = [0n, 1n, mask, ...new BigUint64Array(rng(8 * 20).slice().buffer)].map((v) => v & mask);
    const out = kernel.allocate(16 * values.length);
    kernel.run.map(kernel.place(new Uint8Array(BigUint64Array.from(values).buffer)), values.length, tables, out);
    for (const [i, v] of values.entries())
      expect(bytesToHex(kernel.view(out + 16 * i, 16))).toBe(bytesToHex(byTheLetter({ v, l, delta, columns })));
    // Δ = 0 says nothing; the same Δ the same.
    expect(deltaGenerators(columns, new Uint8Array(l + 100), l).every((x) => x === 0)).toBe(true);
  });

  it('refuses an M with a nibble whose columns are dependent: one zero, two equal, a sum of others', () => {
    const good = mixingColumns(mixingChoices(seededRng('rank')(32), 152), 152);
    const column = (c: number): Uint32Array => good.slice(4 * c, 4 * c + 4);
    const sum = (...list: number[]): Uint32Array => column(0).map((_, w) => list.reduce((x, c) => x ^ column(c)[w]!, 0));
    const replaced = (c: number, by: Uint32Array): Uint32Array => {
      const out = good.slice();
      out.set(by, 4 * c);
      return out;
    };
    expect(isMixing(good)).toBe(true);
    expect(isMixing(replaced(40, new Uint32Array(4)))).toBe(false);
    expect(isMixing(replaced(41, column(42)))).toBe(false);
    expect(isMixing(replaced(607, sum(604, 605, 606)))).toBe(false);
    // Of another nibble: that is no harm.
    expect(isMixing(replaced(41, column(48)))).toBe(true);
  });
});
