import { utf8ToBytes } from '@vouchsafe/core';
import { ROUTES } from '@vouchsafe/protocol';
import { bulkParameters } from '@vouchsafe/psi/bulk';
import { describe, expect, it } from 'vitest';
import { accepting, byHand, frameOf, matchesIn, people } from './bulk-match.test.fixture.ts';
import { openFederation, SCHEME } from './federation.test.fixture.ts';

const ids = Array.from({ length: 60 }, (_, i) => utf8ToBytes(`someone ${i}`));
const { bound, columns, groups, places } = bulkParameters({ nx: 60, ny: 32 });
/** The last step, after open, trees and one group. */
const ANSWER = groups.length + 2;

describe('a hostile querier of a bulk match', async () => {
  const federation = await openFederation({
    tables: { ant: people(0, 30), bee: [] },
    policies: { ant: accepting(3 * bound) },
  });
  const matches = () => matchesIn(federation, 'ant');
  const open = () => byHand(federation, 'ant', ids);
  const end = (name: Uint8Array) =>
    federation.send('ant', ROUTES.bulkEnd, { method: 'POST', body: new Uint8Array(frameEnd(name)) });
  const frameEnd = (name: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from('a167', 'hex'), Buffer.from('session'), Buffer.from([0x50]), name]);

  it('that sends messages out of their order is told which comes next; the session goes on', async () => {
    const { send, upTo, name } = await open();
    const first = await upTo(0);
    expect(await send(1, first)).toMatchObject({ status: 409, tag: 'OutOfTurn' });
    expect(await send(ANSWER, new Uint8Array(1537))).toMatchObject({ status: 409, tag: 'OutOfTurn' });
    expect(await send(0, first)).toMatchObject({ status: 200 });
    expect(await send(0, first)).toMatchObject({ status: 409, tag: 'OutOfTurn' });
    expect((await end(name)).status).toBe(200);
  });

  it('that asks for masks before it may have any, or after it ended the session, gets none', async () => {
    const { page, upTo, send, name } = await open();
    const answer = await upTo(ANSWER);
    expect(await page(0)).toMatchObject({ status: 409, tag: 'OutOfTurn' });
    expect((await end(name)).status).toBe(200);
    expect(await send(ANSWER, answer)).toMatchObject({ status: 410, tag: 'BulkSessionLost' });
    expect(await page(0)).toMatchObject({ status: 410, tag: 'BulkSessionLost' });
    expect(await matches()).toEqual([]);
  });

  it.each([
    [0, (m: Uint8Array) => m.subarray(0, m.length - 1)],
    [0, (m: Uint8Array) => Uint8Array.from(m, (byte, i) => (i > 32 ? 255 : byte))],
    [1, (m: Uint8Array) => Uint8Array.from([...m, 0])],
    [2, (m: Uint8Array) => m.subarray(0, 1)],
    [2, () => new Uint8Array(0)],
    [ANSWER, (m: Uint8Array) => Uint8Array.from(m, (byte, i) => (i === 0 ? 9 : byte))],
  ])('whose message of step %i has another length, tag or content ends its session by an error of its own', async (at, spoil) => {
    const { send, upTo } = await open();
    const spoilt = spoil(await upTo(at));
    const first = await send(at, spoilt);
    // What needs no answer is told with the next step.
    const told = first.status === 200 ? await send(at + 1, spoilt) : first;
    expect(told).toMatchObject({ status: 400, tag: 'BadBulkMessage' });
    expect(await send(at + 1, spoilt)).toMatchObject({ status: 410, tag: 'BulkSessionLost' });
    expect(await matches()).toEqual([]);
  });

  it('that says it has nobody, too many, or another version is refused before a session is opened', async () => {
    const hello = (size: number, version = 1): Uint8Array<ArrayBuffer> => {
      const message = new Uint8Array(38);
      message.set([1, version]);
      new DataView(message.buffer).setUint32(2, size);
      return frameOf({ epoch: 7, scheme: SCHEME }, message);
    };
    const statusOf = async (body: Uint8Array<ArrayBuffer>): Promise<number> =>
      (await federation.send('ant', ROUTES.bulkOpen, { method: 'POST', body })).status;
    expect(await statusOf(hello(0))).toBe(413);
    expect(await statusOf(hello(2 ** 24 + 1))).toBe(413);
    expect(await statusOf(hello(2 ** 24))).toBe(429);
    expect(await statusOf(hello(60, 2))).toBe(400);
    expect(await statusOf(frameOf({ epoch: 7, scheme: SCHEME }, new Uint8Array(9 * 2 ** 20)))).toBe(413);
    expect(await statusOf(frameOf({ epoch: 6, scheme: SCHEME }, new Uint8Array(38)))).toBe(409);
    expect(await statusOf(frameOf({ epoch: 7, scheme: 'e164' }, new Uint8Array(38)))).toBe(404);
  });

  it('that sends a signed request again gets nothing for it', async () => {
    const { upTo, name } = await open();
    const body = frameOf({ session: name, step: 0 }, await upTo(0));
    const sent: Request[] = [];
    const ant = federation.holders.get('ant')!;
    federation.holders.set('ant', {
      ...ant,
      fetch: (request) => {
        sent.push(request.clone());
        return ant.fetch(request);
      },
    });
    const first = await federation.send('ant', ROUTES.bulkStep, { method: 'POST', body });
    federation.holders.set('ant', ant);
    expect(first.status).toBe(200);
    const again = await ant.fetch(sent[0]!);
    expect([again.status, await again.text()]).toEqual([409, expect.stringContaining('Replayed')]);
    expect((await end(name)).status).toBe(200);
  });

  it('that knows the name of another bureau’s session cannot touch it', async () => {
    const { send, upTo, page, name } = await open();
    const first = await upTo(0);
    expect(await send(0, first, 'other-bureau')).toMatchObject({ status: 410, tag: 'BulkSessionLost' });
    expect(await page(0, 'other-bureau')).toMatchObject({ status: 410, tag: 'BulkSessionLost' });
    expect(await send(0, first)).toMatchObject({ status: 200 });
    expect((await end(name)).status).toBe(200);
  });

  it('cannot keep more sessions open than it may, and is told when to come back', async () => {
    const [one, two] = [await open(), await open()];
    await expect(open()).rejects.toThrow('TooManySessions');
    for (const { name } of [one, two]) expect((await end(name)).status).toBe(200);
    const three = await open();
    expect((await end(three.name)).status).toBe(200);
  });

  it('that flips a bit of each column, to read the key off the masks, pays for the attempt, is logged, and gets no mask', async () => {
    const { send, upTo, session, page } = await open();
    const group = await upTo(2);
    const rowBytes = groups[0]!.rows / 8;
    for (let i = 0; i < columns; i++) group[1 + i * rowBytes + ((i % places) >> 3)]! ^= 1 << (i & 7);
    const challenge = await send(2, group);
    const turn = await session.step(challenge.frame!.rows);
    const answer = turn._tag === 'Right' ? turn.right.message! : new Uint8Array(0);
    expect(await send(ANSWER, answer)).toMatchObject({ status: 422, tag: 'BulkCheckFailed' });
    expect(await page(0)).toMatchObject({ status: 410, tag: 'BulkSessionLost' });
    expect((await matches()).map(({ bulk }) => bulk)).toEqual([{ rows: 32, charged: bound, outcome: 'refused' }]);
    // Two more of them, and the quota is spent.
    for (let i = 0; i < 2; i++) {
      const { upTo: on, send: say } = await open();
      await say(ANSWER, await on(ANSWER));
    }
    await expect(open()).rejects.toThrow('QuotaSpent');
  });
});
