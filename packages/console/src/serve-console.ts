import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { E, type TaskEither } from '@vouchsafe/core';
import { type ConsoleOptions, createConsole } from './console.ts';

/** The console's port cannot be opened. */
export interface CannotOpenConsole {
  readonly _tag: 'CannotOpenConsole';
  readonly message: string;
}

/** A console that is open. */
export interface ServingConsole {
  readonly port: number;
  /** Where a browser finds it. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Loopback, and no other: there is no option for it, so that no setting publishes the console. */
const HOSTNAME = '127.0.0.1';
/** A body is not looked at; a browser's form has some bytes. */
const MAX_BODY_BYTES = 1024;

/** Opens a holder's console on a port of its own, on this machine only. @param port 0: any that is free */
export const serveConsole =
  ({ port, ...options }: ConsoleOptions & { readonly port: number }): TaskEither<CannotOpenConsole, ServingConsole> =>
  async () => {
    const own = createConsole(options);
    const limits = { maxHeaderSize: 16_384, headersTimeout: 5000, requestTimeout: 5000, connectionsCheckingInterval: 1000 };
    const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
      const { method = '', url = '/', headers, socket } = incoming;
      incoming.resume();
      if (Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES || headers['transfer-encoding'] !== undefined)
        return void outgoing.writeHead(413, { connection: 'close' }).end();
      const { status, headers: fields, body } = await own.answer({ method, url, headers, remoteAddress: socket.remoteAddress });
      outgoing.writeHead(status, { ...fields, 'content-length': Buffer.byteLength(body) }).end(method === 'HEAD' ? '' : body);
    };
    const server = createServer(limits, (incoming, outgoing) => void handle(incoming, outgoing));
    server.maxConnections = 32;
    try {
      server.listen(port, HOSTNAME);
      await once(server, 'listening');
    } catch (error) {
      await own.close();
      const code = String((error as { readonly code?: unknown }).code ?? 'unknown error');
      return E.left({ _tag: 'CannotOpenConsole', message: `cannot open the console on port ${port}: ${WORDS[code] ?? code}` });
    }
    const bound = (server.address() as AddressInfo).port;
    return E.right({
      port: bound,
      url: `http://${HOSTNAME}:${bound}/`,
      close: async () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeAllConnections();
        await closed;
        await own.close();
      },
    });
  };

const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; choose another port',
  EACCES: 'this user may not; take a port above 1023',
};
