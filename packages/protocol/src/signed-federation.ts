import { sha256 } from '@noble/hashes/sha2.js';
import {
  type BadCatalogue,
  type BadShape,
  bytesToHex,
  concatBytes,
  decodeShape,
  domain,
  E,
  type Either,
  encodeCanonical,
  equalBytes,
  hexToBytes,
  record,
  type Signer,
  text,
  verifySignature,
} from '@vouchsafe/core';
import * as t from 'io-ts';
import { type BadFederation, type Epoch, Federation, liveEpoch, readFederation } from './federation.ts';

/** The federation file: the document and the auditor's signature over it. */
export interface SignedFederation {
  readonly federation: Federation;
  /** Ed25519 by the auditor, 128 hexadecimal digits. */
  readonly signature: string;
}

const SignedFederation: t.Type<{ readonly federation: unknown; readonly signature: string }, unknown, unknown> = record(
  'SignedFederation',
  { federation: t.unknown, signature: text('a signature of 128 hexadecimal digits', /^[0-9a-f]{128}$/) },
  {},
);

/** The document is not signed by the auditor whose key this party holds. */
export interface FederationNotSigned {
  readonly _tag: 'FederationNotSigned';
  readonly message: string;
}

/** A document that may not follow the one that this party had before. */
export interface BadSuccession {
  readonly _tag: 'BadSuccession';
  readonly message: string;
}

/** The document's one encoding, under its own domain: what is hashed and signed. */
const encoding = (federation: Federation): Uint8Array =>
  concatBytes(domain('federation'), encodeCanonical(Federation.encode(federation)));

/** SHA-256 over the document's one encoding: two parties that talk to each other compare it first. 32 bytes. */
export const federationHash = (federation: Federation): Uint8Array => sha256(encoding(federation));

/** The auditor's signature on a document that {@link readFederation} accepted. */
export const signFederation = (federation: Federation, auditor: Signer): SignedFederation => ({
  federation,
  signature: bytesToHex(auditor.sign(encoding(federation))),
});

/**
 * Reads a federation file: shape, contradictions, and the auditor's signature. Every party does this before it starts.
 * @param auditorKey the auditor's Ed25519 public key, 64 hexadecimal digits or 32 bytes, which this party was given on another way than the file
 */
export const openFederation = (
  value: unknown,
  auditorKey: Uint8Array | string,
): Either<BadShape | BadCatalogue | BadFederation | FederationNotSigned, Federation> => {
  const pinned = typeof auditorKey === 'string' ? keyFromHex(auditorKey) : auditorKey;
  if (pinned?.length !== 32) return E.left(notSigned('cannot be checked: the auditor’s key is 64 hexadecimal digits'));
  const file = decodeShape(SignedFederation, value);
  if (E.isLeft(file)) return file;
  const read = readFederation(file.right.federation);
  if (E.isLeft(read)) return read;
  const federation = read.right;
  const auditor = hexToBytes(federation.members.find(({ role }) => role === 'auditor')!.signKey);
  if (!equalBytes(auditor, pinned))
    return E.left(notSigned('names another auditor key than the one this party was given: ask the auditor which is right'));
  const signature = hexToBytes(file.right.signature);
  if (!verifySignature({ publicKey: auditor, message: encoding(federation), signature }))
    return E.left(notSigned('is not signed by the auditor, or was changed after signing: get the file from the auditor again'));
  return E.right(federation);
};

/**
 * May this document follow the other? An older one would bring back old keys and members; another roster inside an epoch would let rosters {A,B}, {A,C}, {B,C}
 * be solved for each holder's figure; another catalogue would give the sealed slots another meaning.
 */
export const checkSuccession = (previous: Federation, next: Federation): Either<BadSuccession, void> => {
  const bad = (problem: string): Either<BadSuccession, void> =>
    E.left({ _tag: 'BadSuccession', message: `federation document: ${problem}` });
  if (next.id !== previous.id) return bad(`it is of federation "${next.id}", not of "${previous.id}"`);
  if (next.serial < previous.serial)
    return bad(`its serial ${next.serial} is older than ${previous.serial}, which was in use here: get the current file`);
  if (next.serial === previous.serial)
    return equalBytes(encoding(next), encoding(previous))
      ? E.right(undefined)
      : bad(`it differs from the one in use here, but has the same serial ${next.serial}: every change needs a new serial`);
  const newest = previous.epochs.at(-1)!.number;
  for (const epoch of next.epochs) {
    const before = liveEpoch(previous, epoch.number);
    if (before === undefined && epoch.number <= newest)
      return bad(`epoch ${epoch.number} was over: an epoch’s number is used once`);
    if (before && !sameRoster(before, epoch))
      return bad(`it changes the roster of epoch ${epoch.number}: only a new epoch may have another`);
    if (before && !sameQuestions(previous, next))
      return bad(
        `it changes the catalogue or the schemes inside epoch ${epoch.number}: they change with a new epoch, when the old ones are over`,
      );
  }
  return E.right(undefined);
};

const keyFromHex = (text: string): Uint8Array | undefined => (/^[0-9a-f]{64}$/i.test(text) ? hexToBytes(text) : undefined);

const sameRoster = (one: Epoch, other: Epoch): boolean => equalBytes(encodeCanonical(one.roster), encodeCanonical(other.roster));

const sameQuestions = (one: Federation, other: Federation): boolean => {
  const questions = ({ catalogue, schemes }: Federation): Uint8Array => encodeCanonical([catalogue, schemes]);
  return equalBytes(questions(one), questions(other));
};

const notSigned = (message: string): FederationNotSigned => ({
  _tag: 'FederationNotSigned',
  message: `federation document ${message}`,
});
