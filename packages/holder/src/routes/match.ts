import { E, encodeCanonical } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { CBOR_TYPE, Evaluated, FRAME_TYPE, HolderManifest, ROUTES, readFrame, TableRef, writeFrame } from '@vouchsafe/protocol';
import type { Hono } from 'hono';
import { requestedRange } from '../byte-range.ts';
import { evaluateBatch } from '../matching.ts';
import type { Services } from '../services.ts';
import type { Reply, Serve } from '../serving.ts';
import { wholeNumber } from './whole-number.ts';

/** An immutable file, or the part of it that was asked for. Its name is its hash, and its strong tag (RFC 9110 §8.8.3) too. */
const fileReply = ({
  file,
  name,
  range,
  ifRange,
}: {
  readonly file: Uint8Array;
  readonly name: string;
  readonly range: string | null;
  readonly ifRange: string | null;
}): Reply => {
  const tag = `"${name}"`;
  const size = file.length;
  const type = 'application/octet-stream';
  const headers = { 'cache-control': 'private, immutable, max-age=31536000', 'accept-ranges': 'bytes', etag: tag };
  const part = requestedRange({ range, ifRange }, { size, tag });
  if (part === undefined) return { type, body: file, headers };
  if (part === 'unsatisfiable')
    return { status: 416, type, body: new Uint8Array(0), headers: { ...headers, 'content-range': `bytes */${size}` } };
  const { from, to } = part;
  return {
    status: 206,
    type,
    body: file.subarray(from, to),
    headers: { ...headers, 'content-range': `bytes ${from}-${to - 1}/${size}` },
  };
};

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
    serve(['bureau'], async ({ member, param, header }) => {
      const name = param('sha256');
      // Named by its hash, so that any live epoch may have it.
      let segment = await services.newest.indexSegment(member.id, name);
      for (const service of services.all) if (E.isLeft(segment)) segment = await service.indexSegment(member.id, name);
      if (E.isLeft(segment)) return segment;
      return E.right(fileReply({ file: segment.right, name, range: header('range'), ifRange: header('if-range') }));
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
      const matcher = service.right.matcher(member.id, ref);
      if (E.isLeft(matcher)) return matcher;
      const result = await evaluateBatch(service.right.context, { bureau: member.id, ref, ...matcher.right, blinded });
      if (E.isLeft(result)) return result;
      const { evaluated, proof, receipt } = result.right;
      const envelope = Evaluated.encode({ proof, receipt });
      return E.right({ type: FRAME_TYPE, body: writeFrame({ envelope, rows: evaluated, rowBytes: ELEMENT_BYTES }) });
    }),
  );
};
