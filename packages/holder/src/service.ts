import { encodeLeaf } from '@vouchsafe/audit';
import { E, type Either, equalBytes, writableBelow } from '@vouchsafe/core';
import type { VoprfServer } from '@vouchsafe/oprf';
import { type HolderManifest, indexStatement, type Quote, type QuoteRequest, type TableRef } from '@vouchsafe/protocol';
import { issuersFor } from './consenting.ts';
import { type HolderContext, secondsOf } from './context.ts';
import { remainingOf, type Standing } from './dry-run.ts';
import {
  type NotFound,
  type NotGranted,
  type NotReady,
  type NotSealed,
  notGranted,
  type OutOfStep,
  outOfStep,
  type UnknownScheme,
} from './errors.ts';
import { keysOfTable } from './plain-table.ts';
import type { QueryPlan } from './plan-query.ts';
import { grantOf, matchQuotaOf } from './policy.ts';
import { rateOf } from './rate-of.ts';
import { openSealing, type Sealed, type SealFacts, type Sealing } from './sealing.ts';
import { type MatchQuota, type RateKind, type TableId, withinRate } from './store/index.ts';

/** What a holder has loaded for one scheme. */
export interface LoadedScheme {
  /** Absent when no querier may match. */
  readonly match?:
    | {
        readonly server: VoprfServer;
        /** Canonical CBOR of the tag index manifest. */
        readonly manifest: Uint8Array;
      }
    | undefined;
}

/** By `epoch/scheme/bureau`. */
export type Sealings = Map<string, Promise<Sealing | undefined>>;

/** What answers a batch of `match`, and within which bounds. */
export interface Matcher {
  readonly server: VoprfServer;
  readonly quota: MatchQuota;
  readonly perMinute?: number | undefined;
}

type Unavailable = NotReady | UnknownScheme | OutOfStep | NotGranted;

/** What the routes call, for one epoch: each method checks that this querier may do this now, and gives the part of the house that does it. */
export interface Service {
  readonly context: HolderContext;
  readonly onError: (error: unknown) => void;
  manifest(bureau: string): Promise<Either<NotReady, HolderManifest>>;
  indexSegment(bureau: string, sha256: string): Promise<Either<NotReady | NotGranted | NotFound, Uint8Array>>;
  matcher(bureau: string, ref: TableRef): Either<Unavailable, Matcher>;
  /** @param federation the querier's hash of the federation document, where it states one */
  sealing(bureau: string, ref: TableRef, federation?: Uint8Array): Promise<Either<Unavailable, Sealing>>;
  sealed(bureau: string, ref: TableRef): Promise<Either<Unavailable | NotSealed, Sealed>>;
  quote(bureau: string, request: QuoteRequest, plan: QueryPlan): Promise<Quote>;
  /** What the querier has used up in this epoch. */
  standing(bureau: string, kind: RateKind): Promise<Standing>;
}

