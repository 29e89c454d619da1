import { encodeLeaf, readLeaf } from '@vouchsafe/audit';
import { Sample } from '@vouchsafe/audit/openings';
import { E, encodeCanonical } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { AuditOpen, AuditOpened, AuditSample, AuditSampled, CBOR_TYPE, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import type { Hono } from 'hono';
import { secondsOf } from '../context.ts';
import { sampleRows } from '../sampling.ts';
import type { Services } from '../services.ts';
import type { Failure, Serve } from '../serving.ts';

/** What only the auditor sees. Each look is in the log before anything is shown. */
export const auditRoutes = (app: Hono, serve: Serve, { newest: { context } }: Services): void => {
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
      const table = await store.auditTable({ bureau: querier, scheme, epoch });
      if (!table) return E.left(tableGone);
      const about = { version: 1, time: secondsOf(context), querier, scheme, epoch, auditor: member.id, digest } as const;
      const receipt = await store.append(encodeLeaf({ leaf: 'open', ...about, entry, subjects }), log);
      const joinKey = table.bureauKeys.slice(0, ELEMENT_BYTES);
      return E.right({ type: CBOR_TYPE, body: encodeCanonical(AuditOpened.encode({ receipt, joinKey, ...opening })) });
    }),
  );

  app.post(
    ROUTES.auditSample,
    serve(['auditor'], async ({ member, body }) => {
      const request = readEnvelope(AuditSample, body);
      if (E.isLeft(request)) return request;
      const { querier, scheme, epoch, count } = request.right;
      const table = await store.auditTable({ bureau: querier, scheme, epoch });
      const seed = await store.joinSeed(epoch);
      if (!table || !seed) return E.left(tableGone);
      if (table.holderKeys.length !== slots.length * ELEMENT_BYTES) return E.left(otherCatalogue);
      const about = { version: 1, time: secondsOf(context), querier, scheme, epoch, auditor: member.id } as const;
      const rows = Math.min(count, table.rows);
      const receipt = await store.append(
        encodeLeaf({ leaf: 'sample', ...about, root: table.root, seed: request.right.seed, rows }),
        log,
      );
      const sample = await sampleRows(context, { ...request.right, table, joinSeed: seed });
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
const otherCatalogue: Failure = {
  _tag: 'NotFound',
  message: 'the catalogue has changed since that epoch: its records cannot be read in its form any more',
};
const tableGone: Failure = {
  _tag: 'NotFound',
  message: 'no table for that querier, scheme and epoch is here any more, or its rows were not all sent',
};
