import { utf8ToBytes } from '@vouchsafe/core';

/** A covered component: its identifier as it is serialized (RFC 9421 §2), e.g. `"@method";req`, and its value, one line of ASCII. */
export type Component = readonly [identifier: string, value: string];

/**
 * RFC 9421 §2.5: the bytes that are signed.
 * @param parameters serialized, each with its semicolon: `;created=1618884473;keyid="…"`
 * @returns `input`, the member of `Signature-Input` (an inner list with its parameters, §2.3), and `base`
 */
export const signatureBase = (
  components: readonly Component[],
  parameters: string,
): { readonly input: string; readonly base: Uint8Array } => {
  const input = `${innerList(components.map(([identifier]) => identifier))}${parameters}`;
  const lines = [...components, ['"@signature-params"', input] as const];
  return { input, base: utf8ToBytes(lines.map(([identifier, value]) => `${identifier}: ${value}`).join('\n')) };
};

/** The covered components as `Signature-Input` lists them, before its parameters. */
export const innerList = (identifiers: readonly string[]): string => `(${identifiers.join(' ')})`;

/** What a request is about, as component values. */
export interface Target {
  /** RFC 9421 §2.2.1, upper case. */
  readonly method: string;
  /** §2.2.3: host in lower case, and the port unless it is the scheme's own. */
  readonly authority: string;
  /** §2.2.6: as it stands in the request, its percent-encoding untouched. */
  readonly path: string;
  /** §2.2.7: with its question mark, which stands alone when there is no query. */
  readonly query: string;
}

/**
 * An absolute URL, taken apart by hand and not by a URL parser: what is verified is what was sent, and nothing is decoded, resolved or put in order on the way. Only
 * visible ASCII gets through, so that no value can hold a line feed and with it a further line of the signature base (RFC 9421 §2.5, §7.5.3).
 */
const ABSOLUTE_URL = /^https?:\/\/([^/?#@]+)(\/[^?#]*)?(\?[^#]*)?(?:#.*)?$/;
const VISIBLE = /^[!-~]+$/;
const METHOD = /^[A-Z]{1,16}$/;

/** Nothing when the method or the URL is of another form; no server or client hands such a request on. */
export const targetOf = ({ method, url }: { readonly method: string; readonly url: string }): Target | undefined => {
  const parts = VISIBLE.test(url) ? ABSOLUTE_URL.exec(url) : null;
  if (!parts || !METHOD.test(method)) return undefined;
  return { method, authority: parts[1]!.toLowerCase(), path: parts[2] ?? '/', query: parts[3] ?? '?' };
};

/** A request as it was signed: what a response to it is bound to. */
export interface SignedRequest extends Target {
  /** Its `Content-Digest`. */
  readonly digest: string;
  /** The member of its `Signature-Input`. */
  readonly input: string;
  /** The member of its `Signature`: `:`, base64, `:`. */
  readonly signature: string;
}

/** The label of our signatures. */
export const LABEL = 'vouchsafe';

/** What a request's signature covers, in this order. */
export const REQUEST_COVERED: readonly string[] = ['"@method"', '"@authority"', '"@path"', '"@query"', '"content-digest"'];

/**
 * What a response's signature covers, in this order: itself, and the request that it answers (RFC 9421 §2.4) with its parameters, nonce included, and its signature.
 * §7.3.7 advises against a signature of a signature alone, which leaves open what that one covered: so all that it covered is here again.
 */
export const RESPONSE_COVERED: readonly string[] = [
  '"@status"',
  '"content-digest"',
  ...REQUEST_COVERED.map((identifier) => `${identifier};req`),
  `"signature-input";req;key="${LABEL}"`,
  `"signature";req;key="${LABEL}"`,
];

const components = (identifiers: readonly string[], values: readonly string[]): readonly Component[] =>
  identifiers.map((identifier, i) => [identifier, values[i]!]);

const requestValues = ({
  method,
  authority,
  path,
  query,
  digest,
}: Omit<SignedRequest, 'input' | 'signature'>): readonly string[] => [method, authority, path, query, digest];

export const requestComponents = (request: Omit<SignedRequest, 'input' | 'signature'>): readonly Component[] =>
  components(REQUEST_COVERED, requestValues(request));

export const responseComponents = (
  request: SignedRequest,
  { status, digest }: { readonly status: number; readonly digest: string },
): readonly Component[] =>
  components(RESPONSE_COVERED, [String(status), digest, ...requestValues(request), request.input, request.signature]);
