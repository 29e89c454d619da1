import { blake3 } from '@noble/hashes/blake3.js';
import { SELF_TEST, selfTestBytes } from './bulk-self-test.ts';

// What the bulk kernel's functions do, once more, by the letter and slowly.

/** Bit i of packed bits, least significant first. */
export const bitAt = (bytes: Uint8Array, i: number): number => (bytes[i >> 3]! >> (i & 7)) & 1;
export const wordAt = (bytes: Uint8Array, at: number): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
export const longAt = (bytes: Uint8Array, at: number): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true);
export const xorBytes = (...list: readonly Uint8Array[]): Uint8Array => {
  const out = Uint8Array.from(list[0]!);
  for (const other of list.slice(1)) for (let i = 0; i < out.length; i++) out[i]! ^= other[i]!;
  return out;
};
const slice = (bytes: Uint8Array, i: number, size: number): Uint8Array => bytes.subarray(i * size, (i + 1) * size);

export const transposeBits = (rows: readonly Uint8Array[], bits: number): Uint8Array[] =>
  Array.from({ length: bits }, (_, c) => {
    const out = new Uint8Array(rows.length / 8);
    for (const [r, row] of rows.entries()) out[r >> 3]! |= bitAt(row, c) << (r & 7);
    return out;
  });

export const hash16 = (message: Uint8Array, key: Uint8Array): Uint8Array => blake3(message, { key, dkLen: 16 });

/** u and v_0 … v_3 of 16 pieces. */
export const fold = (pieces: readonly Uint8Array[]): Uint8Array[] => [
  xorBytes(...pieces),
  ...[0, 1, 2, 3].map((b) => xorBytes(...pieces.filter((_, x) => (x >> b) & 1))),
];

/** The row of a record: places, with the dense part's behind the sparse ones. */
export const rowOfRecord = (record: Uint8Array, places: number, dense: number): number[] => {
  const scale = (at: number, below: number): number => Number((BigInt(wordAt(record, at)) * BigInt(below)) >> 32n);
  const free = Array.from({ length: places }, (_, i) => i);
  const sparse = [20, 24, 28].map((at, k) => free.splice(scale(at, places - k), 1)[0]!);
  const rest: number[] = [];
  for (let b = 0; b < dense; b++) if (bitAt(record, 88 + b)) rest.push(places + b);
  return [...sparse, ...rest];
};

/** A linear map of 64-bit values: the sum of the generators of the bits that are set. */
export const mapValue = (value: bigint, generators: Uint8Array): Uint8Array => {
  const out = new Uint8Array(16);
  for (let b = 0; b < 64; b++) if ((value >> BigInt(b)) & 1n) for (let i = 0; i < 16; i++) out[i]! ^= generators[16 * b + i]!;
  return out;
};

/** Columns (l message, 100 parity) of rows of values. */
export const codewordColumns = (values: readonly bigint[], generators: Uint8Array, l: number): Uint8Array[] => {
  const messages = values.map((x) => new Uint8Array(BigUint64Array.of(x).buffer));
  return [
    ...transposeBits(messages, l),
    ...transposeBits(
      values.map((x) => mapValue(x, generators)),
      100,
    ),
  ];
};

/** M·columns, by the bits of `choices` as `mix` reads them, as rows of 16 bytes. */
export const mixRows = (columns: readonly Uint8Array[], choices: Uint8Array): Uint8Array[] => {
  const results = Array.from({ length: 128 }, (_, j) => {
    const own = columns.filter((_, c) =>
      bitAt(choices, 8 * (512 * Math.floor(c / 24) + 4 * j + Math.floor((c % 24) / 6)) + (c % 6)),
    );
    return own.length === 0 ? new Uint8Array(columns[0]!.length) : xorBytes(...own);
  });
  return transposeBits(results, 8 * columns[0]!.length);
};

/** 64 sums of rows, row i entering sum t where bit i % 8 of coefficient byte 64·⌊i/8⌋ + t is set. */
export const combine = (rows: readonly Uint8Array[], coefficients: Uint8Array): Uint8Array[] =>
  Array.from({ length: 64 }, (_, t) =>
    xorBytes(new Uint8Array(rows[0]!.length), ...rows.filter((_, i) => bitAt(coefficients, 8 * (64 * (i >> 3) + t) + (i & 7)))),
  );

/** ⟨row(record), rows⟩. */
export const decode = (
  record: Uint8Array,
  { places, dense, rows }: { places: number; dense: number; rows: readonly Uint8Array[] },
): Uint8Array => xorBytes(...rowOfRecord(record, places, dense).map((i) => rows[i]!));

/** Compares entries as `sort` does. */
export const compareMasks = (a: Uint8Array, b: Uint8Array): number => {
  const [x, y] = [longAt(a, 0), longAt(b, 0)];
  if (x !== y) return x < y ? -1 : 1;
  const rest = (m: Uint8Array): number => m.subarray(8).reduceRight((sum, byte) => sum * 256 + byte, 0);
  return rest(a) - rest(b);
};

/** Packed rows, one by one. */
export const rowsOf = (packed: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: packed.length / size }, (_, i) => slice(packed, i, size));

/** What the self-test's operations answer, given the store that was encoded (its solution is one of many; the test checks that it is one). */
export const selfTestResults = (gap: number, store: Uint8Array): Uint8Array => {
  const { l, mask, dense, keys } = SELF_TEST;
  const bytes = selfTestBytes;
  const key = bytes('key', 32);
  const ids = bytes('ids', 329);
  const offsets = [0, 0, 5, 69, 200, 329];
  const digests = [0, 1, 2, 3, 4].map((i) => hash16(ids.subarray(offsets[i], offsets[i + 1]), key));
  const records = rowsOf(bytes('records', 32 * keys), 32);
  const plain = rowsOf(bytes('rows', 16 * keys), 16);
  const pairs = records.map((record, i) => hash16(Buffer.concat([record.subarray(0, 16), plain[i]!]), key));
  const [u, ...v] = fold(rowsOf(bytes('pieces', 16 * 256), 256));
  const half = Uint8Array.from(v[0]!);
  half.fill(0, 128);
  const changed = xorBytes(u!, half, v[1]!);
  const generators = bytes('generators', 64 * 16);
  const values = rowsOf(store, 8)
    .slice(0, 256)
    .map((row) => longAt(row, 0));
  const code = codewordColumns(values, generators, l);
  const columns = rowsOf(bytes('columns', (l + 100) * 32), 32).map((column, i) => xorBytes(column, code[i]!));
  const rows = mixRows(columns.slice(0, 48), bytes('choices', 2 * 512));
  const decoded = records.map((record) =>
    xorBytes(decode(record, { places: 100, dense, rows }), mapValue(longAt(record, 0) & mask, generators)),
  );
  const coefficients = bytes('coefficients', 32 * 64);
  const masks = decoded.map((row) => row.subarray(0, 10)).sort(compareMasks);
  return Buffer.concat([
    ...digests,
    ...pairs,
    u!,
    ...v,
    changed,
    Uint8Array.of(gap),
    store,
    ...columns,
    ...rows,
    ...decoded,
    ...combine(rows, coefficients),
    ...combine(rowsOf(store, 8).slice(0, 256), coefficients),
    ...masks,
  ]);
};
