import type { Kv, KvRange } from './kv.ts';

/** Removes a range of a table, a few entries at a time, so that no transaction is as large as the book. */
export const wipeRange = async (kv: Kv, table: string, range: KvRange): Promise<void> => {
  for (let left = true; left; ) {
    left = await kv.commit((writer) => {
      const entries = [...writer.range(table, { ...range, limit: 256 })];
      for (const { key } of entries) writer.delete(table, key);
      return entries.length > 0;
    });
  }
};
