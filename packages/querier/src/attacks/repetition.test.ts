import { E, equalBytes } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { PURPOSE, raw, SCHEME, unwrap } from '../federation.test.fixture.ts';
import { aggregate, granted, openAttacker, person, range, rowsOf, totalOf } from './attacker.test.fixture.ts';

const tables = { ant: range(0, 100).map((id) => person(id)), bee: range(0, 100).map((id) => person(id)) };
const cohort = range(0, 100);

describe('repetition', () => {
  it('averages nothing out: the same query gets the same bytes a thousand times and pays once', async ({ annotate }) => {
    const { querier, asked, send } = await openAttacker({ tables, policy: granted({ epsilonPerEpoch: 1 }) });
    await aggregate(querier, { cohort: cohort.slice(0, 30), epsilon: 1 });
    const query = asked();
    const first = await send('ant', query);
    let different = 0;
    for (let i = 1; i < 1000; i++) {
      const again = await send('ant', query);
      if (
        !equalBytes(rowsOf(again), rowsOf(first)) ||
        !('body' in first && 'body' in again && equalBytes(again.body, first.body))
      )
        different++;
    }
    await annotate(`averaging by repetition: 1,000 replies, ${different} of them different from the first`);
    expect(different).toBe(0);
    // Everything is spent, by one debit.
    const quote = {
      scheme: SCHEME,
      purpose: PURPOSE,
      columns: ['present'],
      cohortSize: 100,
      kind: 'aggregate',
      epsilon: 1,
    } as const;
    expect(unwrap(await querier.quote(quote)()).holders[0]).toMatchObject({ quote: { remaining: { num: 0n } } });
  });

  it('with fresh noise is paid for each time: ten answers for a budget of ten, then none', async ({ annotate }) => {
    const { querier } = await openAttacker({ tables, policy: granted({ epsilonPerEpoch: 10 }) });
    const totals: number[] = [];
    let refused = 0;
    for (let repeat = 0; repeat < 14; repeat++) {
      const one = await querier.aggregate({
        scheme: SCHEME,
        purpose: PURPOSE,
        cohort: cohort.map(raw),
        columns: ['present'],
        epsilon: 1,
        repeat,
      })();
      if (E.isRight(one)) totals.push(totalOf(one.right));
      else {
        expect(one.left).toMatchObject({ holders: [{ fault: { problem: 'BudgetSpent', status: 429 } }, {}] });
        refused++;
      }
    }
    await annotate(`repetition for money: ${totals.length} answers, ${refused} refused`);
    expect([totals.length, refused]).toEqual([10, 4]);
    // Nobody was suppressed (but for a chance of 1 in 3,000 each): ten independent draws of two holders' noise are not all the same but for a chance below 10^-3.
    expect(new Set(totals).size).toBeGreaterThan(1);
  });
});

describe('somebody else', () => {
  it('cannot spend a bureau’s budget, nor get its answers, with its query replayed under a new nonce', async () => {
    const policy = granted({ epsilonPerEpoch: 5, bureaus: ['bureau', 'other-bureau'] });
    const { querier, asked, send, federation } = await openAttacker({ tables, policy });
    await aggregate(querier, { cohort, epsilon: 1 });
    const query = asked();
    const remaining = async () =>
      unwrap(
        await querier.quote({
          scheme: SCHEME,
          purpose: PURPOSE,
          columns: ['present'],
          cohortSize: 100,
          kind: 'aggregate',
          epsilon: 1,
        })(),
      ).holders.map((one) => ('quote' in one ? one.quote.remaining.num : one.refused));
    expect(await remaining()).toEqual([4n, 4n]);
    // It has no table here.
    expect(await send('ant', query, 'other-bureau')).toMatchObject({ status: 409 });
    // Nor when it has one: the terms name another bureau, or another's join key.
    const other = await federation.openQuerier({ id: 'other-bureau' });
    unwrap(await other.sync()());
    const unpaid = { ...query, envelope: { ...query.envelope, repeat: 1 } };
    for (const stolen of [query, unpaid, { ...query, envelope: { ...query.envelope, bureau: 'other-bureau' } }])
      expect(await send('ant', stolen, 'other-bureau')).toMatchObject({ status: 409, problem: 'OutOfStep' });
    // No member of another role, and no stranger.
    for (const member of ['auditor', 'bee', 'stranger']) expect((await send('ant', unpaid, member)).status).toBeGreaterThan(400);
    expect(await remaining()).toEqual([4n, 4n]);
    // Its own queries are its own debt.
    await aggregate(other, { cohort, epsilon: 3 });
    expect(await remaining()).toEqual([4n, 4n]);
  });
});
