import { E } from '@vouchsafe/core';
import { expect, it } from 'vitest';
import { openFederation, type Person, PURPOSE, raw, SCHEME, unwrap } from './federation.test.fixture.ts';

const people = (from: number, to: number): readonly Person[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: from + i, values: { loans: 2, net: 0, late: false, worst: 'none' } }));

it('a holder that closes answers what it has begun, and nothing after that', async () => {
  const errors: unknown[] = [];
  const federation = await openFederation({
    tables: { ant: people(0, 40), bee: people(10, 50) },
    onError: (error) => errors.push(error),
  });
  unwrap(await federation.querier.sync()());
  const cohort = Array.from({ length: 30 }, (_, i) => raw(i));
  const question = { scheme: SCHEME, purpose: PURPOSE, cohort, columns: ['present'], epsilon: 1 };
  const holders = [...federation.holders.values()];
  // Requests reach the holders one after the other: some are under way now, others come too late.
  const asked = [1, 2, 3].map((repeat) => federation.querier.aggregate({ ...question, repeat })());
  while (holders.length > 0) await holders.pop()!.close();
  for (const answer of await Promise.all(asked)) if (E.isLeft(answer)) expect(answer.left._tag).toBe('HoldersFailed');
  const late = await federation.querier.aggregate({ ...question, repeat: 9 })();
  expect(late).toMatchObject({ left: { _tag: 'HoldersFailed' } });
  // No request met a secret that was wiped, or a store that was closed.
  expect(errors).toEqual([]);
});
