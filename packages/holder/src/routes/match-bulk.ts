import { E, encodeCanonical, hexToBytes } from '@vouchsafe/core';
import {
  BULK_PAGE_BYTES,
  BulkEnd,
  BulkOpened,
  BulkStep,
  BulkStepped,
  CBOR_TYPE,
  FRAME_TYPE,
  ROUTES,
  readEnvelope,
  readFrame,
  TableRef,
  writeFrame,
} from '@vouchsafe/protocol';
import type { Hono } from 'hono';
import { openBulkMatch, stepBulkMatch } from '../bulk-matching.ts';
import { type BulkSessions, sessionLost } from '../bulk-sessions.ts';
import { outOfTurn } from '../out-of-turn.ts';
import type { Services } from '../services.ts';
import type { Failure, Reply, Serve } from '../serving.ts';
import { wholeNumber } from './whole-number.ts';

/** A message of the bulk match is a row of bytes. */
const frameOf = (envelope: unknown, message: Uint8Array = new Uint8Array(0)): Reply => ({
  type: FRAME_TYPE,
  body: writeFrame({ envelope, rows: message, rowBytes: 1 }),
});

/** A bulk match: opened, step by step, the masks page by page. Each step asks the policy that is in force then. */
export const bulkRoutes = (app: Hono, serve: Serve, services: Services, sessions: BulkSessions): void => {
  app.post(
    ROUTES.bulkOpen,
    serve(['bureau'], async ({ member, body }) => {
      const request = readFrame(TableRef, 1, body);
      if (E.isLeft(request)) return request;
      const { envelope: ref, rows: hello } = request.right;
      const service = services.of(ref.epoch);
      if (E.isLeft(service)) return service;
      const terms = service.right.bulkTerms(member.id, ref);
      if (E.isLeft(terms)) return terms;
      const job = { bureau: member.id, ref, terms: terms.right, hello };
      const opened = await openBulkMatch(service.right.context, sessions, job);
      if (E.isLeft(opened)) return opened;
      const { session, message } = opened.right;
      return E.right(frameOf(BulkOpened.encode({ session }), message));
    }),
  );

  app.post(
    ROUTES.bulkStep,
    serve(['bureau'], async ({ member, body }) => {
      const request = readFrame(BulkStep, 1, body);
      if (E.isLeft(request)) return request;
      const { envelope, rows: message } = request.right;
      return sessions.with<Failure, Reply>({ bureau: member.id, name: envelope.session }, async (open) => {
        const service = services.of(open.ref.epoch);
        if (E.isLeft(service)) {
          sessions.end(open);
          return service;
        }
        const terms = service.right.bulkTerms(member.id, open.ref);
        if (E.isLeft(terms)) {
          sessions.end(open);
          return terms;
        }
        const job = { open, quota: terms.right.quota, step: envelope.step, message };
        const stepped = await stepBulkMatch(service.right.context, sessions, job);
        if (E.isLeft(stepped)) return stepped;
        const { receipt, message: next } = stepped.right;
        return E.right(frameOf(BulkStepped.encode(receipt ? { receipt } : {}), next));
      });
    }),
  );

  app.get(
    ROUTES.bulkMasks,
    serve(['bureau'], async ({ member, url }) => {
      const page = wholeNumber(url.searchParams.get('page'));
      const name = url.searchParams.get('session') ?? '';
      if (page === undefined || !/^[0-9a-f]{32}$/.test(name)) return E.left(badQuery);
      return sessions.with<Failure, Reply>({ bureau: member.id, name: hexToBytes(name) }, async ({ masks }) => {
        if (masks === undefined) return E.left(outOfTurn('the masks of this bulk match are not made yet'));
        const part = masks.subarray(page * BULK_PAGE_BYTES, (page + 1) * BULK_PAGE_BYTES);
        return part.length > 0 ? E.right(frameOf({}, part)) : E.left(sessionLost);
      });
    }),
  );

  app.post(
    ROUTES.bulkEnd,
    serve(['bureau'], async ({ member, body }) => {
      const request = readEnvelope(BulkEnd, body);
      if (E.isLeft(request)) return request;
      return sessions.with<Failure, Reply>({ bureau: member.id, name: request.right.session }, async (open) => {
        sessions.end(open);
        return E.right({ type: CBOR_TYPE, body: encodeCanonical({}) });
      });
    }),
  );
};

const badQuery = { _tag: 'BadShape', message: 'the query part needs session, 32 hexadecimal digits, and page' } as const;
