import { E, type Either, encodeCanonical } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { QueryTerms, rowBytes } from '@vouchsafe/join';
import {
  Answer,
  CBOR_TYPE,
  Evaluated,
  FRAME_TYPE,
  HolderManifest,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  problemOf,
  Quote,
  QuoteRequest,
  ROUTES,
  readBody,
  readEnvelope,
  readFrame,
  SealAccept,
  SealChunk,
  SealFinish,
  SealOffer,
  SealProgress,
  TableRef,
  writeFrame,
} from '@vouchsafe/protocol';
import { Hono } from 'hono';
import { answer } from './answering.ts';
import { planQuery } from './plan-query.ts';
import type { Service } from './service.ts';
import { statusOf } from './status.ts';

/** What every route gives back when it cannot answer. */
interface Failure {
  readonly _tag: string;
  readonly message: string;
}

type Handler = (request: {
  readonly bureau: string;
  readonly body: Uint8Array;
  readonly url: URL;
  readonly param: (name: string) => string;
}) => Promise<Either<Failure, Response>>;

const frame = (envelope: unknown, rows: Uint8Array, width: number): Response =>
  new Response(writeFrame({ envelope, rows, rowBytes: width }), { headers: { 'content-type': FRAME_TYPE } });

const cbor = (value: unknown): Response => new Response(encodeCanonical(value), { headers: { 'content-type': CBOR_TYPE } });

const problem = (failure: Failure): Response => {
  const body = problemOf(failure, statusOf(failure._tag));
  return new Response(JSON.stringify(body), { status: body.status, headers: { 'content-type': PROBLEM_TYPE } });
};

const internal: Failure = {
  _tag: 'InternalError',
  message: 'this holder failed to answer; its operator finds the cause in its log',
};

/**
 * The routes of a holder. Each reads: who asks → body within its limit → frame → one step of the service → answer.
 * @param basePath of the holder's URL, e.g. `/vouchsafe`
 */
