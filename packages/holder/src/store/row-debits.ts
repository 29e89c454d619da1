import { i2osp, type Kv, type KvReader, type KvWriter, kvKey, kvPrefix, type SpillCover, wipeRange } from '@vouchsafe/core';
import type { TableId } from './table-port.ts';

/** What a query costs each row that it adds up, and what a row has in its epoch: in millionths of ε (or of ρ), whole numbers below 2^32. */
export interface RowPrice {
  readonly charge: number;
  readonly cap: number;
}

/** What one query takes from the rows of a table. */
export interface RowDebit {
  readonly scheme: string;
  /** In millionths. */
  readonly charge: number;
  /** Numbers of the rows that pay, one for each subject of the cohort; `NO_ROW` (2^32 − 1) where none does, so that the size does not tell how many do. */
  readonly rows: Uint32Array;
}

/** In the place of a row's number where no row pays. */
export const NO_ROW = 0xffff_ffff;

/** Rows whose spending stands in one value: 1 MiB. */
export const COUNTERS: number = 2 ** 18;

const TABLE = 'row-spending';
/** Kinds of entries, in the order of their keys. */
const [COUNTED, DEBITED, NEWEST] = [0, 1, 2] as const;

/** A debit that is not in the counters yet, by its number in the order of debits. */
export interface NumberedDebit {
  readonly number: number;
  readonly charge: number;
  readonly rows: Uint32Array;
}

/**
 * What rows have spent, on disk: counters, one for each row of a table, and the debits that came after them, one entry a query. So a commit writes a few bytes for each subject and not the counters
 * themselves, which a cohort spreads over. Both are encrypted: which rows were asked about together, and how many a cohort matched, is nobody's to read from a disk.
 */
export interface RowDebits {
  /** Within the commit of the query. */
  readonly append: (writer: KvWriter, debit: Pick<RowDebit, 'charge' | 'rows'>) => void;
  /** Those after a number, in their order. */
  readonly after: (reader: KvReader, number: number) => Iterable<NumberedDebit>;
  /** Counters of the rows from `part` × {@link COUNTERS} on, with the number of the last debit that is in them; none before they were written first. */
  readonly counters: (reader: KvReader, part: number) => { readonly number: number; readonly spent: Uint32Array } | undefined;
  /** Writes them, unless the epoch's spending was removed meanwhile. */
  readonly putCounters: (
    writer: KvWriter,
    part: number,
    counters: { readonly number: number; readonly spent: Uint32Array },
  ) => void;
  /** Removes at most `count` debits up to a number: all counters have them. @returns are there more? */
  readonly remove: (writer: KvWriter, upTo: { readonly number: number; readonly count: number }) => boolean;
}

/** What rows of a table have spent, over any ordered store. */
export const createRowDebits = ({ bureau, scheme, epoch }: TableId, cover: SpillCover): RowDebits => {
  const key = (kind: number, number: number): Uint8Array => kvKey(epoch, scheme, bureau, kind, number);
  const name = (kind: number, number: number): string => [TABLE, epoch, scheme, bureau, kind, number].join('/');
  const newest = key(NEWEST, 0);
  const open = (kind: number, at: Uint8Array, sealed: Uint8Array): { readonly number: number; readonly words: Uint32Array } => {
    const number = numberAt(at, at.length - NUMBER_BYTES);
    return { number, words: wordsOf(cover.open(name(kind, number), sealed)) };
  };
  return {
    append: (writer, { charge, rows }) => {
      const last = writer.get(TABLE, newest);
      const number = (last ? numberAt(last, 0) : 0) + 1;
      const words = new Uint32Array(1 + rows.length);
      words[0] = charge;
      words.set(rows, 1);
      writer.put(TABLE, key(DEBITED, number), cover.seal(name(DEBITED, number), bytesOf(words)));
      writer.put(TABLE, newest, i2osp(number, NUMBER_BYTES));
    },
    after: function* (reader, number) {
      for (const { key: at, value } of reader.range(TABLE, { from: key(DEBITED, number + 1), to: newest })) {
        const debit = open(DEBITED, at, value);
        yield { number: debit.number, charge: debit.words[0]!, rows: debit.words.subarray(1) };
      }
    },
    counters: (reader, part) => {
      const at = key(COUNTED, part);
      const stored = reader.get(TABLE, at);
      if (!stored) return undefined;
      return { number: numberAt(stored, 0), spent: open(COUNTED, at, stored.subarray(NUMBER_BYTES)).words };
    },
    putCounters: (writer, part, { number, spent }) => {
      if (!writer.get(TABLE, newest)) return;
      const sealed = cover.seal(name(COUNTED, part), bytesOf(spent));
      const value = new Uint8Array(NUMBER_BYTES + sealed.length);
      value.set(i2osp(number, NUMBER_BYTES));
      value.set(sealed, NUMBER_BYTES);
      writer.put(TABLE, key(COUNTED, part), value);
    },
    remove: (writer, { number, count }) => {
      const all = { from: key(DEBITED, 0), to: key(DEBITED, number + 1), limit: count };
      const gone = [...writer.range(TABLE, all)].map((entry) => entry.key);
      for (const own of gone) writer.delete(TABLE, own);
      return gone.length === count;
    },
  };
};

/** Removes what rows have spent in an epoch that is over. */
export const retireRowDebits = (kv: Kv, epoch: number): Promise<void> => wipeRange(kv, TABLE, kvPrefix(epoch));

/** Bytes of a number in a key, see `kvKey`. */
const NUMBER_BYTES = 6;
const numberAt = (bytes: Uint8Array, at: number): number =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUIntBE(at, NUMBER_BYTES);
const bytesOf = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
/** A copy, since bytes of the store may begin anywhere. */
const wordsOf = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice().buffer);
