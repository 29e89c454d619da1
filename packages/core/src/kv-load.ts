import { compareBytes } from './bytes.ts';
import type { KvEntry } from './kv.ts';
import { checkKey, checkValue } from './kv-transaction.ts';

/** Bytes and entries of one slice: some 10 ms of work for an engine. */
const SLICE_BYTES: number = 2 ** 20;
const SLICE_ENTRIES = 4096;

type Slice = readonly KvEntry[];

/** Cuts a sorted sequence into slices. They are copies, in one piece of memory each: the caller may use its arrays again, and a million small copies take longer. */
const startCutting = (): {
  /** @returns the slice before this entry, when it has become full */
  readonly add: (entry: KvEntry) => Slice | undefined;
  /** What is left, perhaps nothing. */
  readonly rest: () => Slice;
} => {
  let memory = new Uint8Array(0);
  let used = 0;
  let slice: KvEntry[] = [];
  let last: Uint8Array | undefined;
  const copy = (bytes: Uint8Array): Uint8Array => {
    memory.set(bytes, used);
    used += bytes.length;
    return memory.subarray(used - bytes.length, used);
  };
  return {
    add: ({ key, value }) => {
      const bytes = checkKey(key).length + checkValue(value).length;
      if (last !== undefined && compareBytes(last, key) >= 0)
        throw new RangeError('entries to load come in the order of their keys, without duplicates');
      let full: Slice | undefined;
      if (used + bytes > memory.length || slice.length === SLICE_ENTRIES) {
        full = slice.length > 0 ? slice : undefined;
        slice = [];
        memory = new Uint8Array(Math.max(SLICE_BYTES, bytes));
        used = 0;
      }
      last = copy(key);
      slice.push({ key: last, value: copy(value) });
      return full;
    },
    rest: () => slice,
  };
};

/**
 * Reads a sorted sequence and sends it slice by slice; while one is on its way, the next is read.
 * @param send rejects to stop
 * @returns how many entries
 * @throws RangeError when a key is not above the one before it
 */
export const loadInSlices = async (
  entries: Iterable<KvEntry> | AsyncIterable<KvEntry>,
  send: (slice: Slice) => Promise<void>,
): Promise<number> => {
  const { add, rest } = startCutting();
  let count = 0;
  let sent: Promise<void> = Promise.resolve();
  const pass = async (slice: Slice | undefined): Promise<void> => {
    if (slice === undefined || slice.length === 0) return;
    await sent;
    sent = send(slice);
    // Awaited before the next slice; until then its failure is not an unhandled one.
    sent.catch(() => undefined);
    count += slice.length;
  };
  try {
    // `for await` over a plain array would give every single entry a turn of its own.
    if (Symbol.asyncIterator in entries) {
      for await (const entry of entries) {
        const full = add(entry);
        if (full) await pass(full);
      }
    } else
      for (const entry of entries) {
        const full = add(entry);
        if (full) await pass(full);
      }
    await pass(rest());
  } finally {
    await sent;
  }
  return count;
};