export const createRoutes = (service: Service, basePath: string): Hono => {
  const app = new Hono().basePath(basePath);
  const { slots } = service.context;
  const width = rowBytes(slots.length);

  const serve =
    (handler: Handler) =>
    async (c: { req: { raw: Request; param: (name: string) => string | undefined } }): Promise<Response> => {
      try {
        const request = c.req.raw;
        const bureau = await service.authenticate(request);
        if (E.isLeft(bureau)) return problem(bureau.left);
        const body = await readBody(request, MAX_BODY_BYTES);
        if (E.isLeft(body)) return problem(body.left);
        const result = await handler({
          bureau: bureau.right,
          body: body.right,
          url: new URL(request.url),
          param: (name) => c.req.param(name) ?? '',
        });
        return E.isLeft(result) ? problem(result.left) : result.right;
      } catch (error) {
        // A bug of ours. Its text may hold data, so it stays here.
        service.onError(error);
        return problem(internal);
      }
    };

  app.get(
    ROUTES.manifest,
    serve(async ({ bureau }) => {
      const manifest = service.manifest(bureau);
      return E.isLeft(manifest) ? manifest : E.right(cbor(HolderManifest.encode(manifest.right)));
    }),
  );

  app.get(
    ROUTES.indexSegment,
    serve(async ({ bureau, param }) => {
      const segment = service.indexSegment(bureau, param('sha256'));
      if (E.isLeft(segment)) return segment;
      const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'private, immutable, max-age=31536000' };
      return E.right(new Response(segment.right, { headers }));
    }),
  );

  app.post(
    ROUTES.match,
    serve(async ({ bureau, body }) => {
      const request = readFrame(TableRef, ELEMENT_BYTES, body);
      if (E.isLeft(request)) return request;
      const server = service.matcher(bureau, request.right.envelope);
      if (E.isLeft(server)) return server;
      const result = await server.right.blindEvaluate(request.right.rows);
      if (E.isLeft(result)) return result;
      return E.right(frame(Evaluated.encode({ proof: result.right.proof }), result.right.evaluated, ELEMENT_BYTES));
    }),
  );

  app.post(
    ROUTES.sealKeys,
    serve(async ({ bureau, body }) => {
      const request = readFrame(SealOffer, ELEMENT_BYTES, body);
      if (E.isLeft(request)) return request;
      const { envelope, rows } = request.right;
      const sealing = await service.sealing(bureau, envelope, envelope.federation);
      if (E.isLeft(sealing)) return sealing;
      const accepted = await sealing.right.offer(rows, envelope.proof);
      if (E.isLeft(accepted)) return accepted;
      const { slotKeys, ...rest } = accepted.right;
      const sealed = sealing.right.sealed !== undefined;
      return E.right(frame(SealAccept.encode({ ...rest, rows: sealing.right.rows, sealed }), slotKeys, ELEMENT_BYTES));
    }),
  );

  app.get(
    ROUTES.sealRows,
    serve(async ({ bureau, url }) => {
      const query = Object.fromEntries(['epoch', 'from', 'count'].map((name) => [name, numberOf(url.searchParams.get(name))]));
      const ref = readRef({ epoch: query['epoch'], scheme: url.searchParams.get('scheme') ?? '' }, query['from']);
      if (E.isLeft(ref)) return ref;
      const sealing = await service.sealing(bureau, ref.right);
      if (E.isLeft(sealing)) return sealing;
      const rows = await sealing.right.send(ref.right.from, Math.max(1, query['count'] ?? 1));
      return E.isLeft(rows) ? rows : E.right(frame(SealChunk.encode(ref.right), rows.right, width));
    }),
  );

  app.post(
    ROUTES.sealRows,
    serve(async ({ bureau, body }) => {
      const request = readFrame(SealChunk, width, body);
      if (E.isLeft(request)) return request;
      const sealing = await service.sealing(bureau, request.right.envelope);
      if (E.isLeft(sealing)) return sealing;
      const accepted = await sealing.right.accept(request.right.envelope.from, request.right.rows);
      return E.isLeft(accepted) ? accepted : E.right(cbor(SealProgress.encode({ accepted: accepted.right })));
    }),
  );

  app.post(
    ROUTES.sealFinish,
    serve(async ({ bureau, body }) => {
      const request = readEnvelope(SealFinish, body);
      if (E.isLeft(request)) return request;
      const sealing = await service.sealing(bureau, request.right);
      if (E.isLeft(sealing)) return sealing;
      const sealed = await sealing.right.finish(request.right.root);
      return E.isLeft(sealed) ? sealed : E.right(cbor(SealFinish.encode({ ...request.right, root: sealed.right.root })));
    }),
  );

  app.post(
    ROUTES.query,
    serve(async ({ bureau, body }) => {
      const request = readFrame(QueryTerms, ELEMENT_BYTES, body);
      if (E.isLeft(request)) return request;
      const { envelope: terms, rows: received } = request.right;
      const sealed = await service.sealed(bureau, terms);
      if (E.isLeft(sealed)) return sealed;
      const result = await answer(service.context, { bureau, sealed: sealed.right, terms, received });
      if (E.isLeft(result)) return result;
      const { digest, suppressed, rows } = result.right;
      return E.right(frame(Answer.encode({ digest, suppressed }), rows, ELEMENT_BYTES));
    }),
  );

  app.post(
    ROUTES.quote,
    serve(async ({ bureau, body }) => {
      const request = readEnvelope(QuoteRequest, body);
      if (E.isLeft(request)) return request;
      const sealed = await service.sealed(bureau, request.right);
      if (E.isLeft(sealed)) return sealed;
      const plan = planQuery(service.context, bureau, request.right);
      if (E.isLeft(plan)) return plan;
      return E.right(cbor(Quote.encode(await service.quote(bureau, plan.right))));
    }),
  );

  app.notFound(() => problem({ _tag: 'NotFound', message: 'no such route: check the holder’s url in the federation document' }));
  return app;
};

const numberOf = (value: string | null): number | undefined =>
  value !== null && /^\d{1,10}$/.test(value) ? Number(value) : undefined;

const readRef = (table: unknown, from: number | undefined) => {
  const ref = readEnvelope(TableRef, encodeCanonical(table));
  return E.isLeft(ref) ? ref : from === undefined ? E.left(badFrom) : E.right({ ...ref.right, from });
};

const badFrom: Failure = { _tag: 'BadShape', message: 'the query part needs epoch, scheme, from and count' };
