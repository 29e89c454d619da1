import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Limits } from './limits.ts';
import type { Rejection } from './metrics.ts';

/** Who is connected. Keeps sockets from being used up by those who say nothing. */
export interface Connections {
  /** A request has come. @returns false when its connection has too many unanswered ones already: it is closed then */
  readonly asked: (socket: Socket) => boolean;
  /** Its answer has been sent, or its connection is gone. */
  readonly answered: (socket: Socket) => void;
  /** Its answer is being made. @returns what says that it is made */
  readonly work: (socket: Socket) => () => void;
}

/** What a connection is about. */
interface Going {
  /** Requests that have come and whose answers have not been sent. */
  unanswered: number;
  /** Of them, those whose answer is being made. */
  working: number;
}

/**
 * Watches the connections of a server. With a fixed maximum alone a thousand silent sockets would keep everybody else out until they time out, again and again. So a newcomer takes the
 * place of the one that has gone longest without being worked for: an honest client sends its request at once and reads its answer, and loses at most an idle connection.
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
  /** Those silent longest first. */
  const open = new Map<Socket, Going>();

  const makeRoom = (newcomer: Socket): boolean => {
    for (const [socket, { working }] of open) {
      if (working > 0) continue;
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
    open.set(socket, { unanswered: 0, working: 0 });
    changed(open.size);
    socket.once('close', () => forget(socket));
  });
  /** It was of use just now: to the end of the line. */
  const touch = (socket: Socket, going: Going): void => {
    if (!open.delete(socket)) return;
    open.set(socket, going);
  };
  return {
    asked: (socket) => {
      const going = open.get(socket);
      // It was closed to make room while its request was on the way.
      if (going === undefined) return false;
      if (going.unanswered >= limits.requestsAtOnce) {
        reject('Pipelined');
        socket.destroy();
        return false;
      }
      going.unanswered += 1;
      return true;
    },
    answered: (socket) => {
      const going = open.get(socket);
      if (going) going.unanswered -= 1;
    },
    work: (socket) => {
      const going = open.get(socket);
      if (!going) return () => undefined;
      going.working += 1;
      return () => {
        going.working -= 1;
        touch(socket, going);
      };
    },
  };
};
