import { concatBytes } from './bytes.ts';
import type { Kv, KvWriter } from './kv.ts';
import { type KeyPart, kvKey, kvPrefix } from './kv-key.ts';
import { createSerially } from './serially.ts';

/** Bytes of a row's key: it is spread evenly, like the encoding of a random group element. */
const KEY_BYTES = 32;
/** Partitions by the first byte of the key: sorted one at a time, so that memory does not grow with the rows. */
const PARTITIONS = 256;
/** Bytes of a row's number in its source. */
const NUMBER_BYTES = 6;

/** Rows for a spill. */
export interface SpillRows {
  /** k × (32 + payload) bytes, each row's key first. */
  readonly rows: Uint8Array;
  /** The number of each row in its source, below 2^48. Of two rows with one key the one with the lower number counts. */
  readonly numbers: (row: number) => number;
}

/** What lies in a spill. */
export interface SpillCount {
  /** Rows with different keys. */
  readonly rows: number;
  /** Rows in each of the 256 partitions; they add up to `rows`. */
  readonly partitions: readonly number[];
}

/** Encrypts a piece of a spill on its way to the disk, or leaves it as it is. The name says which piece it is. */
export interface SpillCover {
  readonly seal: (name: string, piece: Uint8Array) => Uint8Array;
  readonly open: (name: string, sealed: Uint8Array) => Uint8Array;
}

/** Rows that are waiting to be read in the order of their keys: an external sort over the store's own tables. */
export interface Spill {
  /** Adds rows within the caller's transaction. @param batch which batch it is: each number once; {@link Spill.remove} it to add another one in its place */
  add(writer: KvWriter, batch: number, rows: SpillRows): void;
  /** Takes a batch out again, within the caller's transaction. */
  remove(writer: KvWriter, batch: number): void;
  /**
   * Counts rows, each key once.
   * @param duplicate told of the number of each row whose key another row with a lower number has
   */
  count(duplicate: (number: number) => void): Promise<SpillCount>;
  /**
   * Rows [from, from + k) in the order of their keys, each key once.
   * @param count from {@link Spill.count}
   * @returns k × (32 + payload) bytes
   */
  read(count: SpillCount, from: number, k: number): Promise<Uint8Array>;
  /**
   * Reads the same rows for whoever does not need to know first how many they are: partitions are counted as they are reached, so that reading from the beginning to the end sorts each of them once. Nothing
   * may be added meanwhile.
   */
  reader(): (from: number, k: number) => Promise<Uint8Array>;
}

/** A partition in its order. */
interface Sorted {
  readonly bytes: Uint8Array;
  /** Where each row is in `bytes`. */
  readonly offsets: readonly number[];
  /** Is the row at this place the first one with its key? */
  readonly isFirst: (offset: number, place: number) => boolean;
}

const plain: SpillCover = { seal: (_, piece) => piece, open: (_, piece) => piece };

/**
 * Rows that are too many for memory, spilled to a table of the key-value store in pieces and read back in the order of their 32-byte keys.
 * @param table where the pieces are
 * @param prefix which spill of the table
 * @param payload bytes of a row after its key
 */
