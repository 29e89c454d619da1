import { Hono } from 'hono';
import type { Services } from '../services.ts';
import { createServe } from '../serving.ts';
import { auditRoutes } from './audit.ts';
import { logRoutes } from './log.ts';
import { matchRoutes } from './match.ts';
import { queryRoutes } from './query.ts';
import { sealRoutes } from './seal.ts';
import { statementRoutes } from './statement.ts';

/**
 * The routes of a holder, each behind the same door ({@link createServe}).
 * @param url the holder's own in the federation document; its path is kept, e.g. `/vouchsafe`
 */
export const createRoutes = (services: Services, url: URL): Hono => {
  const app = new Hono().basePath(url.pathname.replace(/\/$/, ''));
  const { serve, refuse } = createServe(services.newest, url);
  for (const add of [matchRoutes, sealRoutes, queryRoutes, logRoutes, auditRoutes, statementRoutes]) add(app, serve, services);
  app.notFound(() => {
    services.newest.observers.tell({ kind: 'none', member: undefined, status: 404, code: 'NotFound', ms: 0 });
    return refuse({ _tag: 'NotFound', message: 'no such route: check the holder’s url in the federation document' });
  });
  return app;
};
