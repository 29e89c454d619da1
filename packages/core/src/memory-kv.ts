import { compareBytes } from './bytes.ts';
import type { Kv, KvEntry } from './kv.ts';
import type { KvMutableState, KvPage } from './kv-engine.ts';
import { kvOver } from './kv-over.ts';

/** Entries of a block, at most; a block that gets longer is halved. */
const BLOCK = 512;

/** The first index of a sorted list at which `below` no longer holds. */
const firstNot = <A>(list: readonly A[], below: (item: A) => boolean): number => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (below(list[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Entries in the order of their keys, in short sorted blocks: putting one moves at most a block. No block is empty. */
const sortedTable = () => {
  const blocks: KvEntry[][] = [];

  /** Where a key is, or where it would go. */
  const find = (
    key: Uint8Array,
  ): { readonly at: number; readonly block: KvEntry[]; readonly index: number; readonly hit: boolean } => {
    const at = Math.max(0, firstNot(blocks, (candidate) => compareBytes(candidate[0]!.key, key) <= 0) - 1);
    const block = blocks[at] ?? [];
    const index = firstNot(block, (entry) => compareBytes(entry.key, key) < 0);
    return { at, block, index, hit: index < block.length && compareBytes(block[index]!.key, key) === 0 };
  };

  return {
    get: (key: Uint8Array): Uint8Array | undefined => {
      const { block, index, hit } = find(key);
      return hit ? block[index]!.value : undefined;
    },
    put: (entry: KvEntry): void => {
      const { at, block, index, hit } = find(entry.key);
      block.splice(index, hit ? 1 : 0, entry);
      if (blocks.length === 0) blocks.push(block);
      if (block.length > BLOCK) blocks.splice(at + 1, 0, block.splice(BLOCK / 2));
    },
    delete: (key: Uint8Array): void => {
      const { at, block, index, hit } = find(key);
      if (hit) block.splice(index, 1);
      if (hit && block.length === 0) blocks.splice(at, 1);
    },
    /** All entries from a bound on, away from it: above it and it itself, or, in reverse, below it. */
    *walk(bound: Uint8Array | undefined, reverse: boolean): Generator<KvEntry, void, undefined> {
      const start = bound === undefined ? undefined : find(bound);
      if (reverse) {
        for (let at = start?.at ?? blocks.length - 1; at >= 0; at--)
          for (let i = (at === start?.at ? start.index : (blocks[at]?.length ?? 0)) - 1; i >= 0; i--) yield blocks[at]![i]!;
      } else {
        for (let at = start?.at ?? 0; at < blocks.length; at++)
          for (let i = at === start?.at ? start.index : 0; i < blocks[at]!.length; i++) yield blocks[at]![i]!;
      }
    },
  };
};

const memoryState = (): KvMutableState => {
  const tables = new Map<string, ReturnType<typeof sortedTable>>();
  const put = (table: string, key: Uint8Array, value: Uint8Array): void => {
    const found = tables.get(table) ?? sortedTable();
    tables.set(table, found);
    found.put({ key: key.slice(), value: value.slice() });
  };
  const page = (table: string, { from, to, reverse, count, bytes }: KvPage): readonly KvEntry[] => {
    const entries: KvEntry[] = [];
    let size = 0;
    for (const { key, value } of tables.get(table)?.walk(reverse ? to : from, reverse) ?? []) {
      const beyond = reverse ? from !== undefined && compareBytes(key, from) < 0 : to !== undefined && compareBytes(key, to) >= 0;
      if (beyond || entries.length === count) break;
      entries.push({ key: key.slice(), value: value.slice() });
      size += key.length + value.length;
      if (size >= bytes) break;
    }
    return entries;
  };
  return {
    get: (table, key) => tables.get(table)?.get(key)?.slice(),
    page,
    put,
    append: put,
    delete: (table, key) => tables.get(table)?.delete(key),
    drop: (table) => {
      tables.delete(table);
    },
  };
};

/** A store in memory that ends with the process: for tests and demos. It behaves as the durable one does, so transactions wait for their turn here too. */
export const memoryKv = (): Kv => {
  const state = memoryState();
  return kvOver({
    read: (work) => work(state),
    write: async (work) => {
      await Promise.resolve();
      work(state);
    },
    close: async () => undefined,
  });
};
