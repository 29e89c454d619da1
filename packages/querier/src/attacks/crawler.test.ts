import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { openFederation, raw, SCHEME, unwrap } from '../federation.test.fixture.ts';
import { COLUMNS, person, range } from './attacker.test.fixture.ts';

const QUOTA = 300;
/** Every tenth number of the space that the crawler goes through is a customer of ant. */
const SPACE = 1000;
const customers = range(0, SPACE).filter((id) => id % 10 === 3);

describe('enumeration by a crawler', () => {
  it('finds customers only among as many numbers as it may try, however it cuts its requests up', async ({ annotate }) => {
    const match = { elementsPerDay: QUOTA, elementsPerEpoch: QUOTA };
    const policy = { version: 1, minimumCohort: 20, queriers: [{ bureau: 'bureau', match }] };
    const { querier } = await openFederation({
      tables: { ant: customers.map((id) => person(id)), bee: [] },
      columns: COLUMNS,
      policies: { ant: policy, bee: policy },
      padTo: 128,
    });
    unwrap(await querier.sync()());
    const found = new Set<number>();
    // Once each: asking about somebody again is free, and tells nothing new.
    const tried = new Set<number>();
    let refused = 0;
    const crawl = async (from: number, count: number): Promise<void> => {
      const result = await querier.match({ scheme: SCHEME, subjects: range(from, from + count).map(raw) })();
      if (E.isLeft(result) || !result.right.holders.includes('ant')) {
        refused++;
        return;
      }
      for (const id of range(from, from + count)) tried.add(id);
      for (const { row, holders } of result.right.matches) if (holders.includes('ant')) found.add(from + row);
    };
    for (let from = 0; from < SPACE; from += 70) await crawl(from, Math.min(70, SPACE - from));
    // What is left is not enough for so many; one by one it is used up.
    for (let from = SPACE - 40; from < SPACE; from++) await crawl(from, 1);
    const reached = found.size / customers.length;
    await annotate(`crawler: ${found.size} of ${customers.length} customers for a quota of ${QUOTA} in a space of ${SPACE}`);
    expect(tried.size).toBe(QUOTA);
    expect(refused).toBeGreaterThan(0);
    // One in ten of what was tried, and nothing beyond.
    expect(reached).toBeLessThanOrEqual(QUOTA / SPACE + 0.01);
    expect(found.size).toBe(QUOTA / 10);
  });
});