export const createSpill = ({
  kv,
  table,
  prefix,
  payload,
  cover = plain,
  pause,
}: {
  readonly kv: Kv;
  readonly table: string;
  readonly prefix: readonly KeyPart[];
  readonly payload: number;
  readonly cover?: SpillCover | undefined;
  /** Gives the event loop its turn between partitions. */
  readonly pause: () => Promise<void>;
}): Spill => {
  const width = KEY_BYTES + payload;
  const stored = width + NUMBER_BYTES;
  /** The partition that was read last: a stream reads the same one many times. */
  let cached: { readonly partition: number; readonly rows: Uint8Array } | undefined;

  const nameOf = (partition: number, batch: number): string => [...prefix.map(String), partition, batch].join('/');

  /** Lays each row with its number behind the others of its partition: no array of its own for each of a million rows. */
  const add: Spill['add'] = (writer, batch, { rows, numbers }) => {
    const counts = new Uint32Array(PARTITIONS);
    for (let at = 0; at < rows.length; at += width) counts[rows[at]!]! += 1;
    const pieces = Array.from(counts, (count) => new Uint8Array(count * stored));
    const ends = new Uint32Array(PARTITIONS);
    for (let i = 0; i < rows.length / width; i++) {
      const partition = rows[i * width]!;
      const piece = pieces[partition]!;
      const at = ends[partition]!;
      piece.set(rows.subarray(i * width, (i + 1) * width), at);
      for (let byte = stored - 1, rest = numbers(i); byte >= width; byte--, rest = Math.floor(rest / 256))
        piece[at + byte] = rest % 256;
      ends[partition] = at + stored;
    }
    for (const [partition, piece] of pieces.entries()) {
      if (piece.length === 0) continue;
      const key = kvKey(...prefix, Uint8Array.of(partition), batch);
      writer.put(table, key, cover.seal(nameOf(partition, batch), piece));
    }
    cached = undefined;
  };

  /** By key, then by number. */
  const compareStored = (view: Buffer, a: number, b: number): number =>
    view.compare(view, b, b + KEY_BYTES, a, a + KEY_BYTES) || view.compare(view, b + width, b + stored, a + width, a + stored);

  /** All rows of a partition, in the order of their keys; of equal keys the lowest number first. */
  const sorted = (partition: number): Sorted => {
    const bytes = kv.read((reader) => {
      const pieces: Uint8Array[] = [];
      const within = kvPrefix(...prefix, Uint8Array.of(partition));
      for (const { key, value } of reader.range(table, within)) pieces.push(cover.open(nameOf(partition, batchOf(key)), value));
      return concatBytes(...pieces);
    });
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    // All keys of a partition begin with one byte; the four after it nearly always decide, without a call for each comparison.
    const heads = Uint32Array.from({ length: bytes.length / stored }, (_, i) => view.readUInt32BE(i * stored + 1));
    const offsets = Array.from(heads, (_, i) => i)
      .sort((i, j) => heads[i]! - heads[j]! || compareStored(view, i * stored, j * stored))
      .map((i) => i * stored);
    const isFirst = (offset: number, i: number): boolean => {
      const before = offsets[i - 1];
      return before === undefined || view.compare(view, offset, offset + KEY_BYTES, before, before + KEY_BYTES) !== 0;
    };
    return { bytes, offsets, isFirst };
  };

  const partitionRows = (partition: number): Uint8Array => {
    if (cached?.partition === partition) return cached.rows;
    const { bytes, offsets, isFirst } = sorted(partition);
    const own = offsets.filter(isFirst);
    const rows = new Uint8Array(own.length * width);
    for (const [i, offset] of own.entries()) rows.set(bytes.subarray(offset, offset + width), i * width);
    cached = { partition, rows };
    return rows;
  };

  /** @param rowsOf rows of a partition */
  const readRows = async (rowsOf: (partition: number) => number, from: number, k: number): Promise<Uint8Array> => {
    const to = from + k;
    const parts: Uint8Array[] = [];
    for (let partition = 0, start = 0; partition < PARTITIONS && start < to; partition++) {
      const before = cached;
      const end = start + rowsOf(partition);
      if (end > from) {
        const own = partitionRows(partition);
        parts.push(own.subarray((Math.max(from, start) - start) * width, (Math.min(to, end) - start) * width));
      }
      start = end;
      // Small partitions: a read may go over many of them.
      if (cached !== before) await pause();
    }
    return concatBytes(...parts);
  };

  return {
    add,
    remove: (writer, batch) => {
      for (let partition = 0; partition < PARTITIONS; partition++)
        writer.delete(table, kvKey(...prefix, Uint8Array.of(partition), batch));
      cached = undefined;
    },
    count: async (duplicate) => {
      const partitions: number[] = [];
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const { bytes, offsets, isFirst } = sorted(partition);
        let rows = 0;
        for (const [i, offset] of offsets.entries()) {
          if (isFirst(offset, i)) rows++;
          else duplicate(Buffer.from(bytes.buffer, bytes.byteOffset + offset + width, NUMBER_BYTES).readUIntBE(0, NUMBER_BYTES));
        }
        partitions.push(rows);
        await pause();
      }
      return { partitions, rows: partitions.reduce((sum, rows) => sum + rows, 0) };
    },
    read: ({ partitions }, from, k) => readRows((partition) => partitions[partition]!, from, k),
    reader: () => {
      const partitions: number[] = [];
      const rowsOf = (partition: number): number => (partitions[partition] ??= partitionRows(partition).length / width);
      // One partition is at hand at a time: reads that took turns would sort each of them again and again.
      const serially = createSerially();
      return (from, k) => serially(() => readRows(rowsOf, from, k));
    },
  };
};

/** The batch number at the end of a key, see `kvKey`. */
const batchOf = (key: Uint8Array): number => {
  const at = key.length - 6;
  return Buffer.from(key.buffer, key.byteOffset + at, 6).readUIntBE(0, 6);
};
