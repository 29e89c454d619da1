import { createSigner, E, type Either, type Rng, Secret, type Signer } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import {
  type KeysOf,
  keysOfMembers,
  type Now,
  type OutgoingRequest,
  type RequestVerifier,
  signRequest,
  signResponse,
} from '../index.ts';
import { requestComponents, type SignedRequest, signatureBase } from './base.ts';
import { byteSequence, type HeaderReader, type RequestParameters, requestParameters, signatureHeaders } from './fields.ts';
import { keyIdOf } from './keys.ts';

export const rng: Rng = seededRng('signatures');
export const signerOf = (name: string): Signer => createSigner(new Secret(seededRng(name)(32)));
export const bureau: Signer = signerOf('bureau');
export const holder: Signer = signerOf('holder');
export const url = 'https://lender.example/vouchsafe';
export const keysOf: KeysOf = keysOfMembers([
  { member: 'bureau', publicKey: bureau.publicKey },
  { member: 'lender', publicKey: holder.publicKey },
]);
/** 2026-01-01. */
export const NOW = 1_767_225_600_000;
export const at =
  (seconds: number): Now =>
  () =>
    NOW + 1000 * seconds;
export const now: Now = at(0);
export const verifier: RequestVerifier = { url, keysOf, now };
export const body: Uint8Array = new TextEncoder().encode('sixty-four customers');
export const call: OutgoingRequest = { method: 'POST', url: `${url}/v1/query?scheme=cn-rid`, body };

/** Headers as a plain table, so that any character can stand in them. */
export type Headers = Readonly<Record<string, string>>;
export const reader = (headers: Headers): HeaderReader => ({ get: (name) => headers[name] ?? null });
export interface Message {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
}
export const received = ({ method, url, headers }: Message): Omit<Message, 'headers'> & { readonly headers: HeaderReader } => ({
  method,
  url,
  headers: reader(headers),
});
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** An ordinary request, and an ordinary answer to it. */
export const exchange = (): { readonly state: SignedRequest; readonly request: Message; readonly response: Answer } => {
  const { state, message } = signRequest({ signer: bureau, now }, call, rng);
  const answer = { status: 200, body: new TextEncoder().encode('a total') };
  return {
    state,
    request: { method: call.method, url: call.url, headers: { ...message } },
    response: { ...answer, headers: { ...signResponse({ signer: holder, now }, state, answer) } },
  };
};

/** A member that signs a request as it likes. */
export const signedWith = (change: Partial<RequestParameters> & Partial<SignedRequest>, signer: Signer = bureau): Message => {
  const { state } = signRequest({ signer, now }, call, rng);
  const [created, nonce] = [NOW / 1000, '00'.repeat(16)];
  const parts = { ...state, ...change };
  const parameters = requestParameters({ created, expires: created + 300, nonce, keyid: keyIdOf(signer.publicKey), ...change });
  const { input, base } = signatureBase(requestComponents(parts), parameters);
  return {
    ...call,
    headers: { ...signatureHeaders({ digest: parts.digest, input, signature: byteSequence(signer.sign(base)) }) },
  };
};

export const tagOf = (result: Either<{ readonly _tag: string }, unknown>): string =>
  E.isLeft(result) ? result.left._tag : 'taken';
export const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};
