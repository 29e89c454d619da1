import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, utf8ToBytes } from '@vouchsafe/core/bytes';
import type { BulkKernel } from './bulk-kernel.ts';

/** BLAKE3 over every result below, computed by the plain-JavaScript reference (`bulk.test.reference.ts`). */
const EXPECTED = '9783af7044b8edb0b0fbf3d4840c2886c2feedb8c13a33df968538a831d6a82d';

const L = 60;
const MASK: bigint = (1n << BigInt(L)) - 1n;
const [PLACES, DENSE, KEYS] = [300, 40, 200];

/** Bytes that both sides of the comparison make for themselves. */
export const selfTestBytes = (label: string, length: number): Uint8Array =>
  blake3(utf8ToBytes(`bulk self-test ${label}`), { dkLen: length });

/** Sizes of the self-test, for the reference. */
export const SELF_TEST: {
  readonly l: number;
  readonly mask: bigint;
  readonly places: number;
  readonly dense: number;
  readonly keys: number;
} = { l: L, mask: MASK, places: PLACES, dense: DENSE, keys: KEYS };

/** The results of every operation on fixed inputs, one after the other. */
export const bulkResults = (kernel: BulkKernel): Uint8Array => {
  const { run } = kernel;
  const parts: Uint8Array[] = [];
  const given = (label: string, length: number): number => kernel.place(selfTestBytes(label, length), 256);
  const empty = (size: number): number => kernel.place(new Uint8Array(size), 256);
  const take = (at: number, length: number): number => {
    parts.push(kernel.view(at, length).slice());
    return at;
  };
  const key = given('key', 32);
  const offsets = kernel.place(new Uint8Array(Uint32Array.of(0, 0, 5, 69, 200, 329).buffer));
  const digests = empty(5 * 16);
  run.hashIds(given('ids', 329), offsets, 5, digests, key);
  take(digests, 5 * 16);
  const records = given('records', 32 * KEYS);
  const pairs = empty(16 * KEYS);
  run.hashPairs(records, 32, given('rows', 16 * KEYS), KEYS, pairs, key);
  take(pairs, 16 * KEYS);
  const [u, v] = [empty(256), empty(4 * 256)];
  run.fold(given('pieces', 16 * 256), 256, 256, u, v, 256);
  take(u, 256);
  take(v, 4 * 256);
  run.xorMasked(u, v, 128, -1);
  run.xorMasked(u, v, 256, 0);
  run.xorInto(u, v + 256, 256);
  take(u, 256);
  const store = empty(8 * (PLACES + DENSE));
  parts.push(Uint8Array.of(run.encode(records, KEYS, PLACES, DENSE, store, MASK) & 255));
  take(store, 8 * (PLACES + DENSE));
  const tables = empty(8 * 4096);
  run.tables(given('generators', 64 * 16), 8, tables);
  const columns = given('columns', (L + 100) * 32);
  run.encodeColumns(store, 2, tables, L, columns, 32);
  take(columns, (L + 100) * 32);
  const rows = empty(256 * 16);
  run.mix(columns, 32, 48, rows, 2, given('choices', 2 * 512));
  take(rows, 256 * 16);
  const decoded = empty(16 * KEYS);
  run.decode(records, KEYS, 100, DENSE, rows, decoded, tables, MASK);
  take(decoded, 16 * KEYS);
  const [sums, shortSums] = [empty(64 * 16), empty(64 * 8)];
  const coefficients = given('coefficients', 32 * 64);
  run.combine(rows, 32, coefficients, sums);
  run.combineShort(store, 32, coefficients, shortSums);
  take(sums, 64 * 16);
  take(shortSums, 64 * 8);
  const entries = empty(16 * KEYS + 16) + 16;
  run.keep(decoded, KEYS, entries, 0, 0xffff);
  run.sort(entries, KEYS);
  const packed = empty(10 * KEYS);
  run.pack(entries, KEYS, packed, 10);
  take(packed, 10 * KEYS);
  return Buffer.concat(parts);
};

/** Does this engine run the module as it should? */
export const passesBulkSelfTest = (kernel: BulkKernel): boolean => bytesToHex(blake3(bulkResults(kernel))) === EXPECTED;
