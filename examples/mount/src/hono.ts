import { serve } from '@hono/node-server';
import type { Holder } from '@vouchsafe/holder';
import { Hono } from 'hono';
import type { Started } from './started.ts';

/** Under a path of a Hono app: the same path that the holder's URL in the federation file has. */
export const startHono = (holder: Holder, port: number): Promise<Started> => {
  const app = new Hono();
  app.get('/', (c) => c.text('our own back end'));
  app.all('/vouchsafe/*', (c) => holder.fetch(c.req.raw));
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () =>
      resolve({ close: () => new Promise((closed) => server.close(closed)) }),
    );
  });
};
