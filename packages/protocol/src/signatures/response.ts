import { E, type Either, verifySignature } from '@vouchsafe/core';
import { responseComponents, type SignedRequest, signatureBase } from './base.ts';
import { contentDigest } from './content-digest.ts';
import {
  type BadSignature,
  badResponseSignature,
  type DigestMismatch,
  digestMismatch,
  otherSigner,
  type UnknownKey,
  type Unsigned,
} from './errors.ts';
import {
  byteSequence,
  type HeaderReader,
  readResponseFields,
  responseParameters,
  type SignatureHeaders,
  signatureHeaders,
} from './fields.ts';
import { type KeysOf, keyIdOf } from './keys.ts';
import type { Signing } from './request.ts';
import { type Now, secondsOf } from './window.ts';

/**
 * Signs a response so that it answers this very request and no other (RFC 9421 §2.4).
 * @param request of {@link VerifiedRequest}
 * @returns the headers to send with it
 */
export const signResponse = (
  { signer, now = Date.now }: Signing,
  request: SignedRequest,
  { status, body }: { readonly status: number; readonly body: Uint8Array },
): SignatureHeaders => {
  const digest = contentDigest(body);
  const parameters = responseParameters({ created: secondsOf(now), keyid: keyIdOf(signer.publicKey) });
  const { input, base } = signatureBase(responseComponents(request, { status, digest }), parameters);
  return signatureHeaders({ digest, input, signature: byteSequence(signer.sign(base)) });
};

/** What a bureau verifies a response with. */
export interface ResponseVerifier {
  /** The holder that was asked: nobody else's signature will do. */
  readonly holder: string;
  readonly keysOf: KeysOf;
  readonly now?: Now | undefined;
}

/**
 * Is it this holder's answer to this request? There is no time limit on it: it is bound to the request's nonce, which is younger than the request.
 * @param request the `state` of {@link signRequest}
 * @param response its body read whole, within its limit
 * @returns the holder's clock minus ours, in seconds, the time on the way included
 */
export const verifyResponse = (
  { holder, keysOf, now = Date.now }: ResponseVerifier,
  request: SignedRequest,
  { status, headers, body }: { readonly status: number; readonly headers: HeaderReader; readonly body: Uint8Array },
): Either<Unsigned | UnknownKey | BadSignature | DigestMismatch, { readonly skewSeconds: number }> => {
  const fields = readResponseFields(headers);
  if (E.isLeft(fields)) return fields;
  const { digest, parameters, signature } = fields.right;
  const key = keysOf(parameters.keyid);
  if (key?.member !== holder || keyIdOf(key.publicKey) !== parameters.keyid) return E.left(otherSigner);
  const { base } = signatureBase(responseComponents(request, { status, digest }), responseParameters(parameters));
  if (!verifySignature({ publicKey: key.publicKey, message: base, signature })) return E.left(badResponseSignature);
  if (contentDigest(body) !== digest) return E.left(digestMismatch);
  return E.right({ skewSeconds: parameters.created - secondsOf(now) });
};
