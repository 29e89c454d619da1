import { readFileSync } from 'node:fs';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { buildBulk, bulkSource } from './build/bulk/module.ts';
import * as reference from './bulk.test.reference.ts';
import { BulkKernel, openBulkKernel } from './bulk-kernel.ts';
import { bulkResults, SELF_TEST, selfTestBytes } from './bulk-self-test.ts';

const kernel = new BulkKernel();
const { run } = kernel;
const hex = (rows: readonly Uint8Array[]): string[] => rows.map(bytesToHex);
const placeZero = (size: number): number => kernel.place(new Uint8Array(size), 256);

describe('the bulk module', () => {
  it('is what the generator builds, byte for byte', async () => {
    const committed = readFileSync(new URL('./generated/bulk.ts', import.meta.url), 'utf8');
    expect(bulkSource(await buildBulk()) === committed, 'run `pnpm --filter @vouchsafe/kernels build:kernels`').toBe(true);
  });

  it('answers the self-test as plain JavaScript does', () => {
    const answered = bulkResults(kernel);
    const { places, dense, keys } = SELF_TEST;
    const at = 5 * 16 + keys * 16 + 256 + 4 * 256 + 256;
    const store = answered.subarray(at + 1, at + 1 + 8 * (places + dense));
    const expected = reference.selfTestResults(answered[at]!, store);
    expect(answered.length).toBe(expected.length);
    expect(answered.findIndex((x, i) => x !== expected[i])).toBe(-1);
    // The solution is one: every key's row gives its value.
    for (const record of reference.rowsOf(selfTestBytes('records', 32 * keys), 32)) {
      const sum = reference.decode(record, { places, dense, rows: reference.rowsOf(store, 8) });
      expect(reference.longAt(sum, 0)).toBe(reference.longAt(record, 0) & SELF_TEST.mask);
    }
    expect(openBulkKernel(), `the known answer is ${bytesToHex(blake3(answered))}`).toBeDefined();
  });

  it('gives its memory back empty', () => {
    const own = new BulkKernel();
    const at = own.place(new Uint8Array(1000).fill(7));
    own.wipe();
    expect(own.allocate(1000)).toBe(at);
    expect(own.view(at, 1000)).toEqual(new Uint8Array(1000));
  });
});

describe('BLAKE3 of the bulk module', () => {
  const rng = seededRng('blake3');
  const key = rng(32);

  it.each([...Array(65).keys(), 127, 128, 129, 191, 192, 193, 200, 1000, 1023, 1024])(
    'hashes %i bytes, whatever lies behind',
    (length) => {
      const lengths = [length, 3, length, 70, length, 0, 64];
      const offsets = Uint32Array.from([0, ...lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b))]);
      const data = rng(offsets.at(-1)! + 100);
      const to = placeZero(16 * lengths.length);
      run.hashIds(kernel.place(data), kernel.place(new Uint8Array(offsets.buffer)), lengths.length, to, kernel.place(key));
      const expected = lengths.map((_, i) => reference.hash16(data.subarray(offsets[i], offsets[i + 1]), key));
      expect(hex(reference.rowsOf(kernel.view(to, 16 * lengths.length), 16))).toEqual(hex(expected));
    },
  );

  it('gives the specification’s vectors for keyed hashing of 0, 1 and 1023 bytes', () => {
    // BLAKE3 test_vectors.json: input bytes 0, 1, … 250 repeated; the key below.
    const own = new TextEncoder().encode('whats the Elvish word for friend');
    const data = Uint8Array.from({ length: 1023 }, (_, i) => i % 251);
    const hash = (length: number): string => {
      const to = placeZero(16);
      run.hashIds(kernel.place(data), kernel.place(new Uint8Array(Uint32Array.of(0, length).buffer)), 1, to, kernel.place(own));
      return bytesToHex(kernel.view(to, 16));
    };
    expect([0, 1, 1023].map(hash)).toEqual([
      '92b2b75604ed3c761f9d6f62392c8a92',
      '6d7878dfff2f485635d39013278ae14f',
      'c951ecdf03288d0fcc96ee3413563d8a',
    ]);
  });
});

