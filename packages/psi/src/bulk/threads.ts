import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { E, type Either } from '@vouchsafe/core';
import { type BulkBroken, type BulkError, type BulkSetSize, broken, sessionOver } from './errors.ts';
import type { BulkIds } from './ids.ts';
import { type BulkInput, openBulkReceiver, type ReceiverState } from './receiver.ts';
import { openBulkSender, type SenderState } from './sender.ts';
import type { BulkSession, BulkTurn } from './session.ts';
import type { BulkRole, ThreadAnswer, ThreadOrder } from './thread-orders.ts';

// Sessions on threads of their own: a step takes tenths of a second, in which the caller's event loop has its turn.

/** Programs run from `dist`, since Node 20 cannot load TypeScript; tests run from `src`. */
const threadFile = new URL(import.meta.url.endsWith('.ts') ? '../../dist/bulk/thread.js' : './thread.js', import.meta.url);

/** A small heap is collected often, and ciphers of sessions that are over with it. What grows with the sets lies outside of it. */
const HEAP = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 };
/** A thread without a session leaves after this long, in milliseconds; until then the next session finds it warm. */
const IDLE_MS = 30_000;
const KEPT = 2;

/** A thread, which does one order after the other. */
interface Thread {
  /** Its program. */
  readonly file: URL;
  /** @returns its answer; undefined when the thread is gone */
  readonly order: (order: ThreadOrder, buffers?: readonly ArrayBuffer[]) => Promise<ThreadAnswer | undefined>;
  readonly isGone: () => boolean;
  readonly end: () => void;
}

const startThread = (file: URL): Thread => {
  const worker = new Worker(file, { execArgv: [], resourceLimits: HEAP });
  const waiting: ((answer: ThreadAnswer | undefined) => void)[] = [];
  let gone = false;
  const leave = (): void => {
    gone = true;
    for (const resolve of waiting.splice(0)) resolve(undefined);
  };
  worker.unref();
  // An error ends the thread; `exit` follows it.
  worker.on('error', leave);
  worker.on('exit', leave);
  worker.on('message', (answer: ThreadAnswer) => {
    waiting.shift()?.(answer);
    if (waiting.length === 0) worker.unref();
  });
  return {
    file,
    isGone: () => gone,
    order: (order, buffers = []) =>
      new Promise((resolve) => {
        if (gone) return resolve(undefined);
        waiting.push(resolve);
        // Whoever waits for an answer keeps the process alive; a session that waits for a peer does not.
        worker.ref();
        worker.postMessage(order, buffers);
      }),
    end: () => void worker.terminate(),
  };
};

const idle: { readonly thread: Thread; readonly timer: NodeJS.Timeout }[] = [];

const borrowThread = (file: URL): Thread => {
  for (const own of [...idle]) {
    if (own.thread.file.href !== file.href && !own.thread.isGone()) continue;
    idle.splice(idle.indexOf(own), 1);
    clearTimeout(own.timer);
    if (!own.thread.isGone()) return own.thread;
  }
  return startThread(file);
};

const returnThread = (thread: Thread): void => {
  if (thread.isGone()) return;
  if (idle.length >= KEPT) {
    thread.end();
    return;
  }
  const timer = setTimeout(() => {
    const place = idle.findIndex((own) => own.thread === thread);
    if (place >= 0) idle.splice(place, 1);
    thread.end();
  }, IDLE_MS).unref();
  idle.push({ thread, timer });
};

/** Ends the threads that no session uses. */
export const closeBulkThreads = (): void => {
  for (const { thread, timer } of idle.splice(0)) {
    clearTimeout(timer);
    thread.end();
  }
};

/** What can be moved: the array itself, where it is all of its buffer, else a copy, since a view would take the buffer behind it along. */
const movable = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.length === bytes.buffer.byteLength ? new Uint8Array(bytes.buffer) : copyOf(bytes);

