import {
  bytes,
  bytesUpTo,
  concatBytes,
  csprng,
  decodeCanonical,
  decodeShape,
  domain,
  E,
  type Either,
  encodeCanonical,
  list,
  type Rng,
  record,
  type Secret,
  type Signer,
  text,
  utf8ToBytes,
  verifySignature,
  whole,
} from '@vouchsafe/core';
import { deriveScalar, type ElementBytes, type Group, type ScalarBytes } from '@vouchsafe/group';
import { proveVerifierKey, verifyVerifierKey } from '@vouchsafe/oprf';
import * as t from 'io-ts';
import { MAX_RECEIPT_BYTES } from '../receipt.ts';

/** Subjects that one request can ask for. */
export const MAX_OPENED = 1000;
const MAX_REQUEST_BYTES = 65_536;

/** Which logged query the auditor wants opened, and which of its subjects. */
export interface OpenTerms {
  readonly version: 1;
  readonly federation: string;
  readonly auditor: string;
  readonly bureau: string;
  /** In whose log it stands, and where. */
  readonly holder: string;
  readonly entry: number;
  readonly scheme: string;
  readonly epoch: number;
  /** The query's id, 64 bytes. */
  readonly digest: Uint8Array;
  /** |X|, and the root over U, as the query's entry states them. */
  readonly cohortSize: number;
  readonly cohortRoot: Uint8Array;
  /** KB, 32 bytes, as the holder says that its table was sealed with. */
  readonly joinKey: Uint8Array;
  /** Places in the sorted cohort, from 0. */
  readonly positions: readonly number[];
  /** Receipt of the entry about this opening in the holder's log: nothing is opened that leaves no trace. */
  readonly receipt: Uint8Array;
}

/** What goes to the bureau. */
export interface OpenRequest {
  readonly terms: OpenTerms;
  /** Y, 32 bytes: the answer convinces its owner only. */
  readonly verifier: Uint8Array;
  /** That the auditor knows its secret, 64 bytes. */
  readonly knowledge: Uint8Array;
  /** The auditor's, Ed25519, over all of it. */
  readonly signature: Uint8Array;
}

const Name: t.Type<string, unknown, unknown> = text('a name of 1 to 64 characters', /^[\w.+:-]{1,64}$/);

const OpenTerms: t.Type<OpenTerms, unknown, unknown> = record<OpenTerms>(
  'OpenTerms',
  {
    version: t.literal(1) as t.Type<1, unknown, unknown>,
    federation: Name,
    auditor: Name,
    bureau: Name,
    holder: Name,
    entry: whole(0, 2 ** 48 - 1),
    scheme: Name,
    epoch: whole(1, 2 ** 32 - 1),
    digest: bytes(64),
    cohortSize: whole(1, 1e9),
    cohortRoot: bytes(32),
    joinKey: bytes(32),
    positions: list(whole(0, 1e9), MAX_OPENED),
    receipt: bytesUpTo(MAX_RECEIPT_BYTES),
  },
  {},
);

const OpenRequest: t.Type<OpenRequest, unknown, unknown> = record<OpenRequest>(
  'OpenRequest',
  { terms: OpenTerms, verifier: bytes(32), knowledge: bytes(64), signature: bytes(64) },
  {},
);

/** Bytes that are no request of the auditor to open a query. */
export interface BadOpenRequest {
  readonly _tag: 'BadOpenRequest';
  readonly message: string;
}

const badOpenRequest = (why: string): BadOpenRequest => ({
  _tag: 'BadOpenRequest',
  message: `not a request to open a query: ${why}`,
});

const bindingOf = (terms: OpenTerms): Uint8Array => encodeCanonical(OpenTerms.encode(terms));

const signedPart = ({ terms, verifier, knowledge }: Omit<OpenRequest, 'signature'>): Uint8Array =>
  concatBytes(domain('openRequest'), encodeCanonical([OpenTerms.encode(terms), verifier, knowledge]));

/**
 * The auditor's secret key for designated proofs in one federation: derived from its signing seed under a tag of its own, so that there is nothing more to keep.
 * @returns a scalar; wipe it when done
 */
export const verifierSecret = (signSeed: Secret, federation: string): ScalarBytes =>
  deriveScalar({ seed: signSeed.reveal(), info: utf8ToBytes(federation), dst: domain('designatedSecret') });

/** Makes and signs a request. @param y from {@link verifierSecret} */
export const makeOpenRequest = async (
  { terms, y, signer }: { readonly terms: OpenTerms; readonly y: ScalarBytes; readonly signer: Signer },
  group: Group,
  rng: Rng = csprng,
): Promise<Uint8Array> => {
  const { verifier, proof: knowledge } = await proveVerifierKey({ y, binding: bindingOf(terms) }, group, rng);
  const signature = signer.sign(signedPart({ terms, verifier, knowledge }));
  return encodeCanonical(OpenRequest.encode({ terms, verifier, knowledge, signature }));
};

/** A request that the auditor made, whose key it owns. */
export interface OpenedRequest extends OpenRequest {
  readonly verifier: ElementBytes;
  /** What proofs are bound to. */
  readonly binding: Uint8Array;
}

/**
 * Reads a request and checks that the auditor made it and owns its key. That the receipt holds, and is about this query, is the caller's to check.
 * @param auditorKeys the auditor's keys that are valid now
 */
export const readOpenRequest = async (
  received: Uint8Array,
  auditorKeys: readonly Uint8Array[],
  group: Group,
): Promise<Either<BadOpenRequest, OpenedRequest>> => {
  if (received.length > MAX_REQUEST_BYTES) return E.left(badOpenRequest(`more than ${MAX_REQUEST_BYTES} bytes`));
  const value = decodeCanonical(received);
  if (E.isLeft(value)) return E.left(badOpenRequest(value.left.message));
  const request = decodeShape(OpenRequest, value.right);
  if (E.isLeft(request)) return E.left(badOpenRequest(request.left.message));
  const { terms, knowledge, signature } = request.right;
  const message = signedPart(request.right);
  if (!auditorKeys.some((publicKey) => verifySignature({ publicKey, message, signature })))
    return E.left(badOpenRequest('the auditor of this federation did not sign it'));
  const verifier = await group.receive(request.right.verifier);
  const binding = bindingOf(terms);
  if (E.isLeft(verifier) || !(await verifyVerifierKey({ verifier: verifier.right, binding, proof: knowledge }, group)))
    return E.left(
      badOpenRequest('whoever made it does not know the secret of its key, so that a proof for it would convince everybody'),
    );
  return E.right({ ...request.right, verifier: verifier.right, binding });
};