describe('the store', () => {
  const encode = (records: Uint8Array, places: number, dense: number, bits: number): { gap: number; store: Uint8Array } => {
    kernel.release(start);
    const to = placeZero(8 * (places + dense));
    const gap = run.encode(kernel.place(records), records.length / 32, places, dense, to, (1n << BigInt(bits)) - 1n);
    return { gap, store: kernel.view(to, 8 * (places + dense)).slice() };
  };
  const start = kernel.mark;

  it.each([
    [1, 20],
    [500, 700],
    [3000, 3300],
    // Below the peeling threshold of 1.223: the dense part has to do the rest.
    [400, 405],
    [60, 45],
  ])('of %i keys in %i places gives every key its value', (n, places) => {
    const rng = seededRng(`store ${n}`);
    let gaps = 0;
    for (let round = 0; round < 5; round++) {
      const records = rng(32 * n);
      const { gap, store } = encode(records, places, 48, 60);
      if (gap === -1) continue;
      gaps += gap;
      const rows = reference.rowsOf(store, 8);
      for (const record of reference.rowsOf(records, 32))
        expect(reference.longAt(reference.decode(record, { places, dense: 48, rows }), 0)).toBe(
          reference.longAt(record, 0) & ((1n << 60n) - 1n),
        );
    }
    if (n === 60) expect(gaps).toBeGreaterThan(0);
  });

  it('fails for two keys with one row, and for more equations than it has places', () => {
    const record = seededRng('twice')(32);
    const other = record.slice();
    other[0]! ^= 1;
    expect(encode(Buffer.concat([record, other]), 100, 40, 60).gap).toBe(-1);
    expect(encode(seededRng('many')(32 * 200), 100, 40, 60).gap).toBe(-1);
  });
});

describe('sorted entries', () => {
  it.each([8, 10, 12])(
    'of %i bytes are in order, also where the first eight bytes are equal, and join by all their bytes',
    (width) => {
      const rng = seededRng(`entries ${width}`);
      const n = 300;
      const hashes = reference.rowsOf(rng(16 * n), 16).map((row, i) => {
        if (i % 3 === 0) row.fill(9, 0, 8);
        return row;
      });
      const rest = width === 12 ? -1 : 2 ** (8 * (width - 8)) - 1;
      const own = placeZero(16 * n);
      const numbers = kernel.place(new Uint8Array(Uint32Array.from({ length: n }, (_, i) => 1000 + i).buffer));
      run.keep(kernel.place(Buffer.concat(hashes)), n, own, numbers, rest);
      const counts = placeZero(4 * 65_536);
      run.count(own, n, counts);
      const next = kernel.view32(counts, 65_536);
      let sum = 0;
      for (let i = 0; i < next.length; i++) [next[i], sum] = [sum, sum + next[i]!];
      const sorted = placeZero(16 * n + 64) + 64;
      run.scatter(own, n, counts, sorted);
      run.sort(sorted, n);
      const packed = placeZero(width * n + 8);
      run.pack(sorted, n, packed, width);
      const expected = hashes.map((row) => row.subarray(0, width)).sort(reference.compareMasks);
      const rows = reference.rowsOf(kernel.view(packed, width * n), width);
      expect(hex(rows)).toEqual(hex(expected));

      const wanted = rows.filter((_, i) => i % 4 === 0);
      const others = reference.rowsOf(rng(width * 50), width);
      const theirs = [...wanted, ...others].sort(reference.compareMasks);
      const to = placeZero(4 * n);
      const found = run.join(sorted, n, kernel.place(Buffer.concat(theirs)), theirs.length, width, rest, to);
      const matched = [...kernel.view32(to, found)].map((i) => bytesToHex(hashes[i - 1000]!.subarray(0, width)));
      expect(matched).toEqual(hex(wanted));
      const fallen = kernel.place(Buffer.concat([...theirs].reverse()));
      expect(run.join(sorted, n, fallen, theirs.length, width, rest, to)).toBe(-1);
    },
  );
});
