import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { E, type Either, type TaskEither } from '@vouchsafe/core';
import { createHttpServer } from './http-server.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { METRICS_TYPE, type Metrics } from './metrics.ts';
import type { Service } from './service.ts';

/** Where a service listens. */
export interface Places {
  /** 0: any that is free. */
  readonly port: number;
  /** `127.0.0.1` by default: what stands before it (TLS, a proxy) is on the same machine. `::` or `0.0.0.0`: reachable from others. */
  readonly hostname?: string | undefined;
  /** Where Prometheus asks, at `/metrics`; not at all by default. A port of its own, so that no proxy gives it away. */
  readonly metricsPort?: number | undefined;
  /** `127.0.0.1` by default. */
  readonly metricsHostname?: string | undefined;
}

/** A port cannot be opened: somebody has it, or this user may not. */
export interface CannotListen {
  readonly _tag: 'CannotListen';
  readonly message: string;
}

/** A service that is listening. */
export interface Serving {
  readonly port: number;
  readonly metricsPort: number | undefined;
  /**
   * Takes no new connections and requests, waits for the answers under way ({@link Limits.graceMs} at most), then closes the holder and its store. May be called again.
   * @returns how many answers had to be cut off
   */
  readonly close: () => Promise<number>;
}

/** Opens the ports of a service. When one of them cannot be opened, neither is, and the service stays open. */
export const serve =
  (
    service: Service,
    { limits: given, ...places }: Places & { readonly limits?: Partial<Limits> | undefined },
  ): TaskEither<CannotListen, Serving> =>
  async () => {
    const limits = { ...DEFAULT_LIMITS, ...given };
    const { server, settled, underWay } = createHttpServer(service, limits);
    const metricsServer = places.metricsPort === undefined ? undefined : createMetricsServer(service.metrics);
    const port = await listen(server, { port: places.port, hostname: places.hostname ?? '127.0.0.1' });
    if (E.isLeft(port)) return port;
    const metricsPort =
      metricsServer &&
      (await listen(metricsServer, { port: places.metricsPort!, hostname: places.metricsHostname ?? '127.0.0.1' }));
    if (metricsPort && E.isLeft(metricsPort)) {
      server.close();
      return metricsPort;
    }
    service.log?.info({ port: port.right, metricsPort: metricsPort?.right }, 'listening');

    const shutDown = async (): Promise<number> => {
      service.log?.info('stopping: no new requests are taken');
      service.drain();
      const gone = closed(server);
      server.closeIdleConnections();
      const grace = new AbortController();
      await Promise.race([settled(), pause(limits.graceMs, undefined, { signal: grace.signal }).catch(() => undefined)]);
      grace.abort();
      const left = underWay();
      server.closeAllConnections();
      await gone;
      if (metricsServer) {
        metricsServer.closeAllConnections();
        await closed(metricsServer);
      }
      await service.close();
      service.log?.info('stopped');
      return left;
    };
    let closing: Promise<number> | undefined;
    return E.right({
      port: port.right,
      metricsPort: metricsPort?.right,
      close: () => {
        closing ??= shutDown();
        return closing;
      },
    });
  };

const createMetricsServer = (metrics: Metrics): Server => {
  const server = createServer({ maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 5000 }, async (request, response) => {
    request.resume();
    if (request.url !== '/metrics' || request.method !== 'GET') return void response.writeHead(404).end();
    try {
      const text = await metrics.text();
      response.writeHead(200, { 'content-type': METRICS_TYPE }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  });
  server.maxConnections = 16;
  return server;
};

const listen = async (
  server: Server,
  place: { readonly port: number; readonly hostname: string },
): Promise<Either<CannotListen, number>> => {
  try {
    server.listen(place.port, place.hostname);
    await once(server, 'listening');
    return E.right((server.address() as AddressInfo).port);
  } catch (error) {
    const code = String((error as { readonly code?: unknown }).code ?? 'unknown error');
    return E.left({
      _tag: 'CannotListen',
      message: `cannot listen on ${place.hostname}, port ${place.port}: ${WORDS[code] ?? code}`,
    });
  }
};

const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; choose another port',
  EACCES: 'this user may not; take a port above 1023',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host name',
};

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
