import { setTimeout } from 'node:timers/promises';
import { E, utf8ToBytes } from '@vouchsafe/core';
import { bulkTranscript } from '@vouchsafe/protocol';
import { bulkParameters, openBulkSender, packIds } from '@vouchsafe/psi/bulk';
import { describe, expect, it } from 'vitest';
import { BULK_LIMITS, createBulkSessions, type OpenBulk } from './bulk-sessions.ts';

const parameters = bulkParameters({ nx: 1, ny: 1 });
const openOf = async (bureau: string, epoch = 7): Promise<OpenBulk> => {
  const session = await openBulkSender({ ids: packIds([utf8ToBytes('a')]), context: utf8ToBytes('test') });
  if (E.isLeft(session)) throw new Error(session.left.message);
  return {
    ...{ bureau, parameters, ref: { epoch, scheme: 'cn-rid' }, session: session.right, transcript: bulkTranscript() },
    ...{ next: 0, waiting: 0, last: Promise.resolve(E.right({ state: 'open' as const })), masks: new Uint8Array(3) },
  };
};
const isOver = async ({ session }: OpenBulk): Promise<boolean> => {
  const turn = await session.step(new Uint8Array(1));
  return E.isLeft(turn) && turn.left._tag === 'BulkOver';
};
const place = (sessions: ReturnType<typeof createBulkSessions>, bureau: string, bytes = 10) => {
  const claimed = sessions.reserve({ bureau, bytes });
  if (E.isLeft(claimed)) throw new Error(claimed.left._tag);
  return claimed.right;
};

describe('sessions of bulk matches', () => {
  it('are capped in number, in all and for each bureau, from before they begin until they end', async () => {
    const sessions = createBulkSessions({ ...BULK_LIMITS, sessions: 3, sessionsEach: 2 });
    const first = place(sessions, 'one');
    const open = await openOf('one');
    first.fill(open);
    place(sessions, 'one');
    expect(sessions.reserve({ bureau: 'one', bytes: 1 })).toMatchObject({ left: { _tag: 'TooManySessions', retryAfter: 10 } });
    const third = place(sessions, 'two');
    expect(sessions.reserve({ bureau: 'three', bytes: 1 })).toMatchObject({ left: { _tag: 'TooManySessions' } });
    third.release();
    place(sessions, 'three');
    sessions.end(open);
    expect([await isOver(open), open.masks]).toEqual([true, undefined]);
    place(sessions, 'one');
  });

  it('are capped in memory; one that would never fit is told so', () => {
    const sessions = createBulkSessions({ ...BULK_LIMITS, bytes: 100 });
    expect(sessions.reserve({ bureau: 'one', bytes: 101 })).toMatchObject({
      left: { message: expect.stringContaining('fewer') },
    });
    place(sessions, 'one', 60);
    expect(sessions.reserve({ bureau: 'two', bytes: 41 })).toMatchObject({
      left: { message: expect.stringContaining('under way') },
    });
    place(sessions, 'two', 40);
  });

  it('end when nobody speaks, and not while somebody is served', async () => {
    const sessions = createBulkSessions({ ...BULK_LIMITS, idleMs: 40 });
    const open = await openOf('one');
    const name = place(sessions, 'one').fill(open);
    const served = await sessions.with({ bureau: 'one', name }, async () => {
      await setTimeout(120);
      return E.right('served');
    });
    expect(served).toEqual(E.right('served'));
    expect(await sessions.with({ bureau: 'two', name }, async () => E.right(0))).toMatchObject({
      left: { _tag: 'BulkSessionLost' },
    });
    expect(E.isRight(await sessions.with({ bureau: 'one', name }, async () => E.right(0)))).toBe(true);
    await setTimeout(120);
    expect(await sessions.with({ bureau: 'one', name }, async () => E.right(0))).toMatchObject({
      left: { _tag: 'BulkSessionLost' },
    });
    expect(await isOver(open)).toBe(true);
  });

  it('end after their time, whatever is asked of them', async () => {
    const sessions = createBulkSessions({ ...BULK_LIMITS, lifeMs: 60 });
    const open = await openOf('one');
    const name = place(sessions, 'one').fill(open);
    for (let i = 0; i < 6; i++) {
      await setTimeout(20);
      await sessions.with({ bureau: 'one', name }, async () => E.right(0));
    }
    expect(await isOver(open)).toBe(true);
  });

  it('end with their epoch, and with the holder, also those that were not there yet', async () => {
    const sessions = createBulkSessions(BULK_LIMITS);
    const [old, live, late] = [await openOf('one', 7), await openOf('two', 8), await openOf('three', 8)];
    for (const open of [old, live]) place(sessions, open.bureau).fill(open);
    sessions.keepOnly([8]);
    expect(await isOver(old)).toBe(true);
    const claimed = place(sessions, 'three');
    sessions.close();
    expect(await isOver(live)).toBe(true);
    const name = claimed.fill(late);
    expect(await isOver(late)).toBe(true);
    expect(await sessions.with({ bureau: 'three', name }, async () => E.right(0))).toMatchObject({
      left: { _tag: 'BulkSessionLost' },
    });
  });
});
