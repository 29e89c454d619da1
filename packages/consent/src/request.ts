import {
  bytes,
  csprng,
  decodeCanonical,
  decodeShape,
  E,
  type Either,
  encodeCanonical,
  type Rng,
  record,
  type Secret,
  type Signer,
  verifySignature,
} from '@vouchsafe/core';
import type { ElementBytes, Group } from '@vouchsafe/group';
import type * as t from 'io-ts';
import { type BadConsentRequest, badRequest, type RequestForged, requestForged } from './errors.ts';
import { MAX_CONSENT_BYTES } from './receipt.ts';
import { proveSubject } from './subject-proof.ts';
import { ConsentAsked, signedAsked } from './terms.ts';

/** A bureau's request for consent, as it goes to the app in which the person applies. */
export interface ConsentRequest {
  readonly asked: ConsentAsked;
  /** That `asked.subject` is the person's: 64 bytes. */
  readonly proof: Uint8Array;
  /** The bureau's, Ed25519, 64 bytes: nobody asks in another bureau's name. */
  readonly signature: Uint8Array;
}

const ConsentRequest: t.Type<ConsentRequest, unknown, unknown> = record<ConsentRequest>(
  'ConsentRequest',
  { asked: ConsentAsked, proof: bytes(64), signature: bytes(64) },
  {},
);

/**
 * Makes a bureau's request.
 * @param id the person's canonical identifier
 * @param joinScalar kB
 * @returns deterministic CBOR
 */
export const makeConsentRequest = async (
  { asked, id, joinScalar, signer }: { asked: ConsentAsked; id: Uint8Array; joinScalar: Secret; signer: Signer },
  group: Group,
  rng: Rng = csprng,
): Promise<Uint8Array> => {
  const [joinKey, subject] = [asked.joinKey as ElementBytes, asked.subject as ElementBytes];
  const proof = await proveSubject({ context: asked, id, joinKey, subject, joinScalar }, group, rng);
  return encodeCanonical(ConsentRequest.encode({ asked, proof, signature: signer.sign(signedAsked(asked)) }));
};

/**
 * Reads a request and checks that its bureau signed it; whether it is about this person is for `verifySubject`.
 * @param keysOf the bureau's keys that are valid now
 */
export const openConsentRequest = (
  received: Uint8Array,
  keysOf: (bureau: string) => readonly Uint8Array[],
): Either<BadConsentRequest | RequestForged, ConsentRequest> => {
  if (received.length > MAX_CONSENT_BYTES) return E.left(badRequest(`more than ${MAX_CONSENT_BYTES} bytes`));
  const value = decodeCanonical(received);
  if (E.isLeft(value)) return E.left(badRequest(value.left.message));
  const request = decodeShape(ConsentRequest, value.right);
  if (E.isLeft(request)) return E.left(badRequest(request.left.message));
  const { asked, signature } = request.right;
  const message = signedAsked(asked);
  return keysOf(asked.bureau).some((publicKey) => verifySignature({ publicKey, message, signature }))
    ? request
    : E.left(requestForged);
};
