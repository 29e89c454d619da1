import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Holder } from '@vouchsafe/holder';
import type { Fetch } from './index.ts';

/** A holder behind a real server. */
export interface Listening {
  /** Sends a request there over a socket, whatever host its URL names: signatures cover that URL. */
  readonly fetch: Fetch;
  readonly close: () => Promise<void>;
}

/** Serves a holder over HTTP on a loopback port. @param of asked at each request, so that a test can restart the holder behind the address */
export const listen = async (of: () => Holder): Promise<Listening> => {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
    const response = await of().fetch(
      new Request(`http://${incoming.headers.host}${incoming.url}`, {
        method: incoming.method!,
        headers: Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
          (values ?? []).map((value): [string, string] => [name, value]),
        ),
        ...(incoming.method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
      }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(new Uint8Array(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    fetch: async (request) => {
      const body = new Uint8Array(await request.arrayBuffer());
      const { host, pathname, search } = new URL(request.url);
      return new Promise((resolve, reject) => {
        const outgoing = send(
          {
            host: '127.0.0.1',
            port,
            path: pathname + search,
            method: request.method,
            headers: { ...Object.fromEntries(request.headers), host, 'content-length': body.length },
            signal: request.signal,
          },
          (incoming) => {
            const chunks: Uint8Array[] = [];
            incoming.on('data', (chunk) => chunks.push(chunk));
            incoming.on('error', reject);
            incoming.on('end', () => {
              const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
                (values ?? []).map((value): [string, string] => [name, value]),
              );
              resolve(new Response(Buffer.concat(chunks), { status: incoming.statusCode!, headers }));
            });
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
