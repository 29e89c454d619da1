import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Limits } from './limits.ts';
import type { Rejection } from './metrics.ts';

/** Who is connected. Keeps sockets from being used up by those who say nothing. */
export interface Connections {
  /** A request begins on a connection. @returns false when it has too many at once already: it is closed then */
  readonly begin: (socket: Socket) => boolean;
  /** A request's answer has been sent, or its connection is gone. */
  readonly end: (socket: Socket) => void;
  readonly count: () => number;
}

/**
 * Watches the connections of a server. With a fixed maximum alone a thousand silent sockets would keep everybody else out until they time out, again and again. So a newcomer takes the
 * place of the one that has gone longest without a request under way: an honest client sends its request at once, and loses at most an idle connection.
 */
export const watchConnections = (
  server: Server,
  {
    limits,
    reject,
    changed,
  }: {
    readonly limits: Limits;
    readonly reject: (reason: Rejection) => void;
    readonly changed: (count: number) => void;
  },
): Connections => {
  /** Requests under way by connection, those silent longest first. */
  const open = new Map<Socket, number>();

  const makeRoom = (newcomer: Socket): boolean => {
    for (const [socket, requests] of open) {
      if (requests > 0) continue;
      reject('MadeRoom');
      forget(socket);
      socket.destroy();
      return true;
    }
    reject('TooManyConnections');
    newcomer.destroy();
    return false;
  };
  const forget = (socket: Socket): void => {
    if (open.delete(socket)) changed(open.size);
  };

  server.on('connection', (socket: Socket) => {
    if (open.size >= limits.connections && !makeRoom(socket)) return;
    open.set(socket, 0);
    changed(open.size);
    socket.once('close', () => forget(socket));
  });
  return {
    begin: (socket) => {
      const requests = open.get(socket);
      // It was closed to make room while its request was on the way.
      if (requests === undefined) return false;
      if (requests >= limits.requestsAtOnce) {
        reject('Pipelined');
        socket.destroy();
        return false;
      }
      open.set(socket, requests + 1);
      return true;
    },
    end: (socket) => {
      const requests = open.get(socket);
      if (requests === undefined) return;
      // To the end of the line: it was of use just now.
      open.delete(socket);
      open.set(socket, requests - 1);
    },
    count: () => open.size,
  };
};
