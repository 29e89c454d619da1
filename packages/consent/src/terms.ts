import { sha256 } from '@noble/hashes/sha2.js';
import { bytes, concatBytes, domain, encodeCanonical, list, record, text, whole } from '@vouchsafe/core';
import * as t from 'io-ts';

/** What a bureau wants to ask about one person. */
export interface ConsentAsked {
  readonly version: 1;
  readonly federation: string;
  readonly bureau: string;
  readonly scheme: string;
  readonly epoch: number;
  /** KB, 32 bytes: the bureau's join key of the scheme and epoch. */
  readonly joinKey: Uint8Array;
  /** U = kB·Hash(x), 32 bytes: who is asked about, in the form in which holders see it. */
  readonly subject: Uint8Array;
  readonly purpose: string;
  /** What may be asked: a query may ask for all of these or for some. */
  readonly columns: readonly string[];
}

/** What a person agreed to, as an issuer signs it. */
export interface ConsentTerms extends ConsentAsked {
  /** The member of the federation that says so. */
  readonly issuer: string;
  /** 16 random bytes: whoever agrees twice gives two receipts. */
  readonly nonce: Uint8Array;
  /** Seconds since 1970, inclusive. */
  readonly notBefore: number;
  /** Seconds since 1970: from then on it is refused. */
  readonly notAfter: number;
}

const Name: t.Type<string, unknown, unknown> = text('a name of 1 to 64 characters', /^[\w.+:-]{1,64}$/);
const Seconds: t.Type<number, unknown, unknown> = whole(0, 2 ** 40);

const asked = {
  version: t.literal(1) as t.Type<1, unknown, unknown>,
  federation: Name,
  bureau: Name,
  scheme: Name,
  epoch: whole(1, 2 ** 32 - 1),
  joinKey: bytes(32),
  subject: bytes(32),
  purpose: Name,
  columns: list(Name, 64),
};

export const ConsentAsked: t.Type<ConsentAsked, unknown, unknown> = record<ConsentAsked>('ConsentAsked', asked, {});

export const ConsentTerms: t.Type<ConsentTerms, unknown, unknown> = record<ConsentTerms>(
  'ConsentTerms',
  { ...asked, issuer: Name, nonce: bytes(16), notBefore: Seconds, notAfter: Seconds },
  {},
);

/** The terms' one encoding under a domain of their own: what the issuer signs. */
export const signedTerms = (terms: ConsentTerms): Uint8Array =>
  concatBytes(domain('consent'), encodeCanonical(ConsentTerms.encode(terms)));

/** What the bureau signs when it asks. */
export const signedAsked = (own: ConsentAsked): Uint8Array =>
  concatBytes(domain('consentRequest'), encodeCanonical(ConsentAsked.encode(own)));

/**
 * Which receipt it is: SHA-256 of what the issuer signed, 32 bytes. Over the terms and not the signature, so that a second signature of the same terms makes no second receipt.
 */
export const consentId = (terms: ConsentTerms): Uint8Array => sha256(signedTerms(terms));
