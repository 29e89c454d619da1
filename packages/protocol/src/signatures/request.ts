import { bytesToHex, csprng, E, type Either, type Rng, type Signer, verifySignature } from '@vouchsafe/core';
import { requestComponents, type SignedRequest, signatureBase, type Target, targetOf } from './base.ts';
import { contentDigest } from './content-digest.ts';
import {
  type BadSignature,
  badRequestSignature,
  type DigestMismatch,
  digestMismatch,
  type SignatureExpired,
  type UnknownKey,
  type Unsigned,
  unknownKey,
  unsigned,
  type WrongAddressee,
  wrongAddressee,
} from './errors.ts';
import {
  byteSequence,
  type HeaderReader,
  readRequestFields,
  requestParameters,
  type SignatureHeaders,
  signatureHeaders,
} from './fields.ts';
import { type KeysOf, keyIdOf } from './keys.ts';
import { CLOCK_TOLERANCE_SECONDS, checkWindow, MAX_LIFETIME_SECONDS, type Now, secondsOf } from './window.ts';

/** Bytes of a nonce. */
const NONCE_BYTES = 16;

/** What a party signs with. */
export interface Signing {
  readonly signer: Signer;
  readonly now?: Now | undefined;
}

/** A request that is about to be sent. */
export interface OutgoingRequest {
  /** Upper case. */
  readonly method: string;
  /** Absolute; taken as `fetch` will send it. */
  readonly url: string;
  /** No bytes when there is no body. */
  readonly body: Uint8Array;
}

/**
 * Signs a request (RFC 9421 §3.1): method, host, path, query and body, with a fresh nonce and five minutes to live.
 * @returns `message`, the headers to send with it, and `state`, what the response must be bound to
 */
export const signRequest = (
  { signer, now = Date.now }: Signing,
  { method, url, body }: OutgoingRequest,
  rng: Rng = csprng,
): { readonly state: SignedRequest; readonly message: SignatureHeaders } => {
  // What fetch does to a URL before it sends it, this parser does.
  const target = targetOf({ method, url: new URL(url).href });
  if (!target) throw new RangeError('a request has an upper-case method and an absolute http or https URL without credentials');
  const parts = { ...target, digest: contentDigest(body) };
  const created = secondsOf(now);
  const parameters = requestParameters({
    created,
    expires: created + MAX_LIFETIME_SECONDS,
    nonce: bytesToHex(rng(NONCE_BYTES)),
    keyid: keyIdOf(signer.publicKey),
  });
  const { input, base } = signatureBase(requestComponents(parts), parameters);
  const state = { ...parts, input, signature: byteSequence(signer.sign(base)) };
  return { state, message: signatureHeaders(state) };
};

/** What a holder verifies requests with. */
export interface RequestVerifier {
  /** This holder's own url in the federation document: the address that requests must be signed for, whatever their `Host` header says. */
  readonly url: string;
  readonly keysOf: KeysOf;
  readonly now?: Now | undefined;
}

/** A nonce to remember: refuse a request whose (member, nonce) is known, durably, before acting on it (RFC 9421 §7.2.2). */
export interface Nonce {
  readonly member: string;
  /** 32 hexadecimal digits. */
  readonly nonce: string;
  /** Milliseconds since 1970: from then on the request is refused as expired, and the nonce may be forgotten. */
  readonly keepUntil: number;
}

/** A request whose headers are genuine. Its body is not known yet. */
export interface VerifiedRequest {
  readonly member: string;
  readonly nonce: Nonce;
  /** The sender's clock minus ours, in seconds, the time on the way included. */
  readonly skewSeconds: number;
  /** What {@link verifyBody} and the response's signature need. */
  readonly request: SignedRequest;
}

/**
 * First step, from the headers alone, so that nothing of a stranger's body is ever read (RFC 9421 §3.2): form, known key, time, signature, addressee.
 * A request that was signed for this holder's own address is taken even if its `Host` header differs, since a proxy may rewrite that.
 * @param request a web `Request` will do
 */
export const verifyRequest = (
  { url, keysOf, now = Date.now }: RequestVerifier,
  request: { readonly method: string; readonly url: string; readonly headers: HeaderReader },
): Either<Unsigned | UnknownKey | SignatureExpired | BadSignature | WrongAddressee, VerifiedRequest> => {
  const target = targetOf(request);
  if (!target) return E.left(unsigned('method or URL are not of the form that is signed'));
  const fields = readRequestFields(request.headers);
  if (E.isLeft(fields)) return fields;
  const { digest, parameters, signature } = fields.right;
  const key = keysOf(parameters.keyid);
  // The keyid is the key, and whoever looks keys up must not give another one: RFC 9421 §7.3.4.
  if (!key || keyIdOf(key.publicKey) !== parameters.keyid) return E.left(unknownKey);
  const skew = checkWindow(parameters, secondsOf(now));
  if (E.isLeft(skew)) return skew;
  const signedFor = ({ authority }: Pick<Target, 'authority'>) => {
    const parts = { ...target, authority, digest };
    const { input, base } = signatureBase(requestComponents(parts), requestParameters(parameters));
    return verifySignature({ publicKey: key.publicKey, message: base, signature }) ? { ...parts, input } : undefined;
  };
  const own = ownAddress(url);
  const signed = signedFor(own);
  // Only to name the mistake: a request for somebody else that came here as it was.
  if (!signed) return E.left(target.authority !== own.authority && signedFor(target) ? wrongAddressee : badRequestSignature);
  // Holders may share a host: this one has the paths below its own.
  if (!target.path.startsWith(own.base)) return E.left(wrongAddressee);
  return E.right({
    member: key.member,
    skewSeconds: skew.right,
    request: { ...signed, signature: byteSequence(signature) },
    nonce: {
      member: key.member,
      nonce: parameters.nonce,
      keepUntil: (parameters.expires + CLOCK_TOLERANCE_SECONDS + 1) * 1000,
    },
  });
};

/** RFC 9421 §7.4.3: the address is configured, not believed. `URL` brings it to the form of §2.2.3. */
const ownAddress = (url: string): { readonly authority: string; readonly base: string } => {
  const { host, pathname } = new URL(url);
  return { authority: host, base: pathname.endsWith('/') ? pathname : `${pathname}/` };
};

/** Second step, when the body is in: is it the one that was signed (RFC 9421 §7.2.8)? @returns the body */
export const verifyBody = ({ request }: VerifiedRequest, body: Uint8Array): Either<DigestMismatch, Uint8Array> =>
  contentDigest(body) === request.digest ? E.right(body) : E.left(digestMismatch);
