import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { E } from '@vouchsafe/core';
import { EXIT, type Failure } from '../exit.ts';
import type { Result } from '../outcome.ts';

/** A server that listens. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Answers what it has begun, and takes no more. */
  readonly close: () => Promise<void>;
}

/** How long requests that are under way have when it closes. */
const GRACE_MS = 5000;

/** Puts a `fetch` handler on a port, over plain HTTP: a proxy with TLS stands before it. */
export const listen = async ({
  fetch,
  host,
  port,
}: {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly host: string;
  readonly port: number;
}): Result<Listening> => {
  const server = serve({ fetch, hostname: host, port }) as Server;
  try {
    if (!server.listening) await once(server, 'listening');
  } catch (error) {
    return E.left(cannotListen(host, port, error));
  }
  return E.right({
    host,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeIdleConnections();
      const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(grace);
    },
  });
};

const cannotListen = (host: string, port: number, error: unknown): Failure => {
  const code = String((error as { readonly code?: unknown }).code ?? 'unknown error');
  const why =
    code === 'EADDRINUSE'
      ? 'something else listens there already: stop it, or name another port'
      : code === 'EACCES'
        ? 'this user may not: name a port above 1023'
        : code;
  return { _tag: 'CannotListen', message: `cannot listen on ${host}:${port}: ${why}`, exit: EXIT.unreachable };
};
