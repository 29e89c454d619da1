import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { E, type Either, giveBack, utf8ToBytes } from '@vouchsafe/core';
import { createGroup } from '@vouchsafe/group';
import { type BulkIds, openBulkReceiverThread, openBulkSenderThread } from '@vouchsafe/psi/bulk';
import { watchMemory } from '../seal/metered.ts';
import type { Order, Said, Side } from './messages.ts';

// One party of the bulk case in a process of its own: messages over a loopback socket, each behind its length.

const side = process.argv[2] as Side;
const CONTEXT = utf8ToBytes('benchmark');

const memory = watchMemory();
const DIGITS = 12;
/** Messages that wait for the session at most. */
const WAITING = 1;

const right = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** Identifiers from … to − 1, as digits. */
const idsFrom = (from: number, to: number): BulkIds => {
  // Shared with the thread: there is one copy.
  const data = new Uint8Array(new SharedArrayBuffer(DIGITS * (to - from)));
  for (let i = from, at = 0; i < to; i++, at += DIGITS)
    for (let k = DIGITS - 1, rest = i; k >= 0; k--, rest = Math.floor(rest / 10)) data[at + k] = 48 + (rest % 10);
  const offsets = new Uint32Array(new SharedArrayBuffer(4 * (to - from + 1)));
  for (let i = 0; i < offsets.length; i++) offsets[i] = DIGITS * i;
  return { data, offsets };
};

/** Whole messages of a socket, in order. */
interface Messages {
  /** Takes what arrived. @returns false when no more is wanted for now */
  readonly feed: (piece: Buffer) => boolean;
  readonly over: (socket: Socket) => void;
  readonly send: (message: Uint8Array) => Promise<void>;
  readonly next: () => Promise<Uint8Array>;
}

const messages = (): Messages => {
  const ready: Uint8Array[] = [];
  let socket: Socket;
  let wake: (() => void) | undefined;
  let message: Buffer | undefined;
  let filled = 0;
  let head = Buffer.alloc(0);
  return {
    over: (own) => {
      socket = own;
      socket.setNoDelay(true);
    },
    feed: (piece) => {
      for (let rest = piece; rest.length > 0; ) {
        if (message === undefined) {
          const missing = 4 - head.length;
          head = Buffer.concat([head, rest.subarray(0, missing)]);
          rest = rest.subarray(missing);
          if (head.length < 4) break;
          message = Buffer.allocUnsafeSlow(head.readUInt32BE());
          filled = 0;
        }
        const taken = Math.min(rest.length, message.length - filled);
        rest.copy(message, filled, 0, taken);
        filled += taken;
        rest = rest.subarray(taken);
        if (filled < message.length) break;
        ready.push(message);
        message = undefined;
        head = Buffer.alloc(0);
        wake?.();
      }
      return ready.length < WAITING;
    },
    send: async (bytes) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      socket.write(length);
      // Not more than the other party can take.
      if (!socket.write(bytes, () => giveBack(bytes))) await once(socket, 'drain');
    },
    next: async () => {
      while (ready.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const first = ready.shift()!;
      if (ready.length < WAITING) socket.resume();
      return first;
    },
  };
};

let ids: BulkIds;
let channel: Promise<Messages>;
let size = 0;
let base = 0;

const prepare = async ({ log2, port }: Extract<Order, { tag: 'prepare' }>): Promise<Partial<Said>> => {
  size = Math.round(2 ** log2);
  const from = side === 'receiver' ? 0 : Math.floor(size / 2);
  ids = idsFrom(from, from + size);
  base = memory.peak();
  const own = messages();
  if (side === 'receiver') {
    // One buffer for all that is read: a new one for each piece would wait for a collection.
    const onread = {
      buffer: Buffer.alloc(2 ** 16),
      callback: (n: number, buffer: Uint8Array) => own.feed(buffer.subarray(0, n) as Buffer),
    };
    const socket = connect({ port: port!, host: '127.0.0.1', onread });
    await once(socket, 'connect');
    own.over(socket);
    channel = Promise.resolve(own);
    return { backend: createGroup({ pool: null }).backend };
  }
  const server = createServer();
  channel = once(server, 'connection').then(([socket]: Socket[]) => {
    own.over(socket!);
    socket!.on('data', (piece) => {
      if (!own.feed(piece as Buffer)) socket!.pause();
      // It was copied; here, too, a new one for each piece would wait for a collection.
      giveBack(piece as Buffer);
    });
    return own;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port };
};

const asReceiver = async (): Promise<Partial<Said>> => {
  const { send, next } = await channel;
  const session = right(await openBulkReceiverThread({ ids, context: CONTEXT }));
  let [sent, turns] = [0, 0];
  for (let message: Uint8Array | undefined; ; ) {
    const turn = right(await session.step(message));
    if (turn.matches !== undefined) {
      const first = Math.floor(size / 2);
      return { sent, turns, correct: turn.matches.length === size - first && turn.matches.every((x, i) => x === first + i) };
    }
    // Once it is sent, it is given back and has no length.
    sent += turn.message!.length + 4;
    await send(turn.message!);
    if (turn.state !== 'sending') turns++;
    message = turn.state === 'sending' ? undefined : await next();
  }
};

const asSender = async (): Promise<Partial<Said>> => {
  const { send, next } = await channel;
  const session = right(await openBulkSenderThread({ ids, context: CONTEXT }));
  let sent = 0;
  while (session.state !== 'done') {
    const { message } = right(await session.step(await next()));
    if (message === undefined) continue;
    sent += message.length + 4;
    await send(message);
  }
  return { sent };
};

const match = async (): Promise<Partial<Said>> => {
  const before = process.cpuUsage();
  const said = await (side === 'receiver' ? asReceiver() : asSender());
  const { user, system } = process.cpuUsage(before);
  return { ...said, cpu: (user + system) / 1e6, rss: memory.peak() - base };
};

const say = (said: Said): void => void process.send?.(said);
process.on('message', async (order: Order) => {
  try {
    say({ tag: 'done', ...(await (order.tag === 'prepare' ? prepare(order) : match())) });
  } catch (error) {
    say({ tag: 'failed', message: error instanceof Error ? error.message : 'failed' });
  }
});
process.on('disconnect', () => process.exit(0));
