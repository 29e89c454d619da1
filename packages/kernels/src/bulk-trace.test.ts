import { seededRng } from '@vouchsafe/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildBulk } from './build/bulk/module.ts';
import type { BulkExports } from './bulk-kernel.ts';
import { type Traced, traced } from './trace.test.instrument.ts';

// Which inputs the kernel's branches and addresses depend on: what BULK.md claims, and no more.

/** Inputs of one function by name: made from a seed, so that a test changes one and keeps the others. */
type Inputs = Readonly<Record<string, (seed: string) => Uint8Array>>;

interface Operation {
  readonly inputs: Inputs;
  /** Names of the inputs that it must not depend on. */
  readonly blind: readonly string[];
  /** Names of those that it does depend on: with them the test shows that it would see it. */
  readonly seen: readonly string[];
  /** @param at the inputs' addresses @param to room for results */
  readonly call: (run: BulkExports, at: Readonly<Record<string, number>>, to: number) => void;
}

const random =
  (bytes: number) =>
  (seed: string): Uint8Array =>
    seededRng(seed)(bytes);
const choices =
  (bytes: number) =>
  (seed: string): Uint8Array =>
    seededRng(seed)(bytes).map((byte) => byte & 63);
const PLACES = 60;
const DENSE = 44;
const MASK = (1n << 60n) - 1n;
const N = 40;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  transpose: {
    inputs: { rows: random(2048) },
    blind: ['rows'],
    seen: [],
    call: (run, { rows }, to) => run.transpose(rows!, 16, to),
  },
  fold: {
    inputs: { pieces: random(16 * 64) },
    blind: ['pieces'],
    seen: [],
    call: (run, { pieces }, to) => run.fold(pieces!, 64, 64, to, to + 1024, 64),
  },
  'xorInto and xorMasked': {
    inputs: { left: random(256), right: random(256), bit: (seed) => seededRng(seed)(1).map((x) => x & 1) },
    blind: ['left', 'right', 'bit'],
    seen: [],
    call: (run, { left, right, bit }) => {
      run.xorInto(left!, right!, 256);
      run.xorMasked(left!, right!, 256, -new Uint8Array(run.memory.buffer)[bit!]!);
    },
  },
  'tables of a linear map, as those of L_Δ': {
    inputs: { generators: random(64 * 16) },
    blind: ['generators'],
    seen: [],
    call: (run, { generators }, to) => run.tables(generators!, 8, to),
  },
  map: {
    inputs: { values: random(8 * N), tables: random(8 * 4096) },
    blind: ['tables'],
    seen: ['values'],
    call: (run, { values, tables }, to) => run.map(values!, N, tables!, to),
  },
  encodeColumns: {
    inputs: { values: random(1024), columns: random(160 * 16), parity: random(8 * 4096) },
    blind: ['columns', 'parity'],
    seen: ['values'],
    call: (run, { values, columns, parity }) => run.encodeColumns(values!, 1, parity!, 60, columns!, 16),
  },
  mix: {
    inputs: { columns: random(48 * 32), choices: choices(2 * 512) },
    blind: ['columns'],
    seen: ['choices'],
    call: (run, inputs, to) => run.mix(inputs['columns']!, 32, 48, to, 2, inputs['choices']!),
  },
  combine: {
    inputs: { rows: random(4 * 128), coefficients: random(4 * 64), sums: random(1024) },
    blind: ['rows', 'sums'],
    seen: ['coefficients'],
    call: (run, { rows, coefficients, sums }) => run.combine(rows!, 4, coefficients!, sums!),
  },
  combineShort: {
    inputs: { rows: random(4 * 64), coefficients: random(4 * 64), sums: random(512) },
    blind: ['rows', 'sums'],
    seen: ['coefficients'],
    call: (run, { rows, coefficients, sums }) => run.combineShort(rows!, 4, coefficients!, sums!),
  },
  'hashIds of given lengths': {
    inputs: { data: random(1000), key: random(32), lengths: (seed) => new Uint8Array(offsets(seed).buffer) },
    blind: ['data', 'key'],
    seen: ['lengths'],
    call: (run, { data, key, lengths }, to) => run.hashIds(data!, lengths!, 7, to, key!),
  },
  hashPairs: {
    inputs: { digests: random(16 * N), sums: random(16 * N), key: random(32) },
    blind: ['digests', 'sums', 'key'],
    seen: [],
    call: (run, { digests, sums, key }, to) => run.hashPairs(digests!, 16, sums!, N, to, key!),
  },
  prepare: {
    inputs: { digests: random(16 * N) },
    blind: ['digests'],
    seen: [],
    call: (run, { digests }, to) => run.prepare(digests!, N, to),
  },
  'decode of own records, with L_Δ': {
    inputs: { records: random(32 * N), rows: random(16 * (PLACES + DENSE)), tables: random(8 * 4096) },
    blind: ['rows', 'tables'],
    seen: ['records'],
    call: (run, { records, rows, tables }, to) => run.decode(records!, N, PLACES, DENSE, rows!, to, tables!, MASK),
  },
  'encode of own records': {
    inputs: { records: random(32 * N) },
    blind: [],
    seen: ['records'],
    call: (run, { records }, to) => void run.encode(records!, N, PLACES, DENSE, to, MASK),
  },
  'keep and pack of masks': {
    inputs: { hashes: random(16 * N) },
    blind: ['hashes'],
    seen: [],
    call: (run, { hashes }, to) => {
      run.keep(hashes!, N, to, 0, -1);
      run.pack(to, N, to + 4096, 10);
    },
  },
  'sorting of masks, which are sent in that order': {
    inputs: { hashes: random(16 * N) },
    blind: [],
    seen: ['hashes'],
    call: (run, { hashes }, to) => {
      run.keep(hashes!, N, to, 0, -1);
      run.sort(to, N);
    },
  },
};

