import { readLeaf } from '@vouchsafe/audit';
import { isAcknowledged, StatementReport } from '@vouchsafe/audit/statement';
import { E, type Either, encodeCanonical, hexToBytes } from '@vouchsafe/core';
import { Acknowledgements, CBOR_TYPE, MAX_ACKNOWLEDGEMENTS, memberKeysNow, ROUTES, readEnvelope } from '@vouchsafe/protocol';
import type { Hono } from 'hono';
import { secondsOf } from '../context.ts';
import type { Services } from '../services.ts';
import type { Failure, Serve } from '../serving.ts';
import { statementOf } from '../statement.ts';
import { wholeNumber } from './whole-number.ts';

/** Counter-signatures of those who got answers, and what they add up to. */
export const statementRoutes = (app: Hono, serve: Serve, { newest: { context } }: Services): void => {
  const { federation, log, store } = context;

  /** Is it a counter-signature of this bureau under an entry about an answer to this bureau? */
  const check = async (
    bureau: string,
    { index, signature }: { readonly index: number; readonly signature: Uint8Array },
  ): Promise<Either<Failure, void>> => {
    const page = await store.log.entries({ from: index, count: 1 });
    if (E.isLeft(page)) return page;
    const [entry] = page.right;
    const leaf = entry && readLeaf(entry);
    if (!entry || !leaf || E.isLeft(leaf) || (leaf.right.leaf !== 'query' && leaf.right.leaf !== 'match'))
      return E.left(badAcknowledgement);
    const publicKeys = memberKeysNow(federation, { id: bureau, role: 'bureau' }, secondsOf(context)).map(hexToBytes);
    const holds =
      leaf.right.querier === bureau && isAcknowledged({ origin: log.origin, index, entry }, { publicKeys, signature });
    return holds ? E.right(undefined) : E.left(badAcknowledgement);
  };

  app.post(
    ROUTES.acknowledgements,
    serve(['bureau'], async ({ member, body }) => {
      const request = readEnvelope(Acknowledgements, body);
      if (E.isLeft(request)) return request;
      for (const item of request.right.items) {
        const checked = await check(member.id, item);
        if (E.isLeft(checked)) return checked;
      }
      await store.acknowledge(request.right.items);
      return E.right({ type: CBOR_TYPE, body: encodeCanonical(Acknowledgements.encode({ items: [] })) });
    }),
  );

  app.get(
    ROUTES.acknowledgements,
    serve(['auditor'], async ({ url }) => {
      const [from, count] = ['from', 'count'].map((name) => wholeNumber(url.searchParams.get(name)));
      if (from === undefined || count === undefined) return E.left(badPage('from and count'));
      const items = await store.acknowledgements({ from, count: Math.min(count, MAX_ACKNOWLEDGEMENTS) });
      return E.right({ type: CBOR_TYPE, body: encodeCanonical(Acknowledgements.encode({ items })) });
    }),
  );

  app.get(
    ROUTES.statement,
    serve(['bureau', 'auditor'], async ({ member, url }) => {
      const [from, to] = ['from', 'to'].map((name) => wholeNumber(url.searchParams.get(name)));
      if (from === undefined || to === undefined) return E.left(badPage('from and to, seconds since 1970'));
      // What others asked is none of a bureau's business.
      const querier = member.role === 'bureau' ? member.id : undefined;
      const report = await statementOf(context, { period: { from, to }, querier });
      return E.isLeft(report)
        ? report
        : E.right({ type: CBOR_TYPE, body: encodeCanonical(StatementReport.encode(report.right)) });
    }),
  );
};

const badPage = (names: string): Failure => ({ _tag: 'BadShape', message: `the query part needs ${names}, whole numbers` });
const badAcknowledgement: Failure = {
  _tag: 'BadAcknowledgement',
  message: 'not a counter-signature under an entry about an answer to this querier: nothing of this message was kept',
};
