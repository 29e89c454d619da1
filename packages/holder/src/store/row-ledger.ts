import { setImmediate } from 'node:timers/promises';
import { createSerially, type Kv } from '@vouchsafe/core';
import type { SealedTable } from '@vouchsafe/join';
import { COUNTERS, NO_ROW, type RowDebit, type RowDebits, type RowPrice } from './row-debits.ts';
import type { AdmitRow } from './sealed-rows.ts';

/** A table for one query with a price for each row: a row that cannot pay is not there. */
export interface PricedTable extends SealedTable {
  /** What the query takes from the rows that it found, for its commit; known once they were gathered. */
  readonly debit: () => RowDebit;
}

/** What the rows of one table have spent in their epoch. */
export interface RowLedger {
  /**
   * Hands the table over to one query, look-up to commit: queries over one table take turns, so that two of them never take the same last budget of a row, and none is refused it for another that
   * came to nothing.
   */
  readonly turn: <A>(price: RowPrice, work: (table: PricedTable) => Promise<A>) => Promise<A>;
}

/** Debits that wait may have so many bytes, and as many as the counters besides, before they are added up: so counters are written as seldom as they are long. */
const WAITING_BYTES: number = 2 ** 20;
/** Debits removed in one transaction. */
const REMOVED = 16;

/**
 * @param rows n
 * @param gather looks keys up, asking for each row that is found whether it takes part
 */
export const createRowLedger = ({
  kv,
  debits,
  scheme,
  rows,
  gather,
}: {
  readonly kv: Kv;
  readonly debits: RowDebits;
  readonly scheme: string;
  readonly rows: () => number;
  readonly gather: (admit: AdmitRow, ...asked: Parameters<SealedTable['gather']>) => ReturnType<SealedTable['gather']>;
}): RowLedger => {
  const serially = createSerially();
  /** As the disk says it, up to the debit of that number; so nothing here can be ahead of it. */
  let spent: Uint32Array | undefined;
  let newest = 0;
  let waiting = 0;

  const partOf = (all: Uint32Array, part: number): Uint32Array => all.subarray(part * COUNTERS, (part + 1) * COUNTERS);

  const open = (): Uint32Array => {
    const all = new Uint32Array(rows());
    return kv.read((reader) => {
      const numbers: number[] = [];
      for (let part = 0; part * COUNTERS < all.length; part++) {
        const stored = debits.counters(reader, part);
        numbers.push(stored?.number ?? 0);
        if (stored) partOf(all, part).set(stored.spent);
      }
      newest = Math.min(...numbers);
      for (const debit of debits.after(reader, newest)) {
        // A fold that was broken off: some counters have this debit already.
        for (const row of debit.rows)
          if (row !== NO_ROW && debit.number > numbers[Math.floor(row / COUNTERS)]!) all[row]! += debit.charge;
        passed(debit);
      }
      newest = Math.max(newest, ...numbers);
      return all;
    });
  };

  const catchUp = (): Uint32Array => {
    if (!spent) {
      spent = open();
      return spent;
    }
    const all = spent;
    kv.read((reader) => {
      for (const debit of debits.after(reader, newest)) {
        for (const row of debit.rows) if (row !== NO_ROW) all[row]! += debit.charge;
        passed(debit);
      }
    });
    return all;
  };

  const passed = (debit: { readonly number: number; readonly rows: Uint32Array }): void => {
    newest = debit.number;
    waiting += debit.rows.byteLength;
  };

  /** Writes the counters, a part at a time, then removes the debits that all parts have. */
  const fold = async (): Promise<void> => {
    const all = catchUp();
    if (waiting < WAITING_BYTES + all.byteLength) return;
    for (let part = 0; part * COUNTERS < all.length; part++) {
      await kv.commit((writer) => debits.putCounters(writer, part, { number: newest, spent: partOf(all, part) }));
      await setImmediate();
    }
    for (let more = true; more; ) more = await kv.commit((writer) => debits.remove(writer, { number: newest, count: REMOVED }));
    waiting = 0;
  };

  return {
    turn: async ({ charge, cap }, work) => {
      const result = await serially(() => {
        const all = catchUp();
        let paying: readonly number[] = [];
        return work({
          gather: async (keys, slots) => {
            const numbers: number[] = [];
            const admit: AdmitRow = (number) => {
              const admitted = number !== NO_ROW && all[number]! + charge <= cap;
              numbers.push(admitted ? number : NO_ROW);
              return admitted;
            };
            const gathered = await gather(admit, keys, slots);
            paying = numbers;
            return gathered;
          },
          debit: () => ({ scheme, charge, rows: Uint32Array.from(paying) }),
        });
      });
      // Not while a querier waits. What hinders it (a full disk, a store that closes) hinders nothing else: the debits are there, and a later turn tries again.
      void serially(fold).catch(() => undefined);
      return result;
    },
  };
};
