import { E } from '@vouchsafe/core';
import { createGroup } from '@vouchsafe/group';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { CONTEXT, range, right, runBulk, type Sent } from './bulk.test.run.ts';
import { bulkParameters, openBulkReceiver, openBulkSender } from './index.ts';
import { type BulkMessageName, TAGS } from './messages.ts';
import { treesBytes } from './trees.ts';

const [x, y] = [range(0, 300), range(150, 450)];
const flip = (message: Uint8Array, bit: number): Uint8Array => {
  const out = message.slice();
  out[1 + (bit >> 3)]! ^= 1 << (bit & 7);
  return out;
};
const on =
  (name: BulkMessageName, change: (message: Uint8Array) => Uint8Array) =>
  (sent: Sent): Uint8Array =>
    sent.name === name ? change(sent.message) : sent.message;
const NAMES = Object.keys(TAGS) as BulkMessageName[];
const masksLeft = (sent: readonly Sent[]): boolean => sent.some(({ name }) => name === 'masks');

describe('the attack that reads Δ from flipped corrections', () => {
  // One bit a (column, probe id), as the receiver of a form without check would to read Δ nibble by nibble and then the whole of Y by dictionary.
  const { columns, places, dense, groups } = bulkParameters({ nx: 300, ny: 300 });
  const rowBytes = groups[0]!.rows / 8;

  it.each([1, 4, 10])('aborts before any mask leaves, with %i probes a column', async (probes) => {
    const attack = (message: Uint8Array): Uint8Array => {
      const out = message.slice();
      for (let i = 0; i < columns; i++)
        for (let probe = 0; probe < probes; probe++) {
          const row = (i * probes + probe) % (places + dense);
          out[1 + i * rowBytes + (row >> 3)]! ^= 1 << (row & 7);
        }
      return out;
    };
    const { error, of, sent } = await runBulk({ x, y, tamper: on('group', attack) });
    expect(of).toBe('sender');
    expect(error?._tag).toBe('BulkCheckFailed');
    expect(masksLeft(sent)).toBe(false);
  });

  it('passes the check with one flipped column in one of 16, and with two hardly ever', async () => {
    const rate = async (flipped: number, rounds: number): Promise<number> => {
      let passed = 0;
      for (let round = 0; round < rounds; round++) {
        const row = 8 * ((37 * round) % Math.floor(places / 8));
        const tamper = on('group', (message) => {
          let out = message;
          for (let i = 0; i < flipped; i++) out = flip(out, 8 * ((7 * i + round) % columns) * rowBytes + row);
          return out;
        });
        const { error, sent } = await runBulk({
          x: range(0, 3),
          y: range(0, 3),
          tamper,
          rng: seededRng(`flip ${flipped} ${round}`),
        });
        expect(error === undefined || error._tag === 'BulkCheckFailed').toBe(true);
        expect(masksLeft(sent)).toBe(error === undefined);
        if (error === undefined) passed++;
      }
      return passed;
    };
    // 64 × 1/16 = 4 ± 2, of fixed random choices.
    const one = await rate(1, 64);
    expect(one).toBeGreaterThanOrEqual(1);
    expect(one).toBeLessThanOrEqual(10);
    expect(await rate(2, 20)).toBeLessThanOrEqual(1);
    expect(await rate(6, 10)).toBe(0);
  }, 120_000);
});

