import {
  compareBytes,
  type KvEngine,
  type KvEntry,
  KvFailure,
  type KvMutableState,
  type KvPage,
  type KvState,
} from '@vouchsafe/core';
import type { Environment, Table } from './environment.ts';
import { messageOf } from './errors.ts';
import { type Fault, faultOf, faultOfCommit } from './fault.ts';
import { MARK_TABLE } from './format.ts';
import { lengthKeeper } from './length.ts';
import { write } from './write.ts';

/** lmdb-js gives Buffers that have their memory for themselves. */
const plain = (buffer: Uint8Array): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);

type View = { readonly transaction: ReturnType<Environment['root']['useReadTransaction']> } | undefined;

const pageOf = (table: Table, { from, to, reverse, count, bytes }: KvPage, view: View): readonly KvEntry[] => {
  const entries: KvEntry[] = [];
  let size = 0;
  if (to?.length === 0) return entries;
  // A bound that is given as undefined is none; one that is left out is lmdb-js's own, which hides the key 00.
  const bounds = reverse ? { start: to, end: undefined, reverse } : { start: from, end: to };
  for (const { key, value } of table.getRange({ ...bounds, ...view } as object)) {
    // In reverse LMDB starts at the upper bound itself, and does not know the lower one.
    if (reverse && to !== undefined && compareBytes(key, to) >= 0) continue;
    if (reverse && from !== undefined && compareBytes(key, from) < 0) break;
    entries.push({ key: plain(key), value: plain(value) });
    size += key.length + value.length;
    if (entries.length === count || size >= bytes) break;
  }
  return entries;
};

const failureOf = ({ tag, code }: Fault): KvFailure => new KvFailure(tag, messageOf(tag, code));

/** Runs what LMDB does; its errors become failures, and the first is noted. */
type Guard = <T>(work: () => T) => T;

const guard =
  (note: (error: unknown) => void): Guard =>
  (work) => {
    try {
      return work();
    } catch (error) {
      note(error);
      throw failureOf(faultOf(error));
    }
  };

/** @param tableOf the table of a name, if there is one for this view */
const stateOf = (tableOf: (name: string) => Table | undefined, view: View, guarded: Guard): KvState => ({
  get: (name, key) => {
    const value = guarded(() => tableOf(name)?.get(key, view));
    return value && plain(value);
  },
  page: (name, page) => {
    const table = tableOf(name);
    return table === undefined ? [] : guarded(() => pageOf(table, page, view));
  },
});

/** Transactions on an open environment. */
export const lmdbEngine = (environment: Environment, folder: string): KvEngine => {
  const { root, tables, openTable, isBroken } = environment;
  const length = lengthKeeper(folder);
  let stopped: KvFailure | undefined;

  /** The state of one write: notes which tables are new and the first error of LMDB. A new table is this write's own until it is durable: LMDB gives whoever reads it before an error. */
  const startWriting = (): {
    readonly state: KvMutableState;
    readonly fresh: ReadonlyMap<string, Table>;
    readonly error: () => unknown;
  } => {
    const fresh = new Map<string, Table>();
    let first: unknown;
    const guarded = guard((error) => {
      first ??= error;
    });
    const known = (name: string): Table | undefined => tables.get(name) ?? fresh.get(name);
    const make = (name: string): Table => {
      const before = known(name);
      if (before !== undefined) return before;
      const table = openTable(name);
      fresh.set(name, table);
      return table;
    };
    const state: KvMutableState = {
      ...stateOf(known, undefined, guarded),
      put: (name, key, value) => guarded(() => void make(name).put(key, value)),
      append: (name, key, value) => guarded(() => make(name).putSync(key, value, { append: true })),
      delete: (name, key) => guarded(() => void known(name)?.remove(key)),
      drop: (name) => guarded(() => known(name)?.clearSync()),
    };
    return { state, fresh, error: () => first };
  };

  return {
    read: (work) => {
      const transaction = root.useReadTransaction();
      try {
        return work(
          stateOf(
            (name) => tables.get(name),
            { transaction },
            guard(() => undefined),
          ),
        );
      } finally {
        transaction.done();
      }
    },

    write: async (work) => {
      if (stopped !== undefined) throw stopped;
      const { state, fresh, error: earlier } = startWriting();
      try {
        await write(root, () => {
          length.note(tables.get(MARK_TABLE)!);
          work(state);
        });
        length.committed();
        for (const [name, table] of fresh) tables.set(name, table);
      } catch (error) {
        const fault = await faultOfCommit(earlier() ?? error, folder);
        // After anything but a full disk nobody knows what a later sync would mean: the kernel reports a lost page once.
        if (fault.tag === 'StoreFull' && !isBroken()) throw failureOf(fault);
        stopped = failureOf({ ...fault, tag: fault.tag === 'StoreDamaged' ? 'StoreDamaged' : 'StoreUnwritable' });
        throw stopped;
      }
    },

    close: async () => {
      // The last transactions may have made the file longer than it says. Noting that can make it longer still, though not for ever: pages become free.
      for (let i = 0; i < 4 && stopped === undefined && length.grown(); i++) {
        const noted = write(root, () => length.note(tables.get(MARK_TABLE)!));
        await noted.then(length.committed, () => undefined);
      }
      await root.close();
    },
  };
};
