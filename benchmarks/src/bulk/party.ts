import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { E, type Either, utf8ToBytes } from '@vouchsafe/core';
import { createGroup } from '@vouchsafe/group';
import { type BulkIds, openBulkReceiver, openBulkSender } from '@vouchsafe/psi/bulk';
import { watchMemory } from '../seal/metered.ts';
import type { Order, Said, Side } from './messages.ts';

// One party of the bulk case in a process of its own: messages over a loopback socket, each behind its length.

const side = process.argv[2] as Side;
const CONTEXT = utf8ToBytes('benchmark');
const group = createGroup();
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
  const data = new Uint8Array(DIGITS * (to - from));
  for (let i = from, at = 0; i < to; i++, at += DIGITS)
    for (let k = DIGITS - 1, rest = i; k >= 0; k--, rest = Math.floor(rest / 10)) data[at + k] = 48 + (rest % 10);
  return { data, offsets: Uint32Array.from({ length: to - from + 1 }, (_, i) => DIGITS * i) };
};

/** Whole messages of a socket, in order. */
const messagesOf = (
  socket: Socket,
): { readonly send: (message: Uint8Array) => Promise<void>; readonly next: () => Promise<Uint8Array> } => {
  const ready: Uint8Array[] = [];
  let wake: (() => void) | undefined;
  let message: Buffer | undefined;
  let filled = 0;
  let head = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('data', (piece) => {
    for (let rest = piece as Buffer; rest.length > 0; ) {
      if (message === undefined) {
        head = Buffer.concat([head, rest.subarray(0, 4 - head.length)]);
        rest = rest.subarray(head.length);
        if (head.length < 4) return;
        message = Buffer.allocUnsafe(head.readUInt32BE());
        filled = 0;
        rest = (piece as Buffer).subarray((piece as Buffer).length - rest.length);
      }
      const taken = Math.min(rest.length, message.length - filled);
      rest.copy(message, filled, 0, taken);
      filled += taken;
      rest = rest.subarray(taken);
      if (filled < message.length) return;
      ready.push(message);
      if (ready.length >= WAITING) socket.pause();
      message = undefined;
      head = Buffer.alloc(0);
      wake?.();
    }
  });
  return {
    send: async (bytes) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      socket.write(length);
      // Not more than the other party can take.
      if (!socket.write(bytes)) await once(socket, 'drain');
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
let channel: Promise<ReturnType<typeof messagesOf>>;
let size = 0;
let base = 0;

const prepare = async ({ log2, port }: Extract<Order, { tag: 'prepare' }>): Promise<Partial<Said>> => {
  size = Math.round(2 ** log2);
  const from = side === 'receiver' ? 0 : Math.floor(size / 2);
  ids = idsFrom(from, from + size);
  base = memory.peak();
  if (side === 'receiver') {
    const socket = connect(port!, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    channel = Promise.resolve(messagesOf(socket));
    return { backend: group.backend };
  }
  const server = createServer();
  channel = new Promise((resolve) => server.once('connection', (socket) => resolve(messagesOf(socket))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port };
};

const asReceiver = async (): Promise<Partial<Said>> => {
  const { send, next } = await channel;
  const session = right(await openBulkReceiver({ ids, context: CONTEXT, group }));
  let [sent, turns] = [0, 0];
  for (let message: Uint8Array | undefined; ; ) {
    const turn = right(await session.step(message));
    if (turn.matches !== undefined) {
      const first = Math.floor(size / 2);
      return { sent, turns, correct: turn.matches.length === size - first && turn.matches.every((x, i) => x === first + i) };
    }
    await send(turn.message!);
    sent += turn.message!.length + 4;
    if (turn.state !== 'sending') turns++;
    message = turn.state === 'sending' ? undefined : await next();
  }
};

const asSender = async (): Promise<Partial<Said>> => {
  const { send, next } = await channel;
  const session = right(await openBulkSender({ ids, context: CONTEXT, group }));
  let sent = 0;
  while (session.state !== 'done') {
    const { message } = right(await session.step(await next()));
    if (message === undefined) continue;
    await send(message);
    sent += message.length + 4;
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