export const createService = ({
  context,
  loaded,
  sealings,
  onError,
}: {
  readonly context: HolderContext;
  /** By scheme; undefined while records are being loaded. */
  readonly loaded: () => ReadonlyMap<string, LoadedScheme> | undefined;
  /** Sealings that are open, of this epoch and others: a table has one at a time, also while the federation document changes. */
  readonly sealings: Sealings;
  readonly onError: (error: unknown) => void;
}): Service => {
  const { federation, policy, slots, store, group } = context;

  const schemeOf = ({ scheme }: TableRef): Either<NotReady | UnknownScheme, LoadedScheme> => {
    const all = loaded();
    if (!all) return E.left(notReady);
    const found = all.get(scheme);
    return found ? E.right(found) : E.left(unknownScheme(federation.schemes));
  };

  const sealing: Service['sealing'] = async (bureau, ref, hash) => {
    if (!grantOf(policy, bureau)?.totals) return E.left(notGranted('totals to this querier'));
    if (hash !== undefined && !equalBytes(hash, context.federationHash)) return E.left(otherFederation);
    const found = schemeOf(ref);
    if (E.isLeft(found)) return found;
    const key = `${ref.epoch}/${ref.scheme}/${bureau}`;
    const opening = sealings.get(key) ?? open({ bureau, scheme: ref.scheme, epoch: ref.epoch });
    sealings.set(key, opening);
    const opened = await opening.catch((error: unknown) => {
      sealings.delete(key);
      throw error;
    });
    if (opened) return E.right(opened);
    // The policy grants totals to this bureau since the records were loaded: they have to be loaded for it.
    sealings.delete(key);
    return E.left(notReady);
  };

  const open = async (id: TableId): Promise<Sealing | undefined> => {
    const table = await store.table(id, slots.length);
    const state = await table.state();
    if (!state || state.stage === 'loading') return undefined;
    const entryOf = (facts: SealFacts): Uint8Array => {
      const { bureau: querier, scheme, epoch } = id;
      const time = secondsOf(context);
      return encodeLeaf({ leaf: 'seal', version: 1, time, querier, scheme, epoch, policy: context.policyHash, ...facts });
    };
    return openSealing({ keys: await keysOfTable(context, id), store: table, state, entryOf, log: context.log }, group);
  };

  const rootOf = async (id: TableId): Promise<Uint8Array | undefined> => {
    const table = await store.table(id, slots.length);
    return (await table.state())?.root;
  };

  return {
    context,
    onError,
    manifest: async (bureau) => {
      const all = loaded();
      if (!all) return E.left(notReady);
      const grant = grantOf(policy, bureau);
      return E.right({
        version: 1,
        federation: context.federationHash,
        holder: context.id,
        epoch: context.epoch.number,
        schemes: await Promise.all(
          [...all].map(async ([scheme, { match }]) => ({
            scheme,
            totals: grant?.totals !== undefined,
            ...(grant?.match && match
              ? { index: match.manifest, signature: context.log.signer.sign(indexStatement(match.manifest)) }
              : {}),
            root: grant?.totals ? await rootOf({ bureau, scheme, epoch: context.epoch.number }) : undefined,
          })),
        ),
      });
    },
    indexSegment: async (bureau, sha256) => {
      const all = loaded();
      if (!all) return E.left(notReady);
      if (!grantOf(policy, bureau)?.match) return E.left(notGranted('match to this querier'));
      for (const scheme of all.keys()) {
        const segment = await (await store.index(scheme, context.epoch.number)).segment(sha256);
        if (segment) return E.right(segment);
      }
      return E.left({ _tag: 'NotFound', message: 'no segment of that name in this epoch: fetch the manifest again' });
    },
    matcher: (bureau, ref) => {
      const grant = grantOf(policy, bureau);
      const quota = matchQuotaOf(grant);
      if (!quota) return E.left(notGranted('match to this querier'));
      const found = schemeOf(ref);
      if (E.isLeft(found)) return found;
      const perMinute = grant?.rateLimit?.batchesPerMinute;
      return found.right.match ? E.right({ server: found.right.match.server, quota, perMinute }) : E.left(notReady);
    },
    sealing,
    sealed: async (bureau, ref) => {
      const own = await sealing(bureau, ref);
      if (E.isLeft(own)) return own;
      return own.right.sealed ? E.right(own.right.sealed) : E.left(notSealed);
    },
    quote: async (bureau, request, { charge, cap }) => {
      const left = remainingOf(cap, await store.spent({ bureau, epoch: context.epoch.number }));
      const rate = rateOf(context, bureau, 'query');
      const pace = rate && withinRate(await store.answerTimes(bureau, 'query'), rate);
      return {
        charge: charge.epsilon,
        remaining: writableBelow(left.epsilon),
        signals: charge.signals,
        signalsRemaining: left.signals,
        ...(charge.rho ? { rho: { charge: charge.rho, remaining: writableBelow(left.rho ?? charge.rho) } } : {}),
        consent: request.kind === 'signal' ? issuersFor(context, bureau, request.purpose) : undefined,
        retryAfter: pace && E.isLeft(pace) ? pace.left.retryAfter : undefined,
      };
    },
    standing: async (bureau, kind) => ({
      spent: await store.spent({ bureau, epoch: context.epoch.number }),
      matchSpent: await store.matchSpent({ bureau, epoch: context.epoch.number }, context.clock()),
      answerTimes: await store.answerTimes(bureau, kind),
    }),
  };
};

const notReady: NotReady = { _tag: 'NotReady', message: 'this holder is still loading its records: try again in a moment' };
const notSealed: NotSealed = {
  _tag: 'NotSealed',
  message: 'no table is sealed for this querier and scheme in this epoch: sync first',
};
const otherFederation: OutOfStep = outOfStep('the two sides have different federation documents: get the current one');
const unknownScheme = (schemes: readonly string[]): UnknownScheme => ({
  _tag: 'UnknownScheme',
  message: `this federation has no such identifier scheme; it has: ${schemes.join(', ')}`,
});
