import { getRequestListener } from '@hono/node-server';
import type { Holder } from '@vouchsafe/holder';
import { fastify } from 'fastify';
import type { Started } from './started.ts';

/** In a Fastify app: a scope of its own, whose parser leaves every body alone, and whose answers are written past Fastify. */
export const startFastify = async (holder: Holder, port: number): Promise<Started> => {
  const app = fastify();
  const answer = getRequestListener(holder.fetch);
  app.get('/', async () => 'our own back end');
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.all('/vouchsafe/*', async (request, reply) => {
      reply.hijack();
      await answer(request.raw, reply.raw);
    });
  });
  await app.listen({ port, host: '127.0.0.1' });
  return { close: () => app.close() };
};
