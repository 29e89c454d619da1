import { connect, type Socket } from 'node:net';

/** What a hostile socket does for as long as it may; each is opened again when the holder has closed it. */
const WAYS: readonly ((socket: Socket) => () => void)[] = [
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
  // Nothing at all.
  () => () => undefined,
];

/** What an attack did. */
export interface Attacked {
  /** Connections that were opened, those opened again included. */
  readonly opened: number;
  /** Of them, closed by the other side. */
  readonly closed: number;
}

/** Keeps so many hostile sockets at work on a port of this machine, and ends by itself. @param everyMs how often each writes */
export const attack = async ({
  port,
  sockets,
  ms,
  everyMs,
}: {
  readonly port: number;
  readonly sockets: number;
  readonly ms: number;
  readonly everyMs: number;
}): Promise<Attacked> => {
  let [opened, closed] = [0, 0];
  let over = false;
  const open = new Map<Socket, () => void>();
  const start = (way: number): void => {
    const socket = connect({ port, host: '127.0.0.1' });
    opened += 1;
    open.set(socket, () => undefined);
    socket.on('connect', () => open.set(socket, WAYS[way]!(socket)));
    socket.on('error', () => undefined);
    socket.resume();
    socket.on('close', () => {
      open.delete(socket);
      if (over) return;
      closed += 1;
      // Not at once: the attacker has other things to do, too, and this machine only so many ports.
      setTimeout(() => over || start(way), 250);
    });
  };
  for (let i = 0; i < sockets; i++) start(i % WAYS.length);
  const drip = setInterval(() => {
    for (const write of open.values()) write();
  }, everyMs);
  await new Promise((resolve) => setTimeout(resolve, ms));
  over = true;
  clearInterval(drip);
  for (const socket of open.keys()) socket.destroy();
  return { opened, closed };
};
