import { compareBytes } from './bytes.ts';
import type { Kv, KvEntry } from './kv.ts';
import type { KvEngine, KvMutableState } from './kv-engine.ts';
import { loadInSlices } from './kv-load.ts';
import { checkTable, readTransaction, writeTransaction } from './kv-transaction.ts';

/** A transaction that waits for its turn. */
interface Job {
  /** Does it and notes how it went; does not throw. */
  readonly run: (state: KvMutableState) => void;
  /** Its writes are durable, or it made none: tells the caller. */
  readonly settle: () => void;
  /** The write that it was part of failed. */
  readonly fail: (failure: unknown) => void;
}

/** Callbacks of one write run for so long, in milliseconds; whoever still waits is in the next one. The event loop gets its turn between. */
const TURN_MS = 10;

const closed = (): RangeError => new RangeError('this store was closed: open it again');

const isThenable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { readonly then?: unknown }).then === 'function';

/** The port over an engine: transactions in one queue, those that wait at the same time in one write. */
export const kvOver = (engine: KvEngine): Kv => {
  const waiting: Job[] = [];
  let writing: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let inside = false;

  /** Marks that a callback runs: what it starts on the same store would wait for itself, or see a state that is not durable. */
  const within = <T>(work: () => T): T => {
    inside = true;
    try {
      return work();
    } finally {
      inside = false;
    }
  };

  /** Misuse inside of a transaction throws there and then, also where a promise is due: the outer transaction has to be rolled back. */
  const refuseInside = (): void => {
    if (inside) throw new RangeError('a transaction of this store is running: use the reader or writer that it was given');
  };

  /** One write after the other, as long as somebody waits. */
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      let taken = 0;
      try {
        await engine.write((state) => {
          const until = performance.now() + TURN_MS;
          do waiting[taken++]!.run(state);
          while (taken < waiting.length && performance.now() < until);
        });
        for (const job of waiting.splice(0, taken)) job.settle();
      } catch (failure) {
        // An engine that did not even start has failed all who wait.
        for (const job of waiting.splice(0, taken === 0 ? waiting.length : taken)) job.fail(failure);
      }
    }
    writing = undefined;
  };

  const enqueue = <T>(work: (state: KvMutableState) => T): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (closing !== undefined) throw closed();
      let outcome: () => void;
      waiting.push({
        run: (state) => {
          try {
            const result = within(() => work(state));
            outcome = () => resolve(result);
          } catch (error) {
            outcome = () => reject(error);
          }
        },
        settle: () => outcome(),
        fail: reject,
      });
      writing ??= drain();
    });

  const append = (table: string, entries: readonly KvEntry[]): Promise<void> =>
    enqueue((state) => {
      const [last] = state.page(table, { from: undefined, to: undefined, reverse: true, count: 1, bytes: 0 });
      if (last !== undefined && compareBytes(last.key, entries[0]!.key) >= 0)
        throw new RangeError('entries to load come in the order of their keys, above those that the table holds');
      for (const { key, value } of entries) state.append(table, key, value);
    });

  return {
    read: (work) => {
      refuseInside();
      if (closing !== undefined) throw closed();
      return engine.read((state) => {
        const { access, end } = readTransaction(state);
        try {
          return within(() => work(access));
        } finally {
          end();
        }
      });
    },

    commit: (work) => {
      refuseInside();
      return enqueue((state) => {
        const { access, end, rollBack } = writeTransaction(state);
        try {
          const result = work(access);
          if (isThenable(result))
            throw new RangeError('the callback of a transaction is synchronous: await before it or after it');
          return result;
        } catch (error) {
          rollBack();
          throw error;
        } finally {
          end();
        }
      });
    },

    load: (table, entries) => {
      refuseInside();
      checkTable(table);
      return loadInSlices(entries, (slice) => append(table, slice));
    },

    drop: (table) => {
      refuseInside();
      checkTable(table);
      return enqueue((state) => state.drop(table));
    },

    close: () => {
      refuseInside();
      closing ??= (async () => {
        await writing;
        await engine.close();
      })();
      return closing;
    },
  };
};
