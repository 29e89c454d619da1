import { describe, expect, it } from 'vitest';
import { aggregate, openAttacker, person, range } from './attacker.test.fixture.ts';

/** The first answer of a holder that knows so many of a cohort of 40, as bytes on the wire. */
const firstAnswer = async (knows: number) => {
  const attacker = await openAttacker({
    tables: {
      // As many rows in each: whom it does not know of the cohort is somebody else.
      ant: range(40 - knows, 80 - knows).map((id) => person(id)),
      bee: range(0, 40).map((id) => person(id)),
    },
  });
  const totals = await aggregate(attacker.querier, { cohort: range(0, 40), epsilon: 1e9 });
  const reply = await attacker.send('ant', attacker.asked());
  if (!('rows' in reply)) throw new Error(reply.problem);
  const exchange = attacker.federation.exchanges.findLast(({ holder, route }) => holder === 'ant' && route === '/v1/query')!;
  return {
    marked: totals.suppressed.includes('ant'),
    form: {
      status: reply.status,
      bytes: reply.body.length,
      rows: reply.rows.length,
      receipt: reply.answer.receipt.length,
      sent: exchange.sent,
      received: exchange.received,
    },
    // No element may be one that an empty sum would show: the identity.
    identities: range(0, reply.rows.length / 32).filter((i) =>
      reply.rows.subarray(32 * i, 32 * i + 32).every((byte) => byte === 0),
    ),
  };
};

describe('suppression', () => {
  it('looks the same for a holder that knows nobody and for one that knows few, and has the size of any answer', async () => {
    const [none, few, many] = [await firstAnswer(0), await firstAnswer(15), await firstAnswer(40)];
    expect([none.marked, few.marked, many.marked]).toEqual([true, true, false]);
    expect(few.form).toEqual(none.form);
    // A boolean has one byte, whichever it is.
    expect(many.form).toEqual(none.form);
    for (const one of [none, few, many]) expect(one.identities).toEqual([]);
  });
});
