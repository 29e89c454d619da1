import { type Kv, memoryKv, rational, Secret } from '@vouchsafe/core';
import { createCover } from '@vouchsafe/core/at-rest';
import type { Elements } from '@vouchsafe/group';
import { discreteLaplace } from '@vouchsafe/privacy';
import { binomialBounds, seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { COUNTERS, createRowDebits, NO_ROW, retireRowDebits } from './row-debits.ts';
import { createRowLedger } from './row-ledger.ts';

const ID = { bureau: 'bureau', scheme: 'cn-rid', epoch: 7 };
const NO_KEYS = new Uint8Array(0) as Elements;
const rng = seededRng('ledger');

/** A ledger whose queries name rows by number. */
const openLedger = (kv: Kv, rows: number) => {
  const debits = createRowDebits(ID, createCover(new Secret(new Uint8Array(32).fill(1))));
  let asked: readonly number[] = [];
  const ledger = createRowLedger({
    kv,
    debits,
    scheme: ID.scheme,
    rows: () => rows,
    gather: async (admit) => ({ rows: NO_KEYS, matched: asked.filter((row) => admit(row)).length }),
  });
  /** One query, committed or not. @returns how many rows took part */
  const query = (
    numbers: readonly number[],
    { charge, cap, commit = true }: { readonly charge: number; readonly cap: number; readonly commit?: boolean },
  ): Promise<number> =>
    ledger.turn({ charge, cap }, async (table) => {
      asked = numbers;
      const { matched } = await table.gather(NO_KEYS, []);
      if (commit) await kv.commit((writer) => debits.append(writer, table.debit()));
      return matched;
    });
  return { debits, query };
};

const entries = (kv: Kv) => kv.read((reader) => [...reader.range('row-spending')]);

describe('what rows have spent', () => {
  it('is exact: a row takes part as often as its budget says, and is then as if it were not there', async () => {
    const { query } = openLedger(memoryKv(), 10);
    const price = { charge: 300_000, cap: 1_000_000 };
    expect(await query([1, 2, NO_ROW], price)).toBe(2);
    expect(await query([2, 3], price)).toBe(2);
    expect(await query([1, 2], price)).toBe(2);
    // Row 2 has a tenth left.
    expect(await query([1, 2, 3], price)).toBe(2);
    expect(await query([2], { charge: 100_001, cap: 1_000_000 })).toBe(0);
    expect(await query([2], { charge: 100_000, cap: 1_000_000 })).toBe(1);
    expect(await query([2], { charge: 1, cap: 1_000_000 })).toBe(0);
  });

  it('is not touched by a query that was not committed', async () => {
    const { query } = openLedger(memoryKv(), 10);
    const price = { charge: 1, cap: 1 };
    expect(await query([5], { ...price, commit: false })).toBe(1);
    expect(await query([5], price)).toBe(1);
    expect(await query([5], price)).toBe(0);
  });

  it('is the same after a restart', async () => {
    const kv = memoryKv();
    const price = { charge: 1, cap: 3 };
    for (let i = 0; i < 2; i++) await openLedger(kv, 10).query([4, 6], price);
    const { query } = openLedger(kv, 10);
    expect(await query([4], price)).toBe(1);
    expect(await query([4, 6], price)).toBe(1);
  });

  it('of many queries at once gives exactly what there is', async () => {
    const { query } = openLedger(memoryKv(), 10);
    const all = await Promise.all(Array.from({ length: 64 }, () => query([0, 9], { charge: 1, cap: 10 })));
    expect(all.reduce((sum, matched) => sum + matched, 0)).toBe(20);
  });

  it('writes one entry a query, of a size that depends on the size of the cohort only, and tells nothing to who reads the disk', async () => {
    const kv = memoryKv();
    const { query } = openLedger(kv, 1000);
    const price = { charge: 1, cap: 10 };
    await query(
      Array.from({ length: 50 }, (_, i) => i),
      price,
    );
    await query(
      Array.from({ length: 50 }, () => NO_ROW),
      price,
    );
    await query(
      Array.from({ length: 50 }, (_, i) => (i % 2 ? i : NO_ROW)),
      price,
    );
    const debits = entries(kv).filter(({ value }) => value.length > 6);
    expect(debits.map(({ value }) => value.length)).toEqual([232, 232, 232]);
    for (const { value } of debits) expect(Buffer.from(value).includes(Buffer.from([255, 255, 255, 255]))).toBe(false);
  });

  it('is added up when many debits wait, to the same figures, over several parts of a table and at any crash between', async () => {
    const rows = 2 * COUNTERS + 7;
    const kv = memoryKv();
    const spent = new Uint32Array(rows);
    const numbers = (): readonly number[] => {
      const words = new Uint32Array(rng(4 * 60_000).slice().buffer);
      return [...new Set(Array.from(words, (word) => word % rows))];
    };
    let folded = 0;
    // A ledger that is opened anew now and then, over a store that stops working at some commit: what it was about is done again.
    for (let round = 0; round < 34; round++) {
      let left = round < 20 ? 1 + (round % 4) : 100;
      const failing: Kv = {
        ...kv,
        commit: (work) => {
          if (left-- <= 0) return Promise.reject(new Error('no more'));
          return kv.commit(work);
        },
      };
      const { query } = openLedger(failing, rows);
      const own = numbers();
      await query(own, { charge: 1, cap: 1000 });
      for (const row of own) spent[row]!++;
      // The turn after it waits for what is going on in the background.
      await query([], { charge: 1, cap: 1000, commit: false });
      folded = Math.max(folded, entries(kv).filter(({ value }) => value.length > 2 ** 19).length);
    }
    expect(folded).toBeGreaterThanOrEqual(2);
    expect(entries(kv).length).toBeLessThan(20);
    const { query } = openLedger(kv, rows);
    const all = Array.from({ length: rows }, (_, i) => i);
    for (const cap of [1, 3, 5]) {
      expect(await query(all, { charge: 1, cap, commit: false })).toBe(spent.filter((own) => own < cap).length);
    }
  });

  it('goes with its epoch, and nothing in the background brings it back', async () => {
    const kv = memoryKv();
    const { query, debits } = openLedger(kv, 10);
    await query([1], { charge: 1, cap: 1 });
    await retireRowDebits(kv, 8);
    expect(entries(kv)).not.toEqual([]);
    await retireRowDebits(kv, 7);
    expect(entries(kv)).toEqual([]);
    await kv.commit((writer) => debits.putCounters(writer, 0, { number: 1, spent: new Uint32Array(10) }));
    expect(entries(kv)).toEqual([]);
  });

  it('does not open in the place of another debit', async () => {
    const kv = memoryKv();
    const { query } = openLedger(kv, 10);
    await query([1], { charge: 1, cap: 1 });
    await query([2], { charge: 1, cap: 1 });
    const [first, second] = entries(kv);
    await kv.commit((writer) => writer.put('row-spending', second!.key, first!.value));
    await expect(openLedger(kv, 10).query([1], { charge: 1, cap: 1 })).rejects.toThrow('does not open');
  });
});

describe('an attacker who asks about one person again and again, among others who are fresh each time', () => {
  const TRIALS = 400;
  const QUERIES = 48;
  const OTHERS = 3;
  const CHARGE = 500_000;
  const scale = rational(2);

  /** Guesses whether the person is in the table, from all answers in which its row can be. @returns how often it was right */
  const play = async (cap: number): Promise<number> => {
    let right = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const inside = rng(1)[0]! % 2 === 1;
      const { query } = openLedger(memoryKv(), 1 + OTHERS * QUERIES);
      const telling = Math.min(QUERIES, cap / CHARGE);
      let sum = 0;
      for (let i = 0; i < telling; i++) {
        const others = Array.from({ length: OTHERS }, (_, other) => 1 + OTHERS * i + other);
        const matched = await query([inside ? 0 : NO_ROW, ...others], { charge: CHARGE, cap });
        sum += matched - OTHERS + Number(discreteLaplace({ scale }, rng));
      }
      if (sum > telling / 2 === inside) right++;
    }
    return right;
  };

  it('is right as often as the budget of one row allows, not as the sum of all queries would', async ({ annotate }) => {
    const [bound, unbound] = [await play(1_000_000), await play(4_000_000_000)];
    // ε = 1: e/(1 + e).
    const allowed = 1 / (1 + Math.exp(-1));
    const advantage = (chance: number): string => (2 * chance - 1).toFixed(3);
    await annotate(
      `exhausted row budgets: advantage ${advantage(bound / TRIALS)}, allowed ${advantage(allowed)} at epsilon 1; without them ${advantage(unbound / TRIALS)}`,
    );
    expect(binomialBounds({ hits: bound, trials: TRIALS, risk: 0.001 }).below).toBeLessThanOrEqual(allowed);
    // A build that forgets what rows have spent is caught.
    expect(binomialBounds({ hits: unbound, trials: TRIALS, risk: 0.001 }).below).toBeGreaterThan(allowed);
  });
});
