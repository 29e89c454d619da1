import { E, encodeCanonical } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { CBOR_TYPE, Evaluated, FRAME_TYPE, HolderManifest, ROUTES, readFrame, TableRef, writeFrame } from '@vouchsafe/protocol';
import type { Hono } from 'hono';
import { evaluateBatch } from '../matching.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving.ts';
import { wholeNumber } from './whole-number.ts';

/** What a bureau needs to find out whom this holder knows: the manifest, the tag index, evaluations. */
export const matchRoutes = (app: Hono, serve: Serve, services: Services): void => {
  app.get(
    ROUTES.manifest,
    serve(['bureau'], async ({ member, url }) => {
      const epoch = wholeNumber(url.searchParams.get('epoch'));
      const service = epoch === undefined ? E.right(services.newest) : services.of(epoch);
      if (E.isLeft(service)) return service;
      const manifest = await service.right.manifest(member.id);
      return E.isLeft(manifest)
        ? manifest
        : E.right({ type: CBOR_TYPE, body: encodeCanonical(HolderManifest.encode(manifest.right)) });
    }),
  );

  app.get(
    ROUTES.indexSegment,
    serve(['bureau'], async ({ member, param }) => {
      // Named by its hash, so that any live epoch may have it.
      let segment = await services.newest.indexSegment(member.id, param('sha256'));
      for (const service of services.all) if (E.isLeft(segment)) segment = await service.indexSegment(member.id, param('sha256'));
      if (E.isLeft(segment)) return segment;
      const headers = { 'cache-control': 'private, immutable, max-age=31536000' };
      return E.right({ type: 'application/octet-stream', body: segment.right, headers });
    }),
  );

  app.post(
    ROUTES.match,
    serve(['bureau'], async ({ member, body }) => {
      const request = readFrame(TableRef, ELEMENT_BYTES, body);
      if (E.isLeft(request)) return request;
      const { envelope: ref, rows: blinded } = request.right;
      const service = services.of(ref.epoch);
      if (E.isLeft(service)) return service;
      const server = service.right.matcher(member.id, ref);
      if (E.isLeft(server)) return server;
      const result = await evaluateBatch(service.right.context, { bureau: member.id, ref, server: server.right, blinded });
      if (E.isLeft(result)) return result;
      const { evaluated, proof, receipt } = result.right;
      const envelope = Evaluated.encode({ proof, receipt });
      return E.right({ type: FRAME_TYPE, body: writeFrame({ envelope, rows: evaluated, rowBytes: ELEMENT_BYTES }) });
    }),
  );
};
