import { E, type Either, equalBytes, verifySignature } from '@vouchsafe/core';
import {
  type BadConsent,
  type ConsentElsewhere,
  type ConsentExpired,
  type ConsentForged,
  type ConsentFromStranger,
  type ConsentNotYetValid,
  consentExpired,
  consentForged,
  consentFromStranger,
  consentNotYetValid,
  forOtherBureau,
  forOtherBureauKey,
  forOtherColumns,
  forOtherPurpose,
  forOtherSubject,
} from './errors.ts';
import { decodeConsent } from './receipt.ts';
import { type ConsentAsked, type ConsentTerms, consentId, signedTerms } from './terms.ts';

/** Clocks of members may differ by as much: a receipt that was just given must not be too early for a holder whose clock is behind. Its end is exact. */
export const CONSENT_CLOCK_SECONDS = 30;

/** Why a receipt does not cover a query. */
export type ConsentRefused =
  | BadConsent
  | ConsentFromStranger
  | ConsentForged
  | ConsentNotYetValid
  | ConsentExpired
  | ConsentElsewhere;

/** A receipt that covers the query. That it is used once is for whoever keeps the books. */
export interface Consent {
  readonly issuer: string;
  /** 32 bytes, see {@link consentId}. */
  readonly id: Uint8Array;
  readonly terms: ConsentTerms;
}

/**
 * The holder's check that a person whom it cannot identify agreed to this very query. Signature first, then time, then each thing that the receipt binds; no group operation, and no row is looked at.
 * @param query what is asked, as the holder knows it
 * @param trusted the issuers whose receipts count, with the keys that are valid now
 * @param now seconds since 1970
 */
export const checkConsent = ({
  received,
  query,
  trusted,
  now,
}: {
  readonly received: Uint8Array;
  readonly query: Omit<ConsentAsked, 'version'>;
  readonly trusted: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly now: number;
}): Either<ConsentRefused, Consent> => {
  const receipt = decodeConsent(received);
  if (E.isLeft(receipt)) return receipt;
  const { terms, signature } = receipt.right;
  const keys = trusted.get(terms.issuer);
  if (!keys) return E.left(consentFromStranger([...trusted.keys()]));
  const message = signedTerms(terms);
  if (!keys.some((publicKey) => verifySignature({ publicKey, message, signature }))) return E.left(consentForged);
  if (now + CONSENT_CLOCK_SECONDS < terms.notBefore) return E.left(consentNotYetValid);
  if (now >= terms.notAfter) return E.left(consentExpired);
  const elsewhere = differenceOf(terms, query);
  return elsewhere ? E.left(elsewhere) : E.right({ issuer: terms.issuer, id: consentId(terms), terms });
};

const differenceOf = (terms: ConsentTerms, query: Omit<ConsentAsked, 'version'>): ConsentElsewhere | undefined => {
  const places = ['federation', 'bureau', 'scheme', 'epoch'] as const;
  if (places.some((place) => terms[place] !== query[place])) return forOtherBureau;
  if (!equalBytes(terms.joinKey, query.joinKey)) return forOtherBureauKey;
  if (!equalBytes(terms.subject, query.subject)) return forOtherSubject;
  if (terms.purpose !== query.purpose) return forOtherPurpose;
  return query.columns.some((name) => !terms.columns.includes(name)) ? forOtherColumns : undefined;
};
