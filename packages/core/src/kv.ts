import { E, type Either } from './fp.ts';

/** A key and its value. */
export interface KvEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Which keys of a table: from ≤ key < to, in the order of their bytes. */
export interface KvRange {
  readonly from?: Uint8Array | undefined;
  readonly to?: Uint8Array | undefined;
  /** From the last key to the first. */
  readonly reverse?: boolean | undefined;
  readonly limit?: number | undefined;
}

/** Reads one state of the store. What it returns may be kept: it is the caller's own copy. */
export interface KvReader {
  get(table: string, key: Uint8Array): Uint8Array | undefined;
  /**
   * Read it to its end within the transaction. Each step gives the next entry of the table as it then is: a transaction may put and delete while it walks, and does not
   * meet again what lies behind.
   */
  range(table: string, range?: KvRange): Iterable<KvEntry>;
}

/** Reads its own writes. Keys and values are copied in. */
export interface KvWriter extends KvReader {
  put(table: string, key: Uint8Array, value: Uint8Array): void;
  delete(table: string, key: Uint8Array): void;
}

/**
 * Ordered bytes under named tables, with durable transactions: what the stores of a holder and of a bureau are built on. Keys have 1 to 128 bytes, values up to
 * {@link MAX_VALUE_BYTES}, table names are lower-case letters, digits and dashes. {@link memoryKv} is the implementation for tests; `@vouchsafe/store-lmdb` the durable one.
 *
 * A RangeError is a bug of the caller: a bad key, a transaction inside a transaction, an asynchronous callback, a store that was closed. What the disk does wrong comes as a
 * {@link KvFailure}.
 */
export interface Kv {
  /** One consistent state, in which everything is durable. */
  read<T>(work: (reader: KvReader) => T): T;
  /**
   * One transaction: they run one after the other, each sees all before it, and either all of its writes are there or, when it throws, none. Durable when the promise
   * resolves; transactions that wait at the same time share one write to the disk. A promise that rejects with what `work` threw also waits for the disk: what `work` saw
   * when it refused is durable too.
   */
  commit<T>(work: (writer: KvWriter) => T): Promise<T>;
  /**
   * Adds many entries in the order of their keys, all above those that the table holds: a sealed table of a million rows. Not one transaction but many short ones, so that
   * others get their turn; each is durable. After a failure the first entries are there, up to some point.
   * @returns how many entries
   */
  load(table: string, entries: Iterable<KvEntry> | AsyncIterable<KvEntry>): Promise<number>;
  /** Removes a whole table, durably. */
  drop(table: string): Promise<void>;
  /** Waits for the transactions that were asked for before it. */
  close(): Promise<void>;
}

/** Bytes of a key, at most. */
export const MAX_KEY_BYTES = 128;
/** Bytes of a value, at most: 16 MiB less one. */
export const MAX_VALUE_BYTES: number = 2 ** 24 - 1;

/**
 * Why a transaction was not made although the caller did nothing wrong.
 * - `StoreFull`: no room on the disk. Nothing of the transaction is there; the store goes on working and takes writes again when there is room.
 * - `StoreUnwritable`: the disk refused a write or a sync. The store takes no more writes, since what is on the disk is uncertain: opening it again shows whether the last
 *   transactions are there.
 * - `StoreDamaged`: what is on the disk makes no sense.
 */
export class KvFailure extends Error {
  readonly _tag: 'StoreFull' | 'StoreUnwritable' | 'StoreDamaged';

  constructor(tag: KvFailure['_tag'], message: string) {
    super(message);
    this.name = 'KvFailure';
    this._tag = tag;
  }
}

/** A {@link KvFailure} as a value. */
export interface StoreFault {
  readonly _tag: KvFailure['_tag'];
  readonly message: string;
}

/** Runs work on a store; its failures become values. Whatever else is thrown is a bug, and goes on. */
export const withStore = async <L, A>(work: () => Promise<Either<L, A>>): Promise<Either<L | StoreFault, A>> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KvFailure) return E.left({ _tag: error._tag, message: error.message });
    throw error;
  }
};