describe('messages that are not those of an honest party', () => {
  it.each(NAMES)('a %s cut off, too long, of another kind or empty ends the session with a typed error', async (name) => {
    const faults: readonly [(message: Uint8Array) => Uint8Array, readonly string[]][] = [
      [(message) => message.subarray(0, -1), ['size']],
      [(message) => Buffer.concat([message, Uint8Array.of(0)]), ['size']],
      [(message) => Buffer.concat([Uint8Array.of((message[0]! % 9) + 1), message.subarray(1)]), ['tag']],
      [() => new Uint8Array(0), ['tag']],
      [() => Uint8Array.of(0xff), ['tag']],
    ];
    for (const [change, expected] of faults) {
      const { error, sent } = await runBulk({ x, y, tamper: on(name, change) });
      expect(error?._tag).toBe('BadBulkMessage');
      expect(expected).toContain((error as { fault: string }).fault);
      if (name !== 'masks') expect(masksLeft(sent)).toBe(false);
    }
  });

  it.each(NAMES)('a flipped bit in a %s is never a wrong answer that looks like a right one', async (name) => {
    for (const bit of [3, 8, 44, 300]) {
      const { error, matches, sent } = await runBulk({
        x,
        y,
        tamper: on(name, (message) => flip(message, bit % (8 * (message.length - 1)))),
      });
      if (name === 'masks') {
        // Nothing covers the masks but the channel: one is lost at most, or the order is broken.
        if (error === undefined) expect(matches!.length).toBeGreaterThanOrEqual(149);
        else expect(error).toMatchObject({ _tag: 'BadBulkMessage', fault: 'order' });
        continue;
      }
      if (error === undefined) {
        // A flip in one code column passes where Δ_i is zero, and in a correction that the sender does not read: then it changes nothing.
        expect(['group', 'trees']).toContain(name);
        expect(matches).toHaveLength(150);
        continue;
      }
      expect(['BadBulkMessage', 'BulkCheckFailed', 'BulkSetSize']).toContain(error._tag);
      expect(masksLeft(sent)).toBe(false);
    }
  });

  it('another version, another nonce than was committed to, and a value out of range are named', async () => {
    const set = (at: number, to: number) => (message: Uint8Array) => {
      const out = message.slice();
      out[at] = to;
      return out;
    };
    const fault = async (name: BulkMessageName, change: (message: Uint8Array) => Uint8Array): Promise<unknown> =>
      (await runBulk({ x, y, tamper: on(name, change) })).error;
    expect(await fault('hello', set(1, 2))).toMatchObject({ fault: 'version' });
    expect(await fault('welcome', set(1, 2))).toMatchObject({ fault: 'version' });
    expect(await fault('open', (message) => flip(message, 5))).toMatchObject({ fault: 'commitment' });
    expect(await fault('answer', set(8, 0xff))).toMatchObject({ fault: 'value' });
    expect(await fault('hello', set(2, 0xff))).toMatchObject({ _tag: 'BulkSetSize' });
    expect(await fault('welcome', set(2, 0xff))).toMatchObject({ _tag: 'BulkSetSize' });
    const nobody = (message: Uint8Array): Uint8Array => message.slice().fill(0, 2, 6);
    expect(await fault('hello', nobody)).toMatchObject({ _tag: 'BulkSetSize', size: 0 });
  });

  it('points that are none, or the identity, are refused on both sides before a scalar touches them', async () => {
    const group = createGroup();
    for (const bad of [new Uint8Array(32), new Uint8Array(32).fill(0xff)]) {
      const first = await runBulk({
        x,
        y,
        group,
        tamper: on('open', (message) => {
          const out = message.slice();
          out.set(bad, 33);
          return out;
        }),
      });
      expect(first).toMatchObject({ of: 'sender', error: { fault: 'element' } });
      const second = await runBulk({
        x,
        y,
        group,
        tamper: on('transfers', (message) => {
          const out = message.slice();
          out.set(bad, 1 + 64 * 17);
          return out;
        }),
      });
      expect(second).toMatchObject({ of: 'receiver', error: { fault: 'element' } });
    }
  });

  it('a replayed message of an earlier session, or one that comes twice, ends the session', async () => {
    const earlier = new Map((await runBulk({ x, y })).sent.map(({ name, message }) => [name, message]));
    for (const name of ['open', 'transfers', 'trees', 'group', 'answer'] as const) {
      const { error, sent } = await runBulk({ x, y, tamper: on(name, () => earlier.get(name)!) });
      expect(['BadBulkMessage', 'BulkCheckFailed']).toContain(error?._tag);
      expect(masksLeft(sent)).toBe(false);
    }
    const sender = right(await openBulkSender({ ids: y, context: CONTEXT }));
    const receiver = right(await openBulkReceiver({ ids: x, context: CONTEXT }));
    const hello = right(await receiver.step()).message!;
    expect(E.isRight(await sender.step(hello))).toBe(true);
    expect(await sender.step(hello)).toMatchObject({ left: { _tag: 'BadBulkMessage', fault: 'tag' } });
    receiver.close();
  });

  it('old masks match nothing', async () => {
    const earlier = (await runBulk({ x, y })).sent.at(-1)!.message;
    const { matches } = await runBulk({ x, y, tamper: on('masks', () => earlier) });
    expect(matches).toEqual([]);
  });

  it('a tree whose check fails aborts with the receiver check, not before', async () => {
    const { columns } = bulkParameters({ nx: 300, ny: 300 });
    // The digest of the trees: the last 32 bytes.
    const { error, sent } = await runBulk({
      x,
      y,
      tamper: on('trees', (message) => flip(message, 8 * (treesBytes(columns) - 1))),
    });
    expect(error?._tag).toBe('BulkCheckFailed');
    expect(sent.map(({ name }) => name)).toContain('answer');
    expect(masksLeft(sent)).toBe(false);
  });
});
