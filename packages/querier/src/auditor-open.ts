import {
  decodeReceipt,
  expectLeaf,
  openCheckpoint,
  opensMatched,
  type QueryLeaf,
  readLeaf,
  verifyInclusion,
  verifyReceipt,
} from '@vouchsafe/audit';
import {
  type BadOpening,
  type BadOpenRequest,
  checkOpening,
  makeOpenRequest,
  readOpenRequest,
  type ShownSubject,
  verifierSecret,
} from '@vouchsafe/audit/openings';
import { createSigner, E, type Either, encodeCanonical, hexToBytes, leafHash, type Secret } from '@vouchsafe/core';
import type { Group } from '@vouchsafe/group';
import {
  AuditOpen,
  AuditOpened,
  CBOR_TYPE,
  type Federation,
  LogInclusion,
  memberKeysNow,
  memberOf,
  ROUTES,
  readEnvelope,
} from '@vouchsafe/protocol';
import type { HolderFault } from './errors.ts';
import { fetchEntries } from './fetch-entries.ts';
import { fetchCheckpoint, logOf } from './log-follower.ts';
import { send, type Target, type Transport } from './transport.ts';

/** What every step of an auditor needs. */
export interface AuditorContext {
  /** The auditor's name in the federation. */
  readonly id: string;
  readonly federation: Federation;
  readonly transport: Transport;
  readonly group: Group;
  readonly signSeed: Secret;
}

/** Which query. */
export interface OpenQuestion {
  readonly holder: string;
  /** Of the query in the holder's log, from 0. */
  readonly entry: number;
  /** Which subjects, by their place in the sorted cohort; the first by default, i.e. the one of a `signal`. */
  readonly positions?: readonly number[] | undefined;
}

/** A query that the holder opened, and the request for the bureau. */
export interface RequestedOpening {
  readonly query: QueryLeaf;
  /** |M|: how many of the cohort the holder knew, as its log had committed to. */
  readonly matched: number;
  /** For the bureau, see `Querier.open`. Signed; nothing in it is secret. */
  readonly request: Uint8Array;
}

/** There is no such query, or the holder opens something else than its log committed to. */
export interface NotOpened {
  readonly _tag: 'NotOpened';
  readonly message: string;
}

const notOpened = (why: string): NotOpened => ({ _tag: 'NotOpened', message: `the query was not opened: ${why}` });

/** Why a query was not opened: the holder refused or knows no such query, or does not answer as it has to. */
export type OpenError = NotOpened | HolderFault;

export const requestOpening = async (
  context: AuditorContext,
  { holder, entry, positions = [0], signal }: OpenQuestion & { readonly signal?: AbortSignal | undefined },
): Promise<Either<OpenError, RequestedOpening>> => {
  const { federation, group, id: auditor, signSeed, transport } = context;
  const target = targetOf(federation, holder);
  if (!target) return E.left(notOpened('the federation has no such holder'));
  const query = await fetchQuery(context, { target, entry, signal });
  if (E.isLeft(query)) return query;
  const { cohortSize, cohortRoot, digest, epoch, querier: bureau, scheme } = query.right;
  if (positions.some((position) => position >= cohortSize))
    return E.left(notOpened(`it has ${cohortSize} subjects: name places below that`));

  const bytes = encodeCanonical(AuditOpen.encode({ entry, subjects: positions.length }));
  const body = await send(transport, target, { route: ROUTES.auditOpen, body: { type: CBOR_TYPE, bytes }, signal });
  if (E.isLeft(body)) return body;
  const opened = readEnvelope(AuditOpened, body.right);
  if (E.isLeft(opened)) return opened;
  const { receipt, matched, salt, joinKey } = opened.right;
  const about = { leaf: 'open', querier: bureau, scheme, epoch, auditor, entry, digest, subjects: positions.length } as const;
  const logged = checkReceipt(context, { holder, receipt, about });
  if (E.isLeft(logged)) return logged;
  if (!opensMatched({ commitment: query.right.matched, salt, matched }))
    return E.left(notOpened('the matched count is not the one that its log committed to: keep the answer as evidence'));

  const y = verifierSecret(signSeed, federation.id);
  const asked = { federation: federation.id, auditor, bureau, holder, entry, scheme, epoch, digest } as const;
  const terms = { version: 1, ...asked, cohortSize, cohortRoot, joinKey, positions, receipt } as const;
  const request = await makeOpenRequest({ terms, y, signer: createSigner(signSeed) }, group);
  y.fill(0);
  return E.right({ query: query.right, matched, request });
};

/** The bureau's answer, checked. The request must be this auditor's own: of another key's owner the proof says nothing. */
export const checkAnswer = async (
  { federation, group, id, signSeed, transport }: AuditorContext,
  { request: written, answer }: { readonly request: Uint8Array; readonly answer: Uint8Array },
): Promise<Either<BadOpenRequest | BadOpening, readonly ShownSubject[]>> => {
  const now = Math.floor(transport.clock() / 1000);
  const keys = memberKeysNow(federation, { id, role: 'auditor' }, now).map(hexToBytes);
  const request = await readOpenRequest(written, [...keys, createSigner(signSeed).publicKey], group);
  return E.isLeft(request) ? request : checkOpening({ received: answer, request: request.right }, group);
};

export const targetOf = (federation: Federation, holder: string): Target | undefined => {
  const url = memberOf(federation, holder, 'holder')?.url;
  return url === undefined ? undefined : { holder, url };
};

/** The entry, shown to be in the log that the holder signs. */
const fetchQuery = async (
  { federation, transport }: AuditorContext,
  { target, entry, signal }: { readonly target: Target; readonly entry: number; readonly signal: AbortSignal | undefined },
): Promise<Either<OpenError, QueryLeaf>> => {
  const note = await fetchCheckpoint(transport, target, signal);
  if (E.isLeft(note)) return note;
  const checkpoint = openCheckpoint(note.right, logOf(federation, target.holder));
  if (E.isLeft(checkpoint)) return checkpoint;
  const { size, root } = checkpoint.right;
  if (entry >= size) return E.left(notOpened(`the log has ${size} entries`));
  const page = await fetchEntries(transport, target, { from: entry, count: 1 }, signal);
  if (E.isLeft(page)) return page;
  const body = await send(transport, target, { route: ROUTES.logInclusion, query: { index: entry, size }, signal });
  if (E.isLeft(body)) return body;
  const proof = readEnvelope(LogInclusion, body.right);
  if (E.isLeft(proof)) return proof;
  const [written] = page.right;
  if (!written || !verifyInclusion({ index: entry, size, leafHash: leafHash(written), proof: proof.right.hashes, root }))
    return E.left(notOpened('the entry is not shown to be in the log that the holder signed'));
  const leaf = readLeaf(written);
  if (E.isLeft(leaf)) return leaf;
  return leaf.right.leaf === 'query' ? E.right(leaf.right) : E.left(notOpened('the entry is not about an aggregate or a signal'));
};

/** Did the holder log that the auditor looked? */
export const checkReceipt = (
  { federation }: AuditorContext,
  {
    holder,
    receipt: received,
    about,
  }: { readonly holder: string; readonly receipt: Uint8Array; readonly about: Parameters<typeof expectLeaf>[1] },
): Either<HolderFault, void> => {
  const receipt = decodeReceipt(received);
  if (E.isLeft(receipt)) return receipt;
  const verified = verifyReceipt({ receipt: receipt.right, log: logOf(federation, holder) });
  if (E.isLeft(verified)) return verified;
  const leaf = expectLeaf(verified.right.leaf, about);
  return E.isLeft(leaf) ? leaf : E.right(undefined);
};
