import { getRequestListener } from '@hono/node-server';
import type { Holder } from '@vouchsafe/holder';
import express from 'express';
import type { Started } from './started.ts';

/** In an Express app. Before every body parser: a body that was parsed is not the one that was signed. And without a path (`app.use('/vouchsafe', …)` would cut it off the URL, which is signed, too). */
export const startExpress = (holder: Holder, port: number): Promise<Started> => {
  const app = express();
  const answer = getRequestListener(holder.fetch);
  app.use((request, response, next) => (request.path.startsWith('/vouchsafe/') ? answer(request, response) : next()));
  app.use(express.json());
  app.get('/', (_, response) => void response.send('our own back end'));
  return new Promise((resolve) => {
    const server = app.listen(port, '127.0.0.1', () => resolve({ close: () => new Promise((closed) => server.close(closed)) }));
  });
};
