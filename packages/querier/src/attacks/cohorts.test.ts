import { concatBytes, E } from '@vouchsafe/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Asked,
  type Attacker,
  aggregate,
  elementsOf,
  openAttacker,
  person,
  range,
  rowsOf,
} from './attacker.test.fixture.ts';

describe('cohorts that are no cohort', () => {
  let attacker: Attacker;
  let query: Asked;

  beforeAll(async () => {
    const people = range(0, 60).map((id) => person(id));
    attacker = await openAttacker({ tables: { ant: people, bee: people } });
    await aggregate(attacker.querier, { cohort: range(0, 50), epsilon: 1e9 });
    query = attacker.asked();
  });

  const again = (rows: readonly Uint8Array[], repeat: number): Asked => ({
    envelope: { ...query.envelope, repeat },
    rows: concatBytes(...rows),
  });

  it('a subject listed twice, or out of order, is refused: it could be told from the total', async () => {
    const all = elementsOf(query.rows);
    const [first, second, ...others] = all;
    const twice = again([first!, first!, ...others], 1);
    const manyTimes = again(
      Array.from({ length: 30 }, () => first!),
      1,
    );
    const swapped = again([second!, first!, ...others], 1);
    for (const forged of [twice, manyTimes, swapped])
      for (const holder of ['ant', 'bee'])
        expect(await attacker.send(holder, forged)).toMatchObject({ status: 400, problem: 'BadCohort' });
    // The order alone was wrong.
    expect(await attacker.send('ant', again(all, 1))).toMatchObject({ status: 200 });
  });

  it('the identity, or bytes that are no element, in place of a subject are refused', async () => {
    const [, ...others] = elementsOf(query.rows);
    for (const [forged, problem] of [
      [[new Uint8Array(32), ...others], 'BadElement'],
      [[...others, new Uint8Array(32).fill(255)], 'BadElement'],
    ] as const)
      expect(await attacker.send('ant', again(forged, 1))).toMatchObject({ status: 400, problem });
  });

  it('different cohorts to different holders give no figure, nor does one holder’s answer alone', async () => {
    const all = elementsOf(query.rows);
    const answers = async (ant: Asked, bee: Asked) => ({
      ant: rowsOf(await attacker.send('ant', ant)),
      bee: rowsOf(await attacker.send('bee', bee)),
    });
    // The same to both: the figure, so that what follows fails because of the masks.
    const same = again(all, 2);
    const honest = await answers(same, same);
    expect(await attacker.open(honest)).toEqual(E.right([100]));
    expect(await attacker.open({ ant: honest.ant })).toMatchObject({ left: { _tag: 'NoTotal' } });
    expect(await attacker.open({ bee: honest.bee })).toMatchObject({ left: { _tag: 'NoTotal' } });
    const forged: readonly (readonly [string, Asked, Asked])[] = [
      ['one subject less to one of them', again(all, 3), again(all.slice(1), 3)],
      ['halves', again(all.slice(0, 25), 3), again(all.slice(25), 3)],
      ['another repetition', again(all, 3), again(all, 4)],
      [
        'another epsilon',
        again(all, 5),
        { ...again(all, 5), envelope: { ...query.envelope, repeat: 5, epsilon: { num: 10n ** 8n, den: 1n } } },
      ],
    ];
    for (const [what, ant, bee] of forged)
      expect([what, await attacker.open(await answers(ant, bee))]).toMatchObject([what, { left: { _tag: 'NoTotal' } }]);
  });

  it('a roster of one’s own is refused: rosters {A, B} and {A} would solve for B', async () => {
    const [ant, bee] = query.envelope.roster;
    for (const roster of [[ant!], [bee!], [bee!, ant!], [ant!, bee!, { ...bee!, holder: 'cat' }], []])
      expect(await attacker.send('ant', { ...query, envelope: { ...query.envelope, roster, repeat: 9 } })).toMatchObject({
        status: 409,
        problem: 'OutOfStep',
      });
  });
});
