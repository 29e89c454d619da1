import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Holder } from '@vouchsafe/holder';
import type { Started } from './started.ts';

/** In a plain server of Node. */
export const startNodeHttp = async (holder: Holder, port: number): Promise<Started> => {
  const answer = getRequestListener(holder.fetch);
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/vouchsafe/')) void answer(request, response);
    else response.end('our own back end');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { close: () => new Promise((closed) => server.close(closed)) };
};