/** Where seven messages of 1,000 bytes begin and end. */
const offsets = (seed: string): Uint32Array => {
  const cuts = [...seededRng(seed)(6)].map((x) => x * 3).sort((a, b) => a - b);
  return Uint32Array.from([0, ...cuts, 1000]);
};

describe('traces of the bulk kernel', () => {
  let kernel: Traced<BulkExports>;
  let heap: number;
  beforeAll(async () => {
    const built = await buildBulk();
    heap = Math.ceil(built.heap / 64) * 64;
    kernel = traced<BulkExports>(built.wasm);
    kernel.run.memory.grow(8);
  });

  /** The trace of one call, all inputs from `seed` but one. */
  const traceOf = ({ inputs, call }: Operation, seed: string, changed?: string): readonly number[] => {
    const bytes = new Uint8Array(kernel.run.memory.buffer);
    // One entry is read before the first: the same each time.
    bytes.fill(0, heap);
    const at: Record<string, number> = {};
    let next = heap + 64;
    for (const [name, make] of Object.entries(inputs)) {
      const own = make(`${name} ${name === changed ? `not ${seed}` : seed}`);
      at[name] = next;
      bytes.set(own, next);
      next += Math.ceil(own.length / 64 + 2) * 64;
    }
    kernel.take();
    call(kernel.run, at, next + 64);
    return kernel.take();
  };

  it.each(Object.entries(OPERATIONS))(
    '%s: blind to what it must be, and the test sees what it is not blind to',
    (_, operation) => {
      traceOf(operation, 'warm');
      for (const seed of ['first', 'second']) {
        const before = traceOf(operation, seed);
        expect(before[0]).toBeGreaterThan(20);
        expect(traceOf(operation, seed)).toEqual(before);
        for (const name of operation.blind) expect(traceOf(operation, seed, name), name).toEqual(before);
        for (const name of operation.seen) expect(traceOf(operation, seed, name), name).not.toEqual(before);
      }
      expect([...operation.blind, ...operation.seen].sort()).toEqual(Object.keys(operation.inputs).sort());
    },
  );
});
