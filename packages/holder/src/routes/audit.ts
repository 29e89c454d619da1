import { encodeLeaf, readLeaf } from '@vouchsafe/audit';
import { Sample } from '@vouchsafe/audit/openings';
import { E, encodeCanonical } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { AuditOpen, AuditOpened, AuditSample, AuditSampled, CBOR_TYPE, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import type { Hono } from 'hono';
import { secondsOf } from '../context.ts';
import { sampleRows } from '../sampling.ts';
import type { Service } from '../service.ts';
import type { Failure, Serve } from '../serving.ts';

/** What only the auditor sees. Each look is in the log before anything is shown. */
export const auditRoutes = (app: Hono, serve: Serve, { context, records }: Service): void => {
  const { log, slots, store } = context;

  app.post(
    ROUTES.auditOpen,
    serve(['auditor'], async ({ member, body }) => {
      const request = readEnvelope(AuditOpen, body);
      if (E.isLeft(request)) return request;
      const { entry, subjects } = request.right;
      const page = await store.log.entries({ from: entry, count: 1 });
      if (E.isLeft(page)) return page;
      const [written] = page.right;
      const leaf = written && readLeaf(written);
      const opening = await store.opening(entry);
      if (!leaf || E.isLeft(leaf) || leaf.right.leaf !== 'query' || !opening) return E.left(noQuery);
      const { querier, scheme, epoch, digest } = leaf.right;
      const state = await (await store.table({ bureau: querier, scheme, epoch }, slots.length)).state();
      if (!state?.bureauKeys) return E.left(tableGone);
      const about = { version: 1, time: secondsOf(context), querier, scheme, epoch, auditor: member.id, digest } as const;
      const receipt = await store.append(encodeLeaf({ leaf: 'open', ...about, entry, subjects }), log);
      const joinKey = state.bureauKeys.slice(0, ELEMENT_BYTES);
      return E.right({ type: CBOR_TYPE, body: encodeCanonical(AuditOpened.encode({ receipt, joinKey, ...opening })) });
    }),
  );

  app.post(
    ROUTES.auditSample,
    serve(['auditor'], async ({ member, body }) => {
      const request = readEnvelope(AuditSample, body);
      if (E.isLeft(request)) return request;
      const { querier, scheme, epoch, seed, count } = request.right;
      const table = await store.table({ bureau: querier, scheme, epoch }, slots.length);
      const state = await table.state();
      if (!state?.root || !state.bureauKeys) return E.left(tableGone);
      const about = { version: 1, time: secondsOf(context), querier, scheme, epoch, auditor: member.id } as const;
      const rows = Math.min(count, state.rows);
      const receipt = await store.append(encodeLeaf({ leaf: 'sample', ...about, root: state.root, seed, rows }), log);
      const sample = await sampleRows(context, { ...request.right, table, state, records });
      if (E.isLeft(sample)) return sample;
      const written = encodeCanonical(Sample.encode(sample.right));
      return E.right({ type: CBOR_TYPE, body: encodeCanonical(AuditSampled.encode({ receipt, sample: written })) });
    }),
  );
};

const noQuery: Failure = {
  _tag: 'NotFound',
  message: 'no query with its opening stands at that entry: name an entry of kind "query" of this log',
};
const tableGone: Failure = {
  _tag: 'NotFound',
  message: 'no table for that querier, scheme and epoch is here any more, or its rows were not all sent',
};