/** A copy that can be moved. */
const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** What belongs to the session from now on: in shared memory it is not copied, else it is moved, or, where it is a part of its buffer, copied. */
const takeOver = ({ data, offsets }: BulkIds): { readonly ids: BulkIds; readonly moved: readonly ArrayBuffer[] } => {
  const ids = {
    data: isShared(data) ? data : movable(data),
    offsets: isShared(offsets) || offsets.byteLength === offsets.buffer.byteLength ? offsets : new Uint32Array(offsets),
  };
  return { ids, moved: [ids.data, ids.offsets].flatMap((array) => (isShared(array) ? [] : [array.buffer as ArrayBuffer])) };
};

const isShared = ({ buffer }: Uint8Array | Uint32Array): boolean => buffer instanceof SharedArrayBuffer;

const openOnThread = async <State extends string>(
  role: BulkRole,
  { ids, context, limit, padTo }: BulkInput,
  { first, file }: { readonly first: State; readonly file: URL },
): Promise<Either<BulkSetSize | BulkBroken, BulkSession<State>>> => {
  const thread = borrowThread(file);
  const { ids: own, moved } = takeOver(ids);
  const opened = await thread.order({ tag: 'open', role, ids: own, context: copyOf(context), limit, padTo }, moved);
  if (opened?.tag === 'thrown') throw new RangeError(opened.message);
  if (opened?.tag !== 'turn') {
    returnThread(thread);
    return E.left((opened?.error as BulkSetSize | undefined) ?? broken);
  }
  let state = first;
  let over = false;
  let busy = false;
  const finish = async (): Promise<void> => {
    if (over) return;
    over = true;
    // Not before what is secret there is overwritten.
    await thread.order({ tag: 'close' });
    returnThread(thread);
  };
  return E.right({
    get state() {
      return state;
    },
    step: async (message): Promise<Either<BulkError, BulkTurn<State>>> => {
      if (busy) throw new RangeError('a session takes one step after the other: wait for the one that runs');
      if (over) return E.left(sessionOver);
      busy = true;
      const own = message && movable(message);
      const answer = await thread.order({ tag: 'step', message: own }, own ? [own.buffer] : []);
      busy = false;
      if (answer?.tag === 'turn' && !over) {
        state = answer.turn.state as State;
        if (state === 'done') await finish();
        return E.right(answer.turn as BulkTurn<State>);
      }
      const wasOver = over;
      await finish();
      if (answer?.tag === 'thrown') throw new RangeError(answer.message);
      if (wasOver) return E.left(sessionOver);
      return E.left(answer?.tag === 'refused' ? answer.error : broken);
    },
    close: () => void finish(),
  });
};

/** Is there a program for the threads (in a bundle there is none), and a core for them? */
const hasThreads = (): boolean => availableParallelism() > 1 && existsSync(threadFile);

/**
 * {@link openBulkReceiver} on a thread of its own; on the caller's where there is one core only or the thread's program is not beside this file. The set belongs to the
 * session from then on: it is moved, and its arrays are empty afterwards, or shared where it is in shared memory (`shareIds`). A message that is all of its buffer is moved, too.
 * @returns the session, whose steps may also end in `BulkBroken`
 */
export const openBulkReceiverThread = async (
  input: Omit<BulkInput, 'group'>,
  file: URL = threadFile,
): Promise<Either<BulkSetSize | BulkBroken, BulkSession<ReceiverState>>> =>
  hasThreads() ? openOnThread<ReceiverState>('receiver', input, { first: 'start', file }) : openBulkReceiver(input);

/** {@link openBulkSender}, likewise. */
export const openBulkSenderThread = async (
  input: Omit<BulkInput, 'group'>,
  file: URL = threadFile,
): Promise<Either<BulkSetSize | BulkBroken, BulkSession<SenderState>>> =>
  hasThreads() ? openOnThread<SenderState>('sender', input, { first: 'hello', file }) : openBulkSender(input);
