import { connect, type Socket } from 'node:net';

type Way = (socket: Socket) => () => void;

/** What a hostile socket does for as long as it may; each is opened again when the holder has closed it. These drip. */
const DRIPS: readonly Way[] = [
  // A header that never ends, a byte at a time (Slowloris).
  (socket) => {
    socket.write('POST /v1/query HTTP/1.1\r\nhost: a.test\r\nx-drip: ');
    return () => void socket.write('a');
  },
  // A body that never ends.
  (socket) => {
    socket.write('POST /v1/query HTTP/1.1\r\nhost: a.test\r\ncontent-length: 8000000\r\n\r\n');
    return () => void socket.write('a');
  },
  // Nothing at all.
  () => () => undefined,
];

/** And these pour. */
const FLOODS: readonly Way[] = [
  // A body in chunks, without an end and as fast as it goes.
  (socket) => {
    socket.write('POST /v1/seal/rows HTTP/1.1\r\nhost: a.test\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = `${(65_536).toString(16)}\r\n${'z'.repeat(65_536)}\r\n`;
    return () => void (socket.writableNeedDrain || socket.write(chunk));
  },
  // A body that says that it is too long, and is.
  (socket) => {
    socket.write('POST /v1/match HTTP/1.1\r\nhost: a.test\r\ncontent-length: 1000000000\r\n\r\n');
    return () => void (socket.writableNeedDrain || socket.write('z'.repeat(65_536)));
  },
  // Headers that are too many.
  (socket) => {
    socket.write('GET /v1/manifest HTTP/1.1\r\nhost: a.test\r\n');
    return () => void (socket.writableNeedDrain || socket.write(`x-${Math.random()}: ${'y'.repeat(4000)}\r\n`));
  },
  // Many requests at once, whose answers nobody reads.
  (socket) => {
    socket.pause();
    return () => void (socket.writableNeedDrain || socket.write('GET /healthz HTTP/1.1\r\nhost: a.test\r\n\r\n'.repeat(8)));
  },
];

/** What an attack did. */
export interface Attacked {
  /** Connections that were opened, those opened again included. */
  readonly opened: number;
  /** Of them, closed by the other side. */
  readonly closed: number;
}

/** How many sockets drip, how many pour, how often each writes, and for how long. */
export interface Attack {
  readonly drips: number;
  readonly floods: number;
  readonly everyMs: number;
  readonly ms: number;
}

/** Keeps hostile sockets at work on a port of this machine, and ends by itself. */
export const attack = async ({ port, drips, floods, everyMs, ms }: Attack & { readonly port: number }): Promise<Attacked> => {
  let [opened, closed] = [0, 0];
  let over = false;
  const open = new Map<Socket, () => void>();
  const start = (way: Way): void => {
    const socket = connect({ port, host: '127.0.0.1' });
    opened += 1;
    open.set(socket, () => undefined);
    socket.on('connect', () => open.set(socket, way(socket)));
    socket.on('error', () => undefined);
    socket.resume();
    socket.on('close', () => {
      open.delete(socket);
      if (over) return;
      closed += 1;
      // Not at once: the attacker has other things to do, too, and this machine only so many ports.
      setTimeout(() => over || start(way), 500);
    });
  };
  for (let i = 0; i < drips; i++) start(DRIPS[i % DRIPS.length]!);
  for (let i = 0; i < floods; i++) start(FLOODS[i % FLOODS.length]!);
  const drip = setInterval(() => {
    for (const write of open.values()) write();
  }, everyMs);
  await new Promise((resolve) => setTimeout(resolve, ms));
  over = true;
  clearInterval(drip);
  for (const socket of open.keys()) socket.destroy();
  return { opened, closed };
};
