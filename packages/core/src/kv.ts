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
  /** Read it to its end within the transaction. */
  range(table: string, range?: KvRange): Iterable<KvEntry>;
}

/** Reads its own writes. */
export interface KvWriter extends KvReader {
  put(table: string, key: Uint8Array, value: Uint8Array): void;
  delete(table: string, key: Uint8Array): void;
}

/**
 * Ordered bytes under named tables, with durable transactions: what the stores of a holder and of a bureau are built on. Keys have 1 to 128 bytes, table names are
 * lower-case letters, digits and dashes. {@link memoryKv} is the implementation for tests; `@vouchsafe/store-lmdb` the durable one.
 */
export interface Kv {
  /** One consistent state. */
  read<T>(work: (reader: KvReader) => T): T;
  /**
   * One transaction: they run one after the other, each sees all before it, and either all of its writes are there or, when it throws, none. Durable when the promise
   * resolves; transactions that wait at the same time share one write to the disk.
   */
  commit<T>(work: (writer: KvWriter) => T): Promise<T>;
  /** Removes a whole table, durably. */
  drop(table: string): Promise<void>;
  close(): Promise<void>;
}
