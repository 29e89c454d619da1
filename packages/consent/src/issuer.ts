import {
  type BadCatalogue,
  type BadShape,
  csprng,
  E,
  type Either,
  hexToBytes,
  PRESENT,
  type Rng,
  type TaskEither,
} from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import { createGroup, type Group } from '@vouchsafe/group';
import { type BadIdentifier, canonicalIdentifier, type RawIdentifier, Scheme } from '@vouchsafe/identity';
import {
  type BadFederation,
  type FederationNotSigned,
  liveEpoch,
  memberKeysNow,
  memberOf,
  type NotThisMember,
  openFederation,
  signerOf,
} from '@vouchsafe/protocol';
import { type BadConsentRequest, badRequest, type NotThisSubject, notThisSubject, type RequestForged } from './errors.ts';
import { encodeConsent, MAX_CONSENT_BYTES } from './receipt.ts';
import { type ConsentRequest, openConsentRequest } from './request.ts';
import { verifySubject } from './subject-proof.ts';
import { type ConsentTerms, signedTerms } from './terms.ts';

/** What the app in which people apply sets up with. */
export interface IssuerOptions {
  /** The federation file, parsed; checked here. */
  readonly federation: unknown;
  /** The auditor's Ed25519 public key, 64 hexadecimal digits, which the issuer was given on another way than the file. */
  readonly auditorKey: string;
  /** The issuer's name in it. */
  readonly id: string;
  /** The issuer's secrets. Taken over: they are wiped when the issuer closes. */
  readonly secrets: MemberSecrets;
  readonly group?: Group | undefined;
  /** Milliseconds since 1970; the system's clock by default. */
  readonly clock?: (() => number) | undefined;
}

/** What to show to the person before they agree. */
export interface Shown {
  readonly bureau: string;
  readonly purpose: string;
  readonly columns: readonly string[];
}

/** What an issuer signs a receipt from. */
export interface IssueRequest {
  /** The bureau's request as it came. */
  readonly request: Uint8Array;
  /** The person who agreed, as the issuer knows them: never what the bureau says. */
  readonly subject: RawIdentifier;
  /** From now on. */
  readonly validForSeconds: number;
}

/** Why nothing is signed: the request is none, is not the bureau’s, is about somebody else than this person, or the person’s identifier is none. */
export type CannotIssue = BadConsentRequest | RequestForged | NotThisSubject | BadIdentifier;

/** The issuer's side: the app in which a person applies and agrees. It keeps nothing. */
export interface Issuer {
  /** What a bureau asks for. Its signature is checked. */
  readonly read: (request: Uint8Array) => Either<BadConsentRequest | RequestForged, Shown>;
  /**
   * Signs that this person agreed. To be called when they did, and not before. Nothing is signed unless the bureau has proven that its request is about this very person.
   * @returns the receipt, which goes to the bureau
   */
  readonly issue: (agreed: IssueRequest) => TaskEither<CannotIssue, Uint8Array>;
  /** Wipes secrets in memory. */
  readonly close: () => void;
}

/** The federation file has no issuer of that name. */
export interface NotAnIssuer {
  readonly _tag: 'NotAnIssuer';
  readonly message: string;
}

/** No receipt lasts longer: an epoch ends, and with it everything that a receipt is about. */
const MAX_SECONDS = 366 * 86_400;

/** Opens the issuer's side of a federation, or says what is wrong with the document or the keys. */
export const createIssuer = (
  options: IssuerOptions,
  rng: Rng = csprng,
): Either<BadShape | BadCatalogue | BadFederation | FederationNotSigned | NotAnIssuer | NotThisMember, Issuer> => {
  const opened = openFederation(options.federation, options.auditorKey);
  if (E.isLeft(opened)) return opened;
  const federation = opened.right;
  const member = memberOf(federation, options.id, 'issuer');
  if (!member)
    return E.left({ _tag: 'NotAnIssuer', message: `the federation document has no issuer "${options.id.slice(0, 40)}"` });
  const signer = signerOf(options.secrets, member);
  if (E.isLeft(signer)) return signer;
  const group = options.group ?? createGroup();
  const clock = options.clock ?? Date.now;
  const now = (): number => Math.floor(clock() / 1000);
  const bureauKeys = (bureau: string): readonly Uint8Array[] =>
    memberKeysNow(federation, { id: bureau, role: 'bureau' }, now()).map(hexToBytes);

  const open = (received: Uint8Array): Either<BadConsentRequest | RequestForged, ConsentRequest> => {
    const request = openConsentRequest(received, bureauKeys);
    return E.isLeft(request) ? request : checked(request.right);
  };

  /** The request must be one that holders of this federation would answer. */
  const checked = (request: ConsentRequest): Either<BadConsentRequest, ConsentRequest> => {
    const { asked } = request;
    if (asked.federation !== federation.id) return E.left(badRequest('it is for another federation'));
    if (!liveEpoch(federation, asked.epoch)) return E.left(badRequest('its epoch is not live in this federation'));
    if (!federation.schemes.includes(asked.scheme))
      return E.left(badRequest('the federation does not use its identifier scheme'));
    const names = new Set([PRESENT, ...federation.catalogue.columns.map(({ name }) => name)]);
    return asked.columns.length > 0 && asked.columns.every((name) => names.has(name))
      ? E.right(request)
      : E.left(badRequest('it names no column, or one that is not in the catalogue'));
  };

  return E.right({
    read: (received) => {
      const request = open(received);
      if (E.isLeft(request)) return request;
      const { bureau, purpose, columns } = request.right.asked;
      return E.right({ bureau, purpose, columns });
    },
    issue:
      ({ request: received, subject, validForSeconds }) =>
      async () => {
        if (!(Number.isSafeInteger(validForSeconds) && validForSeconds > 0 && validForSeconds <= MAX_SECONDS))
          throw new RangeError(`a receipt is valid for 1 to ${MAX_SECONDS} whole seconds`);
        const request = open(received);
        if (E.isLeft(request)) return request;
        const { asked, proof } = request.right;
        const scheme = Scheme.decode(asked.scheme);
        if (E.isLeft(scheme)) return E.left(badRequest('this version does not know its identifier scheme'));
        const id = canonicalIdentifier({ scheme: scheme.right, raw: subject });
        if (E.isLeft(id)) return id;
        const { joinKey, subject: pseudonym } = asked;
        const proven = await verifySubject({ context: asked, id: id.right, joinKey, subject: pseudonym, proof }, group);
        if (!proven) return E.left(notThisSubject);
        const notBefore = now();
        const terms: ConsentTerms = {
          ...asked,
          issuer: options.id,
          nonce: rng(16),
          notBefore,
          notAfter: notBefore + validForSeconds,
        };
        const receipt = encodeConsent({ terms, signature: signer.right.sign(signedTerms(terms)) });
        return receipt.length <= MAX_CONSENT_BYTES ? E.right(receipt) : E.left(badRequest('it names too many columns'));
      },
    close: () => {
      options.secrets.signSeed.wipe();
      options.secrets.boxSecret.wipe();
    },
  });
};
