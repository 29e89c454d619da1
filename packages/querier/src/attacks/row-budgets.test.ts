import { encodeCanonical, rational } from '@vouchsafe/core';
import { LogEntries, QuoteRequest, readEnvelope } from '@vouchsafe/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { PURPOSE, SCHEME, unwrap } from '../federation.test.fixture.ts';
import type { Totals } from '../index.ts';
import { type Attacker, aggregate, openAttacker, person, type Reply, range, totalOf } from './attacker.test.fixture.ts';

/** Half of what a row has; so large that there is next to no noise. */
const EPSILON = 2000;

const policy = {
  version: 1,
  minimumCohort: 20,
  queriers: [
    {
      bureau: 'bureau',
      totals: {
        purposes: [PURPOSE],
        columns: ['present', 'late'],
        aggregate: { epsilonPerQuery: EPSILON, epsilonPerEpoch: 1e6, epsilonPerRow: 2 * EPSILON },
      },
    },
  ],
};

describe('rows with budgets of their own', () => {
  let attacker: Attacker;
  let repeat = 0;
  /** A fresh question; only ant knows anybody, so that the total is its own. */
  const ask = (cohort: readonly number[]): Promise<Totals> =>
    aggregate(attacker.querier, { cohort, epsilon: EPSILON, repeat: repeat++ });
  const antSaid = (totals: Totals): number | 'suppressed' => (totals.suppressed.includes('ant') ? 'suppressed' : totalOf(totals));

  beforeAll(async () => {
    attacker = await openAttacker({
      tables: { ant: range(0, 300).map((id) => person(id)), bee: range(1000, 1040).map((id) => person(id)) },
      policy,
    });
  });

  it('are counted as often as they can pay, and are then as if nobody knew them', async () => {
    const cohort = range(0, 30);
    expect([await ask(cohort), await ask(cohort), await ask(cohort)].map(antSaid)).toEqual([30, 30, 'suppressed']);
    // Those who have something left go on counting.
    expect(antSaid(await ask(range(10, 60)))).toBe(30);
    // Half a charge more than half: what is left does not cover it.
    expect(antSaid(await ask(range(30, 60)))).toBe(30);
    expect(antSaid(await ask(range(30, 60)))).toBe('suppressed');
  });

  it('pay once for an answer that is fetched again and again', async () => {
    const cohort = range(60, 90);
    expect(antSaid(await ask(cohort))).toBe(30);
    const again = attacker.asked();
    const first = await attacker.send('ant', again);
    for (let i = 0; i < 10; i++) expect(await attacker.send('ant', again)).toEqual(first);
    expect(antSaid(await ask(cohort))).toBe(30);
    expect(antSaid(await ask(cohort))).toBe('suppressed');
  });

  it('pay for a query that is suppressed, too: else the comparison with the minimum cohort could be repeated for nothing', async () => {
    const few = range(90, 105);
    const strangers = range(2000, 2020);
    for (let i = 0; i < 2; i++) expect(antSaid(await ask([...few, ...strangers]))).toBe('suppressed');
    expect(antSaid(await ask([...few, ...range(105, 135)]))).toBe(30);
  });

  it('do not pay twice for questions that come at once, and none is left out that could pay', async () => {
    const cohort = range(140, 170);
    const all = await Promise.all(Array.from({ length: 8 }, () => ask(cohort)));
    expect(all.map(antSaid).sort()).toEqual([30, 30, ...Array.from({ length: 6 }, () => 'suppressed')]);
  });

  it('tell nobody: answers, quotes and entries of the log look the same for spent rows, fresh rows and strangers', async () => {
    const [spent, fresh, strangers] = [range(0, 30), range(200, 230), range(3000, 3030)];
    const form = async (cohort: readonly number[]): Promise<unknown> => {
      await ask(cohort);
      const reply: Reply = await attacker.send('ant', attacker.asked());
      // A receipt grows with the log.
      return 'rows' in reply ? [reply.status, reply.rows.length, reply.body.length - reply.answer.receipt.length] : reply;
    };
    const forms = [await form(spent), await form(fresh), await form(strangers)];
    expect(forms[0]).toEqual([200, 64, expect.any(Number)]);
    expect(forms[1]).toEqual(forms[0]);
    expect(forms[2]).toEqual(forms[0]);

    const response = await attacker.federation.send('ant', '/v1/log/entries?from=0&count=100', { member: 'auditor' });
    const { entries } = unwrap(readEnvelope(LogEntries, new Uint8Array(await response.arrayBuffer())));
    expect(new Set(entries.slice(-3).map(({ length }) => length)).size).toBe(1);

    const request: QuoteRequest = {
      epoch: 7,
      scheme: SCHEME,
      kind: 'aggregate',
      purpose: PURPOSE,
      columns: ['present'],
      epsilon: rational(EPSILON),
      cohortSize: 30,
    };
    // A quote names no subject, and is about the querier's budget alone.
    expect(await attacker.post('ant', '/v1/quote', encodeCanonical(QuoteRequest.encode(request)))).toMatchObject({ status: 200 });
  });
});
