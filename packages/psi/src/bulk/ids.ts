import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex, csprng, type Pace, type Rng } from '@vouchsafe/core';
import { BULK_LIMITS, type BulkKernel } from '@vouchsafe/kernels/bulk';
import { sortEntries } from './sort.ts';

/** Identifiers in one array: number i is data[offsets[i] … offsets[i + 1]). */
export interface BulkIds {
  readonly data: Uint8Array;
  /** n + 1 ascending numbers, the first 0, the last the length of `data`. */
  readonly offsets: Uint32Array;
}

/** Packs identifiers of any lengths. */
export const packIds = (ids: readonly Uint8Array[]): BulkIds => {
  const offsets = new Uint32Array(ids.length + 1);
  for (const [i, id] of ids.entries()) offsets[i + 1] = offsets[i]! + id.length;
  const data = new Uint8Array(offsets[ids.length]!);
  for (const [i, id] of ids.entries()) data.set(id, offsets[i]);
  return { data, offsets };
};

/** A copy of a set in memory that threads share: one copy, for as many sessions as want it. */
export const shareIds = ({ data, offsets }: BulkIds): BulkIds => {
  const shared = {
    data: new Uint8Array(new SharedArrayBuffer(data.length)),
    offsets: new Uint32Array(new SharedArrayBuffer(offsets.byteLength)),
  };
  shared.data.set(data);
  shared.offsets.set(offsets);
  return shared;
};

export const countIds = ({ offsets }: BulkIds): number => offsets.length - 1;
const idAt = ({ data, offsets }: BulkIds, i: number): Uint8Array => data.subarray(offsets[i], offsets[i + 1]);

/** Identifiers of one call, and their bytes at most. */
const CHUNK = 8192;
const CHUNK_BYTES = 1 << 20;

/** BLAKE3-keyed of each identifier, 16 bytes, chunk by chunk: `each` gets the address of the hashes, the first one's number and how many. */
export const hashIds = async (
  { kernel, pace }: { readonly kernel: BulkKernel; readonly pace: Pace },
  { ids, key }: { readonly ids: BulkIds; readonly key: Uint8Array },
  each: (hashes: number, first: number, count: number) => void,
): Promise<void> => {
  const { offsets } = ids;
  const mark = kernel.mark;
  const [data, places, hashes] = [CHUNK_BYTES + BULK_LIMITS.idBytes + 128, 4 * (CHUNK + 1), 16 * (CHUNK + 4)].map((size) =>
    kernel.allocate(size),
  ) as [number, number, number];
  const keyAt = kernel.place(key);
  const n = countIds(ids);
  for (let first = 0; first < n; ) {
    const from = offsets[first]!;
    let end = first;
    while (
      end < n &&
      end - first < CHUNK &&
      offsets[end + 1]! - from <= CHUNK_BYTES &&
      offsets[end + 1]! - offsets[end]! <= BULK_LIMITS.idBytes
    )
      end++;
    if (end === first) {
      // Longer than one chunk of BLAKE3: rare enough for the reference.
      kernel.bytes.set(blake3(idAt(ids, first), { key, dkLen: 16 }), hashes);
      end = first + 1;
    } else {
      kernel.bytes.set(ids.data.subarray(from, offsets[end]), data);
      const relative = kernel.view32(places, end - first + 1);
      for (let i = first; i <= end; i++) relative[i - first] = offsets[i]! - from;
      kernel.run.hashIds(data, places, end - first, hashes, keyAt);
    }
    each(hashes, first, end - first);
    first = end;
    if (pace.due()) await pace.rest();
  }
  kernel.release(mark);
};

/** BLAKE3-keyed of a few short messages of at most 1,024 bytes, 16 bytes each. @param key public or secret: it stays in the kernel's memory until that is wiped */
export const hashMessages = (kernel: BulkKernel, key: Uint8Array, { data, offsets }: BulkIds): Uint8Array => {
  const mark = kernel.mark;
  const n = offsets.length - 1;
  const places = kernel.place(new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength));
  const hashes = kernel.allocate(16 * (n + 4));
  const from = kernel.place(data, 128);
  kernel.run.hashIds(from, places, n, hashes, kernel.place(key));
  const out = kernel.view(hashes, 16 * n).slice();
  kernel.view(mark, kernel.mark - mark).fill(0);
  kernel.release(mark);
  return out;
};

