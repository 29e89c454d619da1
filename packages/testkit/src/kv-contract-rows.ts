import type { Kv, KvEntry, KvRange } from '@vouchsafe/core';

/** A fresh store for one test. */
export interface KvUnderTest {
  readonly kv: Kv;
  /** Closes the store and opens the same one again; left out by a store that ends with its process. */
  readonly reopen?: (() => Promise<Kv>) | undefined;
  /** Closes whatever is open and removes it. */
  readonly end: () => Promise<void>;
}

/** The store of the test that is running. */
export type Current = () => KvUnderTest;

export const key = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');

/** The keys of a table, in hexadecimal. */
export const keysOf = (kv: Kv, table: string, range?: KvRange): readonly string[] =>
  kv.read((reader) => [...reader.range(table, range)].map((entry) => hex(entry.key)));

/** A table as text: comparing thousands of arrays byte by byte takes a test framework seconds. */
export const printed = (entries: Iterable<KvEntry>): readonly string[] =>
  Array.from(entries, (entry) => `${hex(entry.key)} ${hex(entry.value)}`);

/** Rows of 303 bytes under ascending keys. */
export const rows = (from: number, to: number): readonly KvEntry[] =>
  Array.from({ length: to - from }, (_, i) => ({
    key: key((from + i) >> 16, ((from + i) >> 8) & 255, (from + i) & 255),
    value: new Uint8Array(300).fill((from + i) & 255),
  }));
