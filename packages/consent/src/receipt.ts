import { bytes, decodeCanonical, decodeShape, E, type Either, encodeCanonical, record } from '@vouchsafe/core';
import type * as t from 'io-ts';
import { type BadConsent, badConsent } from './errors.ts';
import { ConsentTerms } from './terms.ts';

/** A longer receipt is refused before it is read; a query carries no longer one. */
export const MAX_CONSENT_BYTES = 4096;

/** What a person agreed to, with the issuer's signature. */
export interface ConsentReceipt {
  readonly terms: ConsentTerms;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
}

export const ConsentReceipt: t.Type<ConsentReceipt, unknown, unknown> = record<ConsentReceipt>(
  'ConsentReceipt',
  { terms: ConsentTerms, signature: bytes(64) },
  {},
);

/** Deterministic CBOR: as it travels in a query. */
export const encodeConsent = (receipt: ConsentReceipt): Uint8Array => encodeCanonical(ConsentReceipt.encode(receipt));

/** Reads a receipt; says nothing yet about whether it holds. */
export const decodeConsent = (received: Uint8Array): Either<BadConsent, ConsentReceipt> => {
  if (received.length > MAX_CONSENT_BYTES) return E.left(badConsent(`more than ${MAX_CONSENT_BYTES} bytes`));
  const value = decodeCanonical(received);
  if (E.isLeft(value)) return E.left(badConsent(value.left.message));
  const receipt = decodeShape(ConsentReceipt, value.right);
  if (E.isLeft(receipt)) return E.left(badConsent(receipt.left.message));
  const { notBefore, notAfter } = receipt.right.terms;
  return notBefore < notAfter ? receipt : E.left(badConsent('it ends before it begins'));
};
