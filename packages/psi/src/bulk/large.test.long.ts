import { describe, expect, it } from 'vitest';
import { CONTEXT, right } from './bulk.test.run.ts';
import { type BulkIds, openBulkReceiver, openBulkSender } from './index.ts';

/** Names of 1 to 12 characters. */
const names = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => (from + i).toString(36));
const pack = (list: readonly string[]): BulkIds => {
  const offsets = new Uint32Array(list.length + 1);
  for (const [i, name] of list.entries()) offsets[i + 1] = offsets[i]! + name.length;
  return { data: Buffer.from(list.join(''), 'latin1'), offsets };
};

describe('a bulk match of large sets', () => {
  it.each([
    [2 ** 20, 2 ** 20],
    [2 ** 20, 1000],
    [1000, 2 ** 20],
    [2 ** 22, 2 ** 21],
  ])('of %i against %i equals that of a Set', async (nx, ny) => {
    const [x, y] = [names(0, nx), names(Math.floor(nx / 2), Math.floor(nx / 2) + ny)];
    const receiver = right(await openBulkReceiver({ ids: pack(x), context: CONTEXT }));
    const sender = right(await openBulkSender({ ids: pack(y), context: CONTEXT }));
    let message: Uint8Array | undefined;
    let matches: Uint32Array | undefined;
    while (matches === undefined) {
      const turn = right(await receiver.step(message));
      matches = turn.matches;
      if (turn.message !== undefined) message = right(await sender.step(turn.message)).message;
    }
    const set = new Set(y);
    expect([...matches]).toEqual(x.flatMap((name, i) => (set.has(name) ? [i] : [])));
  });
});