/** A set without duplicates, and which of the given identifiers its elements are (the first of equal ones). */
export interface DistinctIds {
  readonly ids: BulkIds;
  /** Undefined: all of them, in their order. */
  readonly numbers: Uint32Array | undefined;
}

/** Leaves out identifiers that came before: two equal ones would make the store's equations unsolvable. Compares hashes under a fresh key, then bytes. */
export const distinctIds = async (
  own: { readonly kernel: BulkKernel; readonly pace: Pace },
  ids: BulkIds,
  rng: Rng = csprng,
): Promise<DistinctIds> => {
  const { kernel } = own;
  const n = countIds(ids);
  const mark = kernel.mark;
  const entries = kernel.allocate(16 * (n + 4));
  const numbers = kernel.allocate(4 * CHUNK);
  await hashIds(own, { ids, key: rng(32) }, (hashes, first, count) => {
    const list = kernel.view32(numbers, count);
    for (let i = 0; i < count; i++) list[i] = first + i;
    kernel.run.keep(hashes, count, entries + 16 * first, numbers, -1);
  });
  const sorted = await sortEntries(own, entries, n);
  const words = kernel.view32(sorted, 4 * n);
  const equal = (i: number): boolean =>
    words[4 * i] === words[4 * i - 4] && words[4 * i + 1] === words[4 * i - 3] && words[4 * i + 2] === words[4 * i - 2];
  // A byte each, and not a set: all of them can be equal.
  const dropped = new Uint8Array(n);
  let count = 0;
  for (let i = 1; i < n; ) {
    let end = i;
    while (end < n && equal(end)) end++;
    // Entries i − 1 … end − 1 have one hash. Of those that are equal, the first given stays.
    const firsts = new Map<string, number>();
    const numberAt = (k: number): number => words[4 * k + 3]!;
    for (let k = i - 1; end > i && k < end; k++) {
      const bytes = bytesToHex(idAt(ids, numberAt(k)));
      const first = firsts.get(bytes);
      if (first !== undefined) {
        dropped[Math.max(first, numberAt(k))] = 1;
        count++;
      }
      firsts.set(bytes, Math.min(first ?? n, numberAt(k)));
    }
    i = end + 1;
  }
  kernel.release(mark);
  if (count === 0) return { ids, numbers: undefined };
  return withoutIds(ids, dropped, count);
};

/** A view for each identifier would take more memory than all of them. */
const withoutIds = ({ data, offsets }: BulkIds, dropped: Uint8Array, count: number): DistinctIds => {
  const kept = offsets.length - 1 - count;
  const numbers = new Uint32Array(kept);
  const ends = new Uint32Array(kept + 1);
  const packed = new Uint8Array(data.length);
  let [place, end] = [0, 0];
  for (let i = 0; i < offsets.length - 1; i++) {
    if (dropped[i] === 1) continue;
    packed.set(data.subarray(offsets[i], offsets[i + 1]), end);
    end += offsets[i + 1]! - offsets[i]!;
    numbers[place++] = i;
    ends[place] = end;
  }
  return { ids: { data: packed.subarray(0, end), offsets: ends }, numbers };
};

const DUMMY_BYTES = 32;

/** The same set with uniform elements that nobody else has behind it, so that its size is the agreed one. */
export const padIds = (ids: BulkIds, size: number, rng: Rng = csprng): BulkIds => {
  const missing = size - countIds(ids);
  if (missing <= 0) return ids;
  const data = new Uint8Array(ids.data.length + DUMMY_BYTES * missing);
  data.set(ids.data);
  data.set(rng(DUMMY_BYTES * missing), ids.data.length);
  const offsets = new Uint32Array(size + 1);
  offsets.set(ids.offsets);
  for (let i = ids.offsets.length; i <= size; i++) offsets[i] = offsets[i - 1]! + DUMMY_BYTES;
  return { data, offsets };
};
