import { E, type Either } from '@vouchsafe/core';
import { innerList, LABEL, REQUEST_COVERED, RESPONSE_COVERED, type SignedRequest } from './base.ts';
import { CONTENT_DIGEST } from './content-digest.ts';
import { type Unsigned, unsigned } from './errors.ts';

/** Reads a header by its name in lower case; the web’s `Headers` is one. */
export interface HeaderReader {
  get(name: string): string | null;
}

/** The three headers of a signed message. */
export interface SignatureHeaders {
  readonly 'content-digest': string;
  readonly 'signature-input': string;
  readonly signature: string;
}

export const signatureHeaders = ({
  digest,
  input,
  signature,
}: Pick<SignedRequest, 'digest' | 'input' | 'signature'>): SignatureHeaders => ({
  'content-digest': digest,
  'signature-input': `${LABEL}=${input}`,
  signature: `${LABEL}=${signature}`,
});

/** A signature as a member of the `Signature` dictionary: an RFC 8941 byte sequence. */
export const byteSequence = (bytes: Uint8Array): string => `:${Buffer.from(bytes).toString('base64')}:`;

/** The parameters of a request's signature, in this order. */
export const requestParameters = (given: RequestParameters): string =>
  `;created=${given.created};expires=${given.expires};nonce="${given.nonce}";keyid="${given.keyid}"${CONSTANT}`;

/** The parameters of a response's signature. Its freshness is the request's: it is bound to the request's nonce. */
export const responseParameters = (given: ResponseParameters): string =>
  `;created=${given.created};keyid="${given.keyid}"${CONSTANT}`;

const CONSTANT = ';alg="ed25519";tag="vouchsafe"';

export interface ResponseParameters {
  /** Seconds since 1970. */
  readonly created: number;
  /** {@link keyIdOf} the signer's public key. */
  readonly keyid: string;
}

export interface RequestParameters extends ResponseParameters {
  /** Seconds since 1970. */
  readonly expires: number;
  /** 16 random bytes, 32 hexadecimal digits. */
  readonly nonce: string;
}

/** What the three headers say. */
export interface SignatureFields<P> {
  readonly digest: string;
  readonly parameters: P;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/*
 * Of all the forms that structured fields (RFC 8941) allow, one is taken: the components and parameters above, in their order, canonically serialized, under one label, each header
 * once. RFC 9421 §1.4 lets an application say so. There is no parser then whose leniency could put lines into the signature base (§7.5.3), no choice between signatures of
 * which one is the attacker's (§7.2.6: a second label, or a second header, which arrives joined with a comma, is refused), and no two spellings of one message. A gateway that adds a
 * signature of its own for others must take it off again. Headers are measured before they are matched, and the patterns cannot backtrack.
 */
const MAX_HEADER = 512;
const SECONDS = '([1-9][0-9]{0,10})';
const KEY_ID = 'keyid="([0-9a-f]{64})"';
const REQUEST_LIST = `${LABEL}=${innerList(REQUEST_COVERED)}`;
const RESPONSE_LIST = `${LABEL}=${innerList(RESPONSE_COVERED)}`;
const REQUEST_PARAMETERS = new RegExp(`^;created=${SECONDS};expires=${SECONDS};nonce="([0-9a-f]{32})";${KEY_ID}${CONSTANT}$`);
const RESPONSE_PARAMETERS = new RegExp(`^;created=${SECONDS};${KEY_ID}${CONSTANT}$`);
/** 64 bytes in base64 with its padding: 86 digits, of which the last has four zero bits. */
const SIGNATURE = new RegExp(`^${LABEL}=:([A-Za-z0-9+/]{85}[AQgw]==):$`);

export const readRequestFields = (headers: HeaderReader): Either<Unsigned, SignatureFields<RequestParameters>> =>
  readFields(headers, { list: REQUEST_LIST, parameters: REQUEST_PARAMETERS }, ([created, expires, nonce, keyid]) => ({
    created: Number(created),
    expires: Number(expires),
    nonce: nonce!,
    keyid: keyid!,
  }));

export const readResponseFields = (headers: HeaderReader): Either<Unsigned, SignatureFields<ResponseParameters>> =>
  readFields(headers, { list: RESPONSE_LIST, parameters: RESPONSE_PARAMETERS }, ([created, keyid]) => ({
    created: Number(created),
    keyid: keyid!,
  }));

const readFields = <P>(
  headers: HeaderReader,
  form: { readonly list: string; readonly parameters: RegExp },
  read: (matched: readonly string[]) => P,
): Either<Unsigned, SignatureFields<P>> => {
  const [digest, input, signature] = (['content-digest', 'signature-input', 'signature'] as const).map((name) =>
    headers.get(name),
  );
  if (digest == null || input == null || signature == null)
    return E.left(unsigned('the headers content-digest, signature-input and signature belong together, and not all are there'));
  if (digest.length > MAX_HEADER || !CONTENT_DIGEST.test(digest))
    return E.left(unsigned('content-digest is not one sha-256 digest'));
  const parameters =
    input.length <= MAX_HEADER && input.startsWith(form.list) ? form.parameters.exec(input.slice(form.list.length)) : null;
  if (!parameters)
    return E.left(unsigned('signature-input is not the one form with the label vouchsafe; other signatures are not taken'));
  const bytes = signature.length <= MAX_HEADER ? SIGNATURE.exec(signature)?.[1] : undefined;
  if (bytes === undefined) return E.left(unsigned('signature is not one signature of 64 bytes with the label vouchsafe'));
  return E.right({ digest, parameters: read(parameters.slice(1)), signature: new Uint8Array(Buffer.from(bytes, 'base64')) });
};
