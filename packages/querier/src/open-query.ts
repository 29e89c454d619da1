import { inclusionProofs } from '@vouchsafe/audit';
import {
  type BadOpenRequest,
  encodeOpening,
  type OpenedRequest,
  type OpenedSubject,
  type OpenTerms,
  readOpenRequest,
} from '@vouchsafe/audit/openings';
import { concatBytes, E, type Either, hexToBytes, leafHash, type Secret, type StoreFault } from '@vouchsafe/core';
import { type ElementBytes, elementAt, GENERATOR, type ScalarBytes } from '@vouchsafe/group';
import { type BureauContext, deriveBureauScalar, hashSubjects, orderCohort, pseudonymsOf } from '@vouchsafe/join';
import { proveDesignated } from '@vouchsafe/oprf';
import { memberKeysNow, memberOf } from '@vouchsafe/protocol';
import type { QuerierContext } from './context.ts';
import type { HolderFault } from './errors.ts';

/** The query is none of this bureau's, or its audit window is over. */
export interface CannotOpenQuery {
  readonly _tag: 'CannotOpenQuery';
  readonly message: string;
}

const cannotOpen = (why: string): CannotOpenQuery => ({ _tag: 'CannotOpenQuery', message: `the query cannot be opened: ${why}` });

/** The holder's log does not say that the auditor opens this query. */
export interface OpeningNotLogged {
  readonly _tag: 'OpeningNotLogged';
  readonly message: string;
}

const notLogged = (fault: HolderFault): OpeningNotLogged => ({
  _tag: 'OpeningNotLogged',
  message: `nothing is opened that the holder’s log does not show: ${fault.message}`,
});

/** Why a bureau does not open a query for the auditor: the request does not hold, or the query is not kept or not in the holder’s log. */
export type OpenQueryError = StoreFault | BadOpenRequest | CannotOpenQuery | OpeningNotLogged;

/**
 * Shows the auditor who was asked about: request → the holder's log says so? → who it was → a proof for the auditor's eyes. kB stays here, and the proof is worth nothing to anybody else.
 * @param received the auditor's request
 * @returns the answer, which holds identifiers: send it encrypted
 */
export const openQuery = async (context: QuerierContext, received: Uint8Array): Promise<Either<OpenQueryError, Uint8Array>> => {
  const { federation, group, id: bureau, store, transport } = context;
  const auditor = federation.members.find(({ role }) => role === 'auditor')!;
  const now = Math.floor(transport.clock() / 1000);
  const keys = memberKeysNow(federation, { id: auditor.id, role: 'auditor' }, now).map(hexToBytes);
  const request = await readOpenRequest(received, keys, group);
  if (E.isLeft(request)) return request;
  const { terms, verifier, binding } = request.right;
  if (terms.federation !== federation.id || terms.bureau !== bureau || terms.auditor !== auditor.id)
    return E.left(cannotOpen('the request is for another federation or bureau'));
  const logged = await checkLogged(context, terms);
  if (E.isLeft(logged)) return logged;
  const ids = await store.keptQuery(terms);
  if (!ids) return E.left(cannotOpen('it was not asked from this store, or its audit window is over'));

  // Also of an epoch that is over, until its audit window ends.
  const join = await store.joinSeed(terms.epoch);
  if (!join) return E.left(cannotOpen('the audit window of its epoch is over'));
  const own: BureauContext = { federation: federation.id, bureau, scheme: terms.scheme, epoch: terms.epoch };
  const joinScalar = deriveBureauScalar(own, { join });
  join.wipe();
  try {
    return await showSubjects(context, { own, joinScalar, ids, terms, verifier, binding });
  } finally {
    joinScalar.wipe();
  }
};

/** The cohort as it was asked, and for each place that is asked for, who it is, with a proof. */
const showSubjects = async (
  { group }: QuerierContext,
  {
    own,
    joinScalar,
    ids,
    terms,
    verifier,
    binding,
  }: {
    readonly own: BureauContext;
    readonly joinScalar: Secret;
    readonly ids: readonly Uint8Array[];
  } & Pick<OpenedRequest, 'terms' | 'verifier' | 'binding'>,
): Promise<Either<CannotOpenQuery, Uint8Array>> => {
  const k = joinScalar.reveal() as ScalarBytes;
  const joinKey = await group.multiplyBase(GENERATOR, k);
  const { cohort, order } = await orderCohort(await pseudonymsOf({ context: own, ids, scalar: k }, group));
  const size = order.length;
  if (terms.positions.some((position) => position >= size))
    return E.left(cannotOpen(`it has ${size} subjects: name places below that`));
  const leaves = concatBytes(...Array.from({ length: size }, (_, i) => leafHash(elementAt(cohort, i))));
  const paths = await inclusionProofs(leaves, terms.positions);
  const subjects: OpenedSubject[] = [];
  for (const [i, position] of terms.positions.entries()) {
    const id = ids[order[position]!]!;
    const pseudonym: ElementBytes = elementAt(cohort, position).slice() as ElementBytes;
    const C = await hashSubjects({ context: own, ids: [id] }, group);
    const proof = await proveDesignated(k, { binding, B: joinKey, C, D: pseudonym, verifier }, group);
    subjects.push({ position, id, pseudonym, path: paths[i]!, proof });
  }
  return E.right(encodeOpening({ digest: terms.digest, joinKey, subjects }));
};

/** The receipt must be of an entry in the holder's log that says this, and the log must go on from what this bureau saw. */
const checkLogged = async (
  { federation, id: bureau, logs }: QuerierContext,
  { holder, receipt, scheme, epoch, auditor, entry, digest, positions }: OpenTerms,
): Promise<Either<CannotOpenQuery | OpeningNotLogged, void>> => {
  const member = memberOf(federation, holder, 'holder');
  if (member?.url === undefined) return E.left(cannotOpen('the federation has no such holder'));
  const expected = { leaf: 'open', querier: bureau, scheme, epoch, auditor, entry, digest, subjects: positions.length } as const;
  const logged = await logs.check({ holder, url: member.url }, receipt, expected);
  return E.isLeft(logged) ? E.left(notLogged(logged.left)) : E.right(undefined);
};
