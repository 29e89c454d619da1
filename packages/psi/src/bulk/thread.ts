import { parentPort } from 'node:worker_threads';
import { E, giveBack } from '@vouchsafe/core';
import { createGroup, type Group } from '@vouchsafe/group';
import { openBulkReceiver } from './receiver.ts';
import { openBulkSender } from './sender.ts';
import type { BulkSession } from './session.ts';
import type { ThreadAnswer, ThreadOrder } from './thread-orders.ts';

// The program of a thread that runs one session after the other. A session's memory stays for the next one, wiped, until the thread ends.

/** This thread's own: threads of a thread would only compete for its core. */
let group: Group | undefined;
let session: BulkSession<string> | undefined;
let going: Promise<unknown> = Promise.resolve();

const buffersOf = (answer: ThreadAnswer): ArrayBuffer[] =>
  answer.tag !== 'turn'
    ? []
    : [answer.turn.message, answer.turn.matches].flatMap((array) => (array ? [array.buffer as ArrayBuffer] : []));

const obey = async (order: ThreadOrder): Promise<ThreadAnswer> => {
  if (order.tag === 'close') {
    session?.close();
    // A step that runs comes to its end, and wipes.
    await going;
    session = undefined;
    return { tag: 'turn', turn: { state: 'done' } };
  }
  if (order.tag === 'open') {
    group ??= createGroup({ pool: null });
    const { role, ids, context, limit, padTo } = order;
    const opened = await (role === 'receiver' ? openBulkReceiver : openBulkSender)({ ids, context, limit, padTo, group });
    if (E.isLeft(opened)) return { tag: 'refused', error: opened.left };
    session = opened.right as BulkSession<string>;
    return { tag: 'turn', turn: { state: session.state } };
  }
  const turn = await session!.step(order.message);
  // It was moved here, and megabytes would wait for a collection.
  if (order.message) giveBack(order.message);
  return E.isLeft(turn) ? { tag: 'refused', error: turn.left } : { tag: 'turn', turn: turn.right };
};

parentPort!.on('message', async (order: ThreadOrder) => {
  const own = obey(order).catch(
    (error: unknown): ThreadAnswer => ({
      tag: 'thrown',
      message: error instanceof Error ? error.message : 'a bulk session failed',
    }),
  );
  if (order.tag !== 'close') going = own;
  const answer = await own;
  parentPort!.postMessage(answer, buffersOf(answer));
});
