import { E, encodeCanonical } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { CBOR_TYPE, Evaluated, FRAME_TYPE, HolderManifest, ROUTES, readFrame, TableRef, writeFrame } from '@vouchsafe/protocol';
import type { Hono } from 'hono';
import { evaluateBatch } from '../matching.ts';
import type { Service } from '../service.ts';
import type { Serve } from '../serving.ts';

/** What a bureau needs to find out whom this holder knows: the manifest, the tag index, evaluations. */
export const matchRoutes = (app: Hono, serve: Serve, service: Service): void => {
  app.get(
    ROUTES.manifest,
    serve(['bureau'], async ({ member }) => {
      const manifest = service.manifest(member.id);
      return E.isLeft(manifest)
        ? manifest
        : E.right({ type: CBOR_TYPE, body: encodeCanonical(HolderManifest.encode(manifest.right)) });
    }),
  );

  app.get(
    ROUTES.indexSegment,
    serve(['bureau'], async ({ member, param }) => {
      const segment = await service.indexSegment(member.id, param('sha256'));
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
      const matcher = service.matcher(member.id, ref);
      if (E.isLeft(matcher)) return matcher;
      const result = await evaluateBatch(service.context, { bureau: member.id, ref, ...matcher.right, blinded });
      if (E.isLeft(result)) return result;
      const { evaluated, proof, receipt } = result.right;
      const envelope = Evaluated.encode({ proof, receipt });
      return E.right({ type: FRAME_TYPE, body: writeFrame({ envelope, rows: evaluated, rowBytes: ELEMENT_BYTES }) });
    }),
  );
};
