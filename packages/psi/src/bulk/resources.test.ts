import { bytesToHex } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { range, runBulk } from './bulk.test.run.ts';
import { bulkMemory, bulkParameters } from './index.ts';
import { borrowKernel, returnKernel } from './kernels.ts';

const [x, y] = [range(0, 100), range(50, 150)];

describe('a store that cannot be built', () => {
  it('ends both sessions, and the next attempt draws everything afresh', async () => {
    // One instance only in the pool, so that the receiver gets this one: its store fails whatever the set is.
    const kernel = borrowKernel();
    const other = borrowKernel();
    const run = kernel.run;
    Object.assign(kernel, { run: { ...run, encode: () => -1 } });
    returnKernel(other);
    returnKernel(kernel);
    const failed = await runBulk({ x, y });
    Object.assign(kernel, { run });
    expect(failed).toMatchObject({ of: 'receiver', error: { _tag: 'BulkBadLuck' } });
    expect(failed.sent.some(({ name }) => name === 'group')).toBe(false);
    expect(await failed.receiver.step()).toMatchObject({ left: { _tag: 'BulkOver' } });
    expect(await failed.sender.step()).toMatchObject({ left: { _tag: 'BulkOver' } });

    const again = await runBulk({ x, y });
    expect(again.matches).toHaveLength(50);
    // No nonce, element, tree or correction of the first attempt is used again: every message is another one.
    const before = new Set(failed.sent.map(({ message }) => bytesToHex(message)));
    for (const { message } of again.sent) expect(before.has(bytesToHex(message))).toBe(false);
    const parts = (ended: typeof again, name: string): string[] => {
      const { message } = ended.sent.find((sent) => sent.name === name)!;
      return Array.from({ length: Math.floor((message.length - 1) / 16) }, (_, i) =>
        bytesToHex(message.subarray(1 + 16 * i, 17 + 16 * i)),
      );
    };
    for (const name of ['open', 'transfers', 'trees']) {
      const old = new Set(parts(failed, name));
      expect(
        parts(again, name).filter((part) => old.has(part)),
        name,
      ).toEqual([]);
    }
  });
});

describe('the memory of a session', () => {
  it.each([1000, 60_000])(
    'of %i against as many is some 100 bytes an element above what does not grow, and is empty afterwards',
    async (n) => {
      const [one, two] = [borrowKernel(), borrowKernel()];
      expect((await runBulk({ x: range(0, n), y: range(0, n) })).matches).toHaveLength(n);
      // The pool had none left: these two were made for the run.
      for (const kernel of [borrowKernel(), borrowKernel()]) {
        expect(kernel.size).toBeLessThan(12e6 + 60 * n + 100 * Math.min(n * 1.4, 110_000));
        // What a host counts with.
        expect(kernel.size).toBeLessThan(bulkMemory(bulkParameters({ nx: n, ny: n }), n));
        expect(kernel.bytes.every((byte) => byte === 0)).toBe(true);
        returnKernel(kernel);
      }
      returnKernel(one);
      returnKernel(two);
    },
  );
});
