import { bytesToHex, concatBytes, E, utf8ToBytes } from '@vouchsafe/core';
import { createGroup } from '@vouchsafe/group';
import { createDice, seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { CONTEXT, idsOf, range, right, runBulk, type Sent } from './bulk.test.run.ts';
import { bulkParameters, openBulkReceiver, openBulkSender, packIds, transcriptBytes } from './index.ts';

const group = createGroup();

/** First numbers of x's elements that are in y. */
const plain = (x: readonly string[], y: readonly string[]): number[] => {
  const [theirs, seen] = [new Set(y), new Set<string>()];
  return x.flatMap((id, i) => {
    const first = !seen.has(id);
    seen.add(id);
    return first && theirs.has(id) ? [i] : [];
  });
};

const RUNS = 300;

describe('a bulk match', () => {
  it('over the real group finds what both have', async () => {
    const { matches, sent } = await runBulk({ x: range(0, 3000), y: range(2000, 4500), group });
    expect(matches).toEqual(Array.from({ length: 1000 }, (_, i) => 2000 + i));
    expect(sent.map(({ name }) => name)).toEqual([
      'hello',
      'welcome',
      'open',
      'transfers',
      'trees',
      'group',
      'challenge',
      'answer',
      'masks',
    ]);
  });

  it(`equals the plain intersection in ${RUNS} random runs: sizes, overlaps, lengths and duplicates`, async () => {
    const dice = createDice('bulk runs');
    const fraction = (): number => dice.below(2 ** 20) / 2 ** 20;
    const size = (): number => 1 + Math.floor(fraction() ** 12 * 20_000);
    for (let round = 0; round < RUNS; round++) {
      const [nx, ny] = [size(), size()];
      const universe = Math.ceil(Math.max(nx, ny) * (0.5 + 3 * fraction()));
      const long = round % 3 === 0;
      // Lengths up to 200 bytes; the same number always has the same length.
      const name = (i: number): string => (long ? `${i}-`.padEnd(1 + ((i * 7919) % 200), 'é').slice(0, 100) : `id ${i}`);
      const pick = (n: number): string[] => Array.from({ length: n }, () => name(Math.floor(fraction() * universe)));
      const [x, y] = [pick(nx), pick(ny)];
      const { matches, error } = await runBulk({ x: idsOf(x), y: idsOf(y) });
      expect(error).toBeUndefined();
      expect(matches).toEqual(plain(x, y));
    }
  }, 300_000);

  it('takes messages as sockets give them: views into larger buffers', async () => {
    const tamper = ({ message }: Sent): Uint8Array => Buffer.concat([Buffer.alloc(3), message]).subarray(3);
    expect((await runBulk({ x: range(0, 100), y: range(50, 150), tamper })).matches).toHaveLength(50);
  });

  it.each([
    ['one each, equal', range(0, 1), range(0, 1), 1],
    ['one each, different', range(0, 1), range(1, 2), 0],
    ['one against many', range(7, 8), range(0, 9000), 1],
    ['many against one', range(0, 9000), range(7, 8), 1],
    ['disjoint', range(0, 2000), range(2000, 4000), 0],
    ['equal', range(0, 2000), range(0, 2000), 2000],
    ['all duplicates of one', idsOf(new Array(500).fill('x')), idsOf(new Array(300).fill('x')), 1],
    ['the empty identifier', packIds([new Uint8Array(0), new Uint8Array(1)]), packIds([new Uint8Array(0)]), 1],
    [
      'identifiers longer than a chunk',
      packIds([new Uint8Array(1024), new Uint8Array(1025), new Uint8Array(5000)]),
      packIds([new Uint8Array(1025), new Uint8Array(5000)]),
      2,
    ],
    // Several bins, and a group of rows that is not full.
    ['more than a bin', range(0, 45_000), range(44_000, 46_000), 1000],
  ])('of %s', async (_, x, y, count) => {
    const { matches } = await runBulk({ x, y });
    expect(matches).toHaveLength(count);
  });

  it('fills sets up to the agreed size, and the added elements match nothing', async () => {
    const { matches, sent } = await runBulk({ x: range(0, 10), y: range(5, 25), padTo: 500 });
    expect(matches).toEqual([5, 6, 7, 8, 9]);
    expect(sent.reduce((sum, { message }) => sum + message.length, 0)).toBe(
      transcriptBytes(bulkParameters({ nx: 500, ny: 500 })),
    );
  });

  it('does not take an empty set, a set above the limit, or sides that mean different matches', async () => {
    for (const open of [openBulkReceiver, openBulkSender])
      expect(await open({ ids: packIds([]), context: CONTEXT })).toMatchObject({ left: { _tag: 'BulkSetSize', size: 0 } });
    const sender = right(await openBulkSender({ ids: range(0, 5), context: CONTEXT, limit: 99 }));
    const receiver = right(await openBulkReceiver({ ids: range(0, 100), context: CONTEXT }));
    const { message } = right(await receiver.step());
    expect(await sender.step(message)).toMatchObject({ left: { _tag: 'BulkSetSize', size: 100, limit: 99 } });
    receiver.close();
    const other = await runBulk({ x: range(0, 5), y: range(0, 5), contexts: [CONTEXT, utf8ToBytes('another purpose')] });
    expect(other).toMatchObject({ of: 'sender', error: { _tag: 'BulkCheckFailed' } });
  });
});

describe('what a transcript shows', () => {
  it.each([
    [1, 1],
    [100, 5000],
    [41_000, 10],
  ])('has a length that follows from nx = %i and ny = %i, whatever the sets are', async (nx, ny) => {
    const runs = [
      await runBulk({ x: range(0, nx), y: range(0, ny) }),
      await runBulk({ x: range(10 ** 6, 10 ** 6 + nx), y: range(0, ny) }),
    ];
    const lengths = runs.map(({ sent }) => sent.map(({ name, message }) => [name, message.length]));
    expect(lengths[0]).toEqual(lengths[1]);
    expect(lengths[0]!.reduce((sum, [, length]) => sum + (length as number), 0)).toBe(
      transcriptBytes(bulkParameters({ nx, ny })),
    );
  });

  it('has the masks once, in ascending order, whatever the order of the sender’s set', async () => {
    const y = Array.from({ length: 400 }, (_, i) => `id-${i}`);
    const masks: Uint8Array[] = [];
    for (const own of [y, [...y].reverse()]) {
      const { sent } = await runBulk({ x: range(0, 50), y: idsOf(own), rng: seededRng('order') });
      const all = sent.filter(({ name }) => name === 'masks');
      expect(all).toHaveLength(1);
      masks.push(all[0]!.message.subarray(1));
    }
    expect(bytesToHex(masks[0]!)).toBe(bytesToHex(masks[1]!));
    const keys = Array.from({ length: 400 }, (_, i) =>
      new DataView(masks[0]!.slice(8 * i, 8 * i + 8).buffer).getBigUint64(0, true),
    );
    expect(keys).toEqual([...keys].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('has unrelated masks, corrections and answers in another session with the same sets', async () => {
    const runs = [await runBulk({ x: range(0, 200), y: range(0, 200) }), await runBulk({ x: range(0, 200), y: range(0, 200) })];
    const [one, two] = runs.map(({ sent }) => {
      const masks = sent.find(({ name }) => name === 'masks')!.message.subarray(1);
      return new Set(Array.from({ length: 200 }, (_, i) => bytesToHex(masks.subarray(8 * i, 8 * i + 8))));
    });
    expect([...one!].filter((mask) => two!.has(mask))).toEqual([]);
    for (const name of ['trees', 'transfers', 'group', 'answer'] as const) {
      const [a, b] = runs.map(({ sent }) => sent.find((each) => each.name === name)!.message.subarray(1));
      // Half of the bits differ.
      const bits = a!.reduce((sum, x, i) => sum + (x ^ b![i]!).toString(2).replaceAll('0', '').length, 0) / (8 * a!.length);
      expect(bits, name).toBeGreaterThan(0.4);
      expect(bits, name).toBeLessThan(0.6);
    }
  });

  it('hides the store in the check: the answer’s values are uniform over runs', async () => {
    const counts = new Uint32Array(64);
    const RUNS_ = 12;
    for (let run = 0; run < RUNS_; run++) {
      const { sent } = await runBulk({ x: range(0, 3), y: range(0, 3), rng: seededRng(`uniform ${run}`) });
      const values = new BigUint64Array(sent.find(({ name }) => name === 'answer')!.message.slice(1, 513).buffer);
      for (const value of values) for (let bit = 0; bit < 64; bit++) counts[bit]! += Number((value >> BigInt(bit)) & 1n);
    }
    const { l } = bulkParameters({ nx: 3, ny: 3 });
    // 768 fair bits, of fixed random choices: 384 ± 14.
    for (let bit = 0; bit < 64; bit++) {
      if (bit >= l) expect(counts[bit]).toBe(0);
      else expect(Math.abs(counts[bit]! - 384)).toBeLessThan(70);
    }
  });
});

describe('a session', () => {
  it('is over after its end, after an error and after close, and gives no second answer', async () => {
    const done = await runBulk({ x: range(0, 20), y: range(0, 20) });
    const answer = done.sent.find(({ name }) => name === 'answer')!.message;
    expect(await done.sender.step(answer)).toMatchObject({ left: { _tag: 'BulkOver' } });
    expect(await done.receiver.step()).toMatchObject({ left: { _tag: 'BulkOver' } });
    const failed = await runBulk({
      x: range(0, 20),
      y: range(0, 20),
      tamper: ({ name, message }) => (name === 'group' ? message.slice(1) : message),
    });
    expect(failed).toMatchObject({ of: 'sender', error: { _tag: 'BadBulkMessage' } });
    expect(await failed.sender.step(concatBytes(failed.sent.at(-1)!.message))).toMatchObject({ left: { _tag: 'BulkOver' } });
    expect(await failed.receiver.step()).toMatchObject({ left: { _tag: 'BulkOver' } });
  });

  it('takes one step after the other', async () => {
    const session = right(await openBulkReceiver({ ids: range(0, 5), context: CONTEXT }));
    const first = session.step();
    await expect(session.step()).rejects.toThrow(RangeError);
    expect(E.isRight(await first)).toBe(true);
    session.close();
  });
});
