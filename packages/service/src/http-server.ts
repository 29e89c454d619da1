import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { watchConnections } from './connections.ts';
import type { Limits } from './limits.ts';
import type { Metrics, Rejection } from './metrics.ts';
import { badRequest, bodyTooLarge, busy, type TurnedAway, turnedAwayAnswer, turnedAwayResponse } from './problem.ts';

/** An HTTP/1.1 server that hands whole requests to a fetch handler, and turns away what is over the limits. */
export interface HttpServer {
  readonly server: Server;
  /** Answers under way. */
  readonly underWay: () => number;
  /** Resolves when there are none. */
  readonly settled: () => Promise<void>;
}

/** What the server is for. */
export interface Served {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly metrics: Metrics;
  /** While true, connections end with the answer under way. */
  readonly isDraining: () => boolean;
}

/** Makes the server; it does not listen yet. TLS and who may connect at all are the business of what stands before it. */
export const createHttpServer = ({ fetch, metrics, isDraining }: Served, limits: Limits): HttpServer => {
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    // How late a connection that drips is noticed.
    connectionsCheckingInterval: 1000,
    noDelay: true,
  });
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  const connections = watchConnections(server, { limits, reject: metrics.rejected, changed: metrics.connections });
  const waiting = new Set<() => void>();
  /** Answers that are being made or sent, those being made, and the bytes of their requests' bodies. */
  let underWay = 0;
  let working = 0;
  let bodyBytes = 0;

  /**
   * Counts what the handler is at, not what is still being sent: whoever does not read his answers holds nobody up. A stranger's request is answered without a look at its body, so that he
   * cannot use these limits up. A body without a length may become as long as the limit.
   */
  const guarded = async (request: Request, { incoming }: Pick<HttpBindings, 'incoming'>): Promise<Response> => {
    const claimed = claimedBytes(request.headers.get('content-length'), request.method);
    const bytes = Math.min(claimed ?? limits.bodyBytes, limits.bodyBytes);
    if (bodyBytes + bytes > limits.allBodyBytes || working >= limits.allRequestsAtOnce) {
      metrics.rejected('Busy');
      return turnedAwayResponse(busy);
    }
    bodyBytes += bytes;
    working += 1;
    const done = connections.work(incoming.socket);
    try {
      return await fetch(request);
    } finally {
      bodyBytes -= bytes;
      working -= 1;
      done();
    }
  };
  const listener = getRequestListener((request, env) => guarded(request, env as HttpBindings), {
    errorHandler: () => {
      metrics.rejected('BadRequest');
      return turnedAwayResponse(badRequest);
    },
  });

  const turnAway = (fault: TurnedAway, outgoing: ServerResponse): void => {
    const { status, headers, body } = turnedAwayAnswer(fault);
    outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).end(body);
  };

  /** Counts the request until its answer is out or its connection is gone. */
  const take = (incoming: IncomingMessage, outgoing: ServerResponse): TurnedAway | undefined => {
    const { socket } = incoming;
    underWay += 1;
    outgoing.once('close', () => {
      underWay -= 1;
      connections.answered(socket);
      if (!incoming.complete) cutOff(incoming, limits);
      if (underWay === 0) for (const wake of waiting) wake();
    });
    const claimed = claimedBytes(incoming.headers['content-length'] ?? null, incoming.method ?? 'GET');
    return claimed !== undefined && claimed > limits.bodyBytes ? bodyTooLarge(limits.bodyBytes) : undefined;
  };

  const handle = (incoming: IncomingMessage, outgoing: ServerResponse, expectsContinue: boolean): void => {
    if (!connections.asked(incoming.socket)) return;
    if (isDraining()) outgoing.setHeader('connection', 'close');
    const fault = take(incoming, outgoing);
    if (fault) {
      metrics.rejected(fault._tag);
      turnAway(fault, outgoing);
      return;
    }
    if (expectsContinue) outgoing.writeContinue();
    void listener(incoming, outgoing);
  };
  server.on('request', (incoming, outgoing) => handle(incoming, outgoing, false));
  // RFC 9110 §10.1.1: a body that would be refused need not be sent.
  server.on('checkContinue', (incoming, outgoing) => handle(incoming, outgoing, true));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const [reason, status] = REASONS[error.code ?? ''] ?? (['BadHttp', '400 Bad Request'] as const);
    // Who hangs up has not sent anything bad.
    if (error.code !== 'ECONNRESET') metrics.rejected(reason);
    if (socket.writable && socket.bytesWritten === 0) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    socket.destroySoon();
  });
  return {
    server,
    underWay: () => underWay,
    settled: () =>
      new Promise((resolve) => {
        if (underWay === 0) return resolve();
        const wake = (): void => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      }),
  };
};

const REASONS: Readonly<Record<string, readonly [Rejection, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['TooSlow', '408 Request Timeout'],
  HPE_HEADER_OVERFLOW: ['HeaderTooLarge', '431 Request Header Fields Too Large'],
};

/** How many bytes a body says that it has; undefined when it does not say. Node has checked that it is a number. */
const claimedBytes = (contentLength: string | null, method: string): number | undefined =>
  contentLength === null ? (method === 'GET' || method === 'HEAD' ? 0 : undefined) : Number(contentLength);

/** The answer is out and the body is still coming. What is on the way is taken, so that the client gets to read the answer; then the connection ends. */
const cutOff = (incoming: IncomingMessage, { drainBytes, drainMs }: Limits): void => {
  const { socket } = incoming;
  const end = (): void => {
    clearTimeout(timer);
    if (!incoming.complete) socket.destroy();
  };
  const timer = setTimeout(end, drainMs);
  let taken = 0;
  incoming.on('data', (chunk: Uint8Array) => {
    taken += chunk.length;
    if (taken > drainBytes) end();
  });
  incoming.once('end', end);
  incoming.once('close', end);
  incoming.resume();
};
