import { compareBytes, type KvEntry, type KvRange, type KvWriter } from '@vouchsafe/core';

/** A store in memory whose tables can be looked into and spoilt. Its `commit` runs at once and undoes nothing. */
export interface TestStore extends KvWriter {
  readonly tables: Map<string, KvEntry[]>;
  readonly read: <T>(work: (reader: TestStore) => T) => T;
  readonly copy: () => TestStore;
}

export const createTestStore = (tables: Map<string, KvEntry[]> = new Map()): TestStore => {
  const rows = (table: string): KvEntry[] => {
    const own = tables.get(table) ?? [];
    tables.set(table, own);
    return own;
  };
  /** Where the key is or belongs. */
  const place = (table: readonly KvEntry[], key: Uint8Array): number => {
    let [low, high] = [0, table.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(table[middle]!.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const has = (table: readonly KvEntry[], at: number, key: Uint8Array): boolean =>
    table[at] !== undefined && compareBytes(table[at].key, key) === 0;
  const store: TestStore = {
    tables,
    read: (work) => work(store),
    copy: () => createTestStore(new Map([...tables].map(([name, table]) => [name, [...table]]))),
    get: (table, key) => {
      const own = rows(table);
      const at = place(own, key);
      return has(own, at, key) ? own[at]!.value : undefined;
    },
    range: (table, { from, to, reverse, limit }: KvRange = {}) => {
      const own = rows(table);
      const start = from ? place(own, from) : 0;
      const end = to ? place(own, to) : own.length;
      const count = Math.min(limit ?? own.length, Math.max(0, end - start));
      return reverse ? own.slice(end - count, end).reverse() : own.slice(start, start + count);
    },
    put: (table, key, value) => {
      const own = rows(table);
      const at = place(own, key);
      own.splice(at, has(own, at, key) ? 1 : 0, { key, value });
    },
    delete: (table, key) => {
      const own = rows(table);
      const at = place(own, key);
      if (has(own, at, key)) own.splice(at, 1);
    },
  };
  return store;
};
