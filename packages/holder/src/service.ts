import { E, type Either, equalBytes, subtractRational } from '@vouchsafe/core';
import type { Subjects } from '@vouchsafe/join';
import type { VoprfServer } from '@vouchsafe/oprf';
import { type HolderManifest, memberOf, type Quote, type TableRef } from '@vouchsafe/protocol';
import type { HolderContext } from './context.ts';
import {
  type NotFound,
  type NotGranted,
  type NotReady,
  type NotSealed,
  notGranted,
  type OutOfStep,
  outOfStep,
  type Unauthenticated,
  type UnknownScheme,
} from './errors.ts';
import type { QueryPlan } from './plan-query.ts';
import { grantOf } from './policy.ts';
import { createSealing, type Sealed, type Sealing } from './sealing.ts';

/** What a holder has loaded for one scheme. */
export interface LoadedScheme {
  readonly subjects: Subjects;
  /** Absent when no querier may match. */
  readonly match?: {
    readonly server: VoprfServer;
    /** Canonical CBOR of the tag index manifest. */
    readonly manifest: Uint8Array;
    /** By the hexadecimal SHA-256 that stands in the manifest. */
    readonly segments: ReadonlyMap<string, Uint8Array>;
  };
}

/** Says which member of the federation sent a request, or nothing when it does not know. */
export type Authenticator = (request: Request) => Promise<string | undefined>;

type Unavailable = NotReady | UnknownScheme | OutOfStep | NotGranted;

/** What the routes call: each method checks that this querier may do this now, and gives the part of the house that does it. */
export interface Service {
  readonly context: HolderContext;
  readonly onError: (error: unknown) => void;
  authenticate(request: Request): Promise<Either<Unauthenticated, string>>;
  manifest(bureau: string): Either<NotReady, HolderManifest>;
  indexSegment(bureau: string, sha256: string): Either<NotReady | NotGranted | NotFound, Uint8Array>;
  matcher(bureau: string, ref: TableRef): Either<Unavailable, VoprfServer>;
  /** @param federation the querier's hash of the federation document, where it states one */
  sealing(bureau: string, ref: TableRef, federation?: Uint8Array): Promise<Either<Unavailable, Sealing>>;
  sealed(bureau: string, ref: TableRef): Promise<Either<Unavailable | NotSealed, Sealed>>;
  quote(bureau: string, plan: QueryPlan): Promise<Quote>;
}

export const createService = ({
  context,
  authenticate,
  loaded,
  onError,
}: {
  readonly context: HolderContext;
  readonly authenticate: Authenticator;
  /** By scheme; undefined while records are being loaded. */
  readonly loaded: () => ReadonlyMap<string, LoadedScheme> | undefined;
  readonly onError: (error: unknown) => void;
}): Service => {
  const { federation, policy, slots, store, group, padTo } = context;
  const sealings = new Map<string, Promise<Sealing>>();

  const schemeOf = ({ epoch, scheme }: TableRef): Either<NotReady | UnknownScheme | OutOfStep, LoadedScheme> => {
    const all = loaded();
    if (!all) return E.left(notReady);
    if (epoch !== federation.epoch) return E.left(outOfStep(`this holder is in epoch ${federation.epoch}: sync, then try again`));
    const found = all.get(scheme);
    return found ? E.right(found) : E.left(unknownScheme(federation.schemes));
  };

  const sealing: Service['sealing'] = async (bureau, ref, hash) => {
    if (!grantOf(policy, bureau)?.totals) return E.left(notGranted('totals to this querier'));
    if (hash !== undefined && !equalBytes(hash, context.federationHash)) return E.left(otherFederation);
    const found = schemeOf(ref);
    if (E.isLeft(found)) return found;
    const key = `${ref.scheme}/${bureau}`;
    const start = async (): Promise<Sealing> =>
      createSealing(
        {
          context: { federation: federation.id, bureau, holder: context.id, scheme: ref.scheme, epoch: ref.epoch },
          seeds: await store.epochSecrets(ref.epoch),
          subjects: found.right.subjects,
          slots: slots.length,
          padTo,
        },
        group,
      );
    const own = sealings.get(key) ?? start();
    sealings.set(key, own);
    return E.right(await own);
  };

  return {
    context,
    onError,
    authenticate: async (request) => {
      const id = await authenticate(request);
      return id !== undefined && memberOf(federation, id, 'bureau') ? E.right(id) : E.left(unauthenticated);
    },
    manifest: (bureau) => {
      const all = loaded();
      if (!all) return E.left(notReady);
      const grant = grantOf(policy, bureau);
      return E.right({
        version: 1,
        federation: context.federationHash,
        holder: context.id,
        epoch: federation.epoch,
        schemes: [...all].map(([scheme, { match }]) => ({
          scheme,
          totals: grant?.totals !== undefined,
          index: grant?.match ? match?.manifest : undefined,
        })),
      });
    },
    indexSegment: (bureau, sha256) => {
      const all = loaded();
      if (!all) return E.left(notReady);
      if (!grantOf(policy, bureau)?.match) return E.left(notGranted('match to this querier'));
      const segment = [...all.values()].map(({ match }) => match?.segments.get(sha256)).find((found) => found !== undefined);
      return segment
        ? E.right(segment)
        : E.left({ _tag: 'NotFound', message: 'no segment of that name in this epoch: fetch the manifest again' });
    },
    matcher: (bureau, ref) => {
      if (!grantOf(policy, bureau)?.match) return E.left(notGranted('match to this querier'));
      const found = schemeOf(ref);
      if (E.isLeft(found)) return found;
      return found.right.match ? E.right(found.right.match.server) : E.left(notReady);
    },
    sealing,
    sealed: async (bureau, ref) => {
      const own = await sealing(bureau, ref);
      if (E.isLeft(own)) return own;
      return own.right.sealed ? E.right(own.right.sealed) : E.left(notSealed);
    },
    quote: async (bureau, { charge, cap }) => {
      const spent = await store.spent({ bureau, epoch: federation.epoch });
      return {
        charge: charge.epsilon,
        remaining: subtractRational(cap.epsilon, spent.epsilon),
        signals: charge.signals,
        signalsRemaining: cap.signals - spent.signals,
      };
    },
  };
};

const notReady: NotReady = { _tag: 'NotReady', message: 'this holder is still loading its records: try again in a moment' };
const notSealed: NotSealed = {
  _tag: 'NotSealed',
  message: 'no table is sealed for this querier and scheme in this epoch: sync first',
};
const unauthenticated: Unauthenticated = {
  _tag: 'Unauthenticated',
  message: 'the request is not from a bureau of the federation, as far as this holder can tell',
};
const otherFederation: OutOfStep = outOfStep('the two sides have different federation documents: get the current one');
const unknownScheme = (schemes: readonly string[]): UnknownScheme => ({
  _tag: 'UnknownScheme',
  message: `this federation has no such identifier scheme; it has: ${schemes.join(', ')}`,
});
