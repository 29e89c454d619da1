import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { CONTEXT, range, right } from './bulk.test.run.ts';
import {
  bulkSizeOf,
  closeBulkThreads,
  openBulkReceiver,
  openBulkReceiverThread,
  openBulkSender,
  openBulkSenderThread,
  packIds,
  shareIds,
} from './index.ts';

afterAll(closeBulkThreads);

describe('a session on a thread', () => {
  it('finds what one on the caller’s does, and leaves the caller’s loop to the caller', async () => {
    const [ids, theirs] = [range(0, 60_000), range(30_000, 90_000)];
    const shared = shareIds(theirs);
    const receiver = right(await openBulkReceiverThread({ ids, context: CONTEXT }));
    const sender = right(await openBulkSenderThread({ ids: shared, context: CONTEXT }));
    // One was moved to its thread, the other one is in memory of both.
    expect([ids.data.length, ids.offsets.length, shared.data]).toEqual([0, 0, theirs.data]);
    const before = performance.eventLoopUtilization();
    let message: Uint8Array | undefined;
    let matches: Uint32Array | undefined;
    while (matches === undefined) {
      const turn = right(await receiver.step(message));
      matches = turn.matches;
      message = turn.message && right(await sender.step(turn.message)).message;
    }
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
    expect([...matches]).toEqual(Array.from({ length: 30_000 }, (_, i) => 30_000 + i));
    expect([receiver.state, sender.state]).toEqual(['done', 'done']);
    expect(await receiver.step()).toMatchObject({ left: { _tag: 'BulkOver' } });
  });

  it('talks with one on the caller’s, either way', async () => {
    for (const [openReceiver, openSender] of [
      [openBulkReceiverThread, openBulkSender],
      [openBulkReceiver, openBulkSenderThread],
    ] as const) {
      const receiver = right(await openReceiver({ ids: range(0, 10), context: CONTEXT }));
      const sender = right(await openSender({ ids: range(5, 15), context: CONTEXT, padTo: 16 }));
      let message: Uint8Array | undefined;
      let matches: Uint32Array | undefined;
      while (matches === undefined) {
        const turn = right(await receiver.step(message));
        matches = turn.matches;
        message = turn.message && right(await sender.step(turn.message)).message;
      }
      expect([...matches]).toEqual([5, 6, 7, 8, 9]);
    }
  });

  it('takes a set that is one identifier over and over: what grows with a set is outside of the small heap', async () => {
    const n = 1_500_000;
    const ids = { data: new Uint8Array(n).fill(7), offsets: Uint32Array.from({ length: n + 1 }, (_, i) => i) };
    const sender = right(await openBulkSenderThread({ ids, context: CONTEXT }));
    const receiver = right(await openBulkReceiverThread({ ids: packIds([Uint8Array.of(7)]), context: CONTEXT }));
    // Its size is that of a set without duplicates.
    const welcome = right(await sender.step(right(await receiver.step()).message!)).message!;
    expect(bulkSizeOf('welcome', welcome)).toEqual({ _tag: 'Right', right: 1 });
    sender.close();
    receiver.close();
  });

  it('gives its errors as values, and is over then; one step at a time', async () => {
    expect(await openBulkSenderThread({ ids: packIds([]), context: CONTEXT })).toMatchObject({ left: { _tag: 'BulkSetSize' } });
    const sender = right(await openBulkSenderThread({ ids: range(0, 3), context: CONTEXT }));
    const first = sender.step(new Uint8Array(5));
    await expect(sender.step(new Uint8Array(5))).rejects.toThrow(RangeError);
    expect(await first).toMatchObject({ left: { _tag: 'BadBulkMessage', fault: 'tag' } });
    expect(await sender.step(new Uint8Array(5))).toMatchObject({ left: { _tag: 'BulkOver' } });
  });

  it('that is closed, also in the middle of a step, is over, and its thread works for the next one', async () => {
    const receiver = right(await openBulkReceiverThread({ ids: range(0, 3), context: CONTEXT }));
    const going = receiver.step();
    receiver.close();
    expect(await going).toMatchObject({ left: { _tag: 'BulkOver' } });
    const next = right(await openBulkReceiverThread({ ids: range(0, 3), context: CONTEXT }));
    expect(right(await next.step()).state).toBe('welcome');
    next.close();
  });

  it('whose thread breaks off, or does not start, says so', async () => {
    const file = join(tmpdir(), `bulk-thread-${process.pid}.mjs`);
    const program = `
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ tag }) => {
        if (tag === 'step') process.exit(3);
        parentPort.postMessage({ tag: 'turn', turn: { state: 'hello' } });
      });`;
    await writeFile(file, program);
    closeBulkThreads();
    const sender = right(await openBulkSenderThread({ ids: range(0, 3), context: CONTEXT }, pathToFileURL(file)));
    expect(await sender.step(new Uint8Array(38))).toMatchObject({ left: { _tag: 'BulkBroken' } });
    expect(await sender.step(new Uint8Array(38))).toMatchObject({ left: { _tag: 'BulkOver' } });
    const missing = await openBulkSenderThread({ ids: range(0, 3), context: CONTEXT }, new URL('file:///nowhere/thread.mjs'));
    expect(missing).toMatchObject({ left: { _tag: 'BulkBroken' } });
  });
});
