import { signCheckpoint } from '@vouchsafe/audit';
import { createMerkleRoot, E, encodeCanonical } from '@vouchsafe/core';
import { CBOR_TYPE, LogCheckpoint, LogConsistency, LogEntries, LogInclusion, MAX_LOG_ENTRIES, ROUTES } from '@vouchsafe/protocol';
import type { Hono } from 'hono';
import type { Services } from '../services.ts';
import type { Failure, Serve } from '../serving.ts';
import { wholeNumber } from './whole-number.ts';

/** The log: checkpoints and proofs for every member, entries for the auditor. An entry tells what another bureau asked. */
export const logRoutes = (app: Hono, serve: Serve, { newest: { context } }: Services): void => {
  const { log } = context.store;
  const { origin, signer } = context.log;

  app.get(
    ROUTES.logCheckpoint,
    serve(['bureau', 'auditor', 'holder'], async () => {
      // An empty log has a checkpoint as well: that there is nothing yet is then signed, too.
      const note = (await log.checkpoint()) ?? signCheckpoint({ origin, size: 0, root: createMerkleRoot().root() }, signer);
      return E.right({ type: CBOR_TYPE, body: encodeCanonical(LogCheckpoint.encode({ note })) });
    }),
  );

  app.get(
    ROUTES.logConsistency,
    serve(['bureau', 'auditor', 'holder'], async ({ url }) => {
      const [from, to] = ['from', 'to'].map((name) => wholeNumber(url.searchParams.get(name)));
      if (from === undefined || to === undefined) return E.left(badPage('from and to'));
      const hashes = await log.consistency({ first: from, second: to });
      return E.isLeft(hashes)
        ? hashes
        : E.right({ type: CBOR_TYPE, body: encodeCanonical(LogConsistency.encode({ from, to, hashes: hashes.right })) });
    }),
  );

  app.get(
    ROUTES.logInclusion,
    serve(['bureau', 'auditor', 'holder'], async ({ url }) => {
      const [index, size] = ['index', 'size'].map((name) => wholeNumber(url.searchParams.get(name)));
      if (index === undefined || size === undefined) return E.left(badPage('index and size'));
      const hashes = await log.inclusion({ index, size });
      return E.isLeft(hashes)
        ? hashes
        : E.right({ type: CBOR_TYPE, body: encodeCanonical(LogInclusion.encode({ index, size, hashes: hashes.right })) });
    }),
  );

  app.get(
    ROUTES.logEntries,
    serve(['auditor'], async ({ url }) => {
      const [from, count] = ['from', 'count'].map((name) => wholeNumber(url.searchParams.get(name)));
      if (from === undefined || count === undefined) return E.left(badPage('from and count'));
      const entries = await log.entries({ from, count: Math.min(count, MAX_LOG_ENTRIES) });
      return E.isLeft(entries)
        ? entries
        : E.right({ type: CBOR_TYPE, body: encodeCanonical(LogEntries.encode({ from, entries: entries.right })) });
    }),
  );
};

const badPage = (names: string): Failure => ({ _tag: 'BadShape', message: `the query part needs ${names}, whole numbers` });
