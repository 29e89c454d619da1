import { E, type Either, encodeCanonical } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { rowBytes } from '@vouchsafe/join';
import {
  CBOR_TYPE,
  FRAME_TYPE,
  ROUTES,
  readEnvelope,
  readFrame,
  SealAccept,
  SealChunk,
  SealDone,
  SealFinish,
  SealOffer,
  SealProgress,
  SealProof,
  SealProven,
  SealVerified,
  TableRef,
  writeFrame,
} from '@vouchsafe/protocol';
import type { Hono } from 'hono';
import type { Services } from '../services.ts';
import type { Failure, Serve } from '../serving.ts';
import { wholeNumber } from './whole-number.ts';

/** The setup of the sealed join: keys, both streams, the shuffle proof, finish. */
export const sealRoutes = (app: Hono, serve: Serve, services: Services): void => {
  const sealingOf = async (bureau: string, ref: TableRef, federation?: Uint8Array) => {
    const service = services.of(ref.epoch);
    return E.isLeft(service) ? service : service.right.sealing(bureau, ref, federation);
  };
  const width = rowBytes(services.newest.context.slots.length);

  app.post(
    ROUTES.sealKeys,
    serve(['bureau'], async ({ member, body }) => {
      const request = readFrame(SealOffer, ELEMENT_BYTES, body);
      if (E.isLeft(request)) return request;
      const { envelope: offer, rows: keys } = request.right;
      const sealing = await sealingOf(member.id, offer, offer.federation);
      if (E.isLeft(sealing)) return sealing;
      const accepted = await sealing.right.offer(keys, offer.proof);
      if (E.isLeft(accepted)) return accepted;
      const { slotKeys, ...rest } = accepted.right;
      const sealed = sealing.right.sealed !== undefined;
      const envelope = SealAccept.encode({ ...rest, rows: sealing.right.rows, sealed });
      return E.right({ type: FRAME_TYPE, body: writeFrame({ envelope, rows: slotKeys, rowBytes: ELEMENT_BYTES }) });
    }),
  );

  app.get(
    ROUTES.sealRows,
    serve(['bureau'], async ({ member, url }) => {
      const request = readRowsRequest(url);
      if (E.isLeft(request)) return request;
      const { count, ...chunk } = request.right;
      const sealing = await sealingOf(member.id, chunk);
      if (E.isLeft(sealing)) return sealing;
      const rows = await sealing.right.send(chunk.from, count);
      if (E.isLeft(rows)) return rows;
      const envelope = SealChunk.encode(chunk);
      return E.right({ type: FRAME_TYPE, body: writeFrame({ envelope, rows: rows.right, rowBytes: width }) });
    }),
  );

  app.post(
    ROUTES.sealRows,
    serve(['bureau'], async ({ member, body }) => {
      const request = readFrame(SealChunk, width, body);
      if (E.isLeft(request)) return request;
      const sealing = await sealingOf(member.id, request.right.envelope);
      if (E.isLeft(sealing)) return sealing;
      const accepted = await sealing.right.accept(request.right.envelope.from, request.right.rows);
      return E.isLeft(accepted)
        ? accepted
        : E.right({ type: CBOR_TYPE, body: encodeCanonical(SealProgress.encode({ accepted: accepted.right })) });
    }),
  );

  app.post(
    ROUTES.sealProof,
    serve(['bureau'], async ({ member, body }) => {
      const request = readFrame(SealProof, ELEMENT_BYTES, body);
      if (E.isLeft(request)) return request;
      const { envelope, rows: chunk } = request.right;
      const sealing = await sealingOf(member.id, envelope);
      if (E.isLeft(sealing)) return sealing;
      const proven = await sealing.right.prove(envelope.chunk, chunk);
      if (E.isLeft(proven)) return proven;
      return E.right({ type: CBOR_TYPE, body: encodeCanonical(SealProven.encode({ proven: proven.right })) });
    }),
  );

  app.post(
    ROUTES.sealVerify,
    serve(['bureau'], async ({ member, body }) => {
      const request = readEnvelope(SealFinish, body);
      if (E.isLeft(request)) return request;
      const sealing = await sealingOf(member.id, request.right);
      if (E.isLeft(sealing)) return sealing;
      const verified = await sealing.right.verify(request.right.root);
      if (E.isLeft(verified)) return verified;
      return E.right({ type: CBOR_TYPE, body: encodeCanonical(SealVerified.encode(verified.right)) });
    }),
  );

  app.post(
    ROUTES.sealFinish,
    serve(['bureau'], async ({ member, body }) => {
      const request = readEnvelope(SealFinish, body);
      if (E.isLeft(request)) return request;
      const sealing = await sealingOf(member.id, request.right);
      if (E.isLeft(sealing)) return sealing;
      const sealed = await sealing.right.finish(request.right.root);
      if (E.isLeft(sealed)) return sealed;
      const { root, receipt } = sealed.right;
      return E.right({ type: CBOR_TYPE, body: encodeCanonical(SealDone.encode({ root, receipt })) });
    }),
  );
};

/** The query part `epoch`, `scheme`, `from`, `count`. */
const readRowsRequest = (url: URL): Either<Failure, SealChunk & { readonly count: number }> => {
  const number = (name: string): number | undefined => wholeNumber(url.searchParams.get(name));
  const [epoch, from, count = 1] = [number('epoch'), number('from'), number('count')];
  const ref = readEnvelope(TableRef, encodeCanonical({ epoch, scheme: url.searchParams.get('scheme') ?? '' }));
  if (E.isLeft(ref)) return ref;
  return from === undefined
    ? E.left({ _tag: 'BadShape', message: 'the query part needs epoch, scheme, from and count' })
    : E.right({ ...ref.right, from, count: Math.max(1, count) });
};
