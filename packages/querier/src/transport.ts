import { E, type Either, type Signer } from '@vouchsafe/core';
import {
  type BodyTooLarge,
  type KeysOf,
  MAX_BODY_BYTES,
  PROBLEM_TYPE,
  readBody,
  readProblem,
  type SignedRequest,
  signRequest,
  tagOf,
  verifyResponse,
} from '@vouchsafe/protocol';
import type { BadResponse, HolderDown, HolderRefused } from './errors.ts';

/** Sends a request somewhere: `fetch`, or a holder in the same process. */
export type Fetch = (request: Request) => Promise<Response>;

export interface Transport {
  readonly fetch: Fetch;
  /** Signs every request (RFC 9421). */
  readonly signer: Signer;
  /** Whose signature a response carries. */
  readonly keysOf: KeysOf;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** A holder that does not answer within this time counts as down. */
  readonly timeoutMs: number;
  /** Told of every exchange, for the bill of bytes: bodies only. */
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
}

/** Bytes of one request and its response. */
export interface Exchange {
  readonly holder: string;
  readonly route: string;
  readonly sent: number;
  readonly received: number;
  /** The holder's clock minus ours, in seconds, the time on the way included; none when the response was not signed. */
  readonly skewSeconds?: number | undefined;
}

/** Where a request goes. */
export interface Target {
  readonly holder: string;
  readonly url: string;
}

/** A request to a holder: GET without a body, else POST. */
export interface Call {
  readonly route: string;
  readonly query?: Readonly<Record<string, string | number>> | undefined;
  readonly body?: { readonly type: string; readonly bytes: Uint8Array } | undefined;
}

const NO_BODY = new Uint8Array(0);

/** A signed request, and what the answer must be bound to. */
export const signedRequest = (
  { clock: now, signer }: Transport,
  { url }: Target,
  {
    route,
    query,
    body,
    headers,
    signal,
  }: Call & { readonly headers?: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): { readonly request: Request; readonly state: SignedRequest } => {
  const target = new URL(url.replace(/\/$/, '') + route);
  for (const [name, value] of Object.entries(query ?? {})) target.searchParams.set(name, String(value));
  const method = body ? 'POST' : 'GET';
  const { state, message } = signRequest({ signer, now }, { method, url: target.href, body: body?.bytes ?? NO_BODY });
  const request = new Request(target, {
    method,
    headers: { ...headers, ...message, ...(body ? { 'content-type': body.type } : {}) },
    ...(body ? { body: body.bytes as Uint8Array<ArrayBuffer> } : {}),
    // The signature is for this address; whoever sends us elsewhere is not the holder.
    redirect: 'error',
    signal,
  });
  return { request, state };
};

/**
 * Sends one signed request and reads the whole answer within the size limit. Only what the holder itself signed, for this very request, is an answer. Never throws but for the caller's
 * abort.
 * @returns the body of a 2xx answer
 */
export const send = async (
  transport: Transport,
  to: Target,
  { signal, ...call }: Call & { readonly signal?: AbortSignal | undefined },
): Promise<Either<HolderDown | HolderRefused | BadResponse | BodyTooLarge, Uint8Array>> => {
  const { clock: now, keysOf } = transport;
  const { holder } = to;
  const { route, body } = call;
  try {
    const timeout = AbortSignal.timeout(transport.timeoutMs);
    const { request, state } = signedRequest(transport, to, {
      ...call,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const response = await transport.fetch(request);
    const received = await readBody(response, MAX_BODY_BYTES);
    const report = (bytes: number, skewSeconds?: number): void =>
      transport.onExchange?.({ holder, route, sent: body?.bytes.length ?? 0, received: bytes, skewSeconds });
    if (E.isLeft(received)) {
      report(MAX_BODY_BYTES);
      return received;
    }
    const { status } = response;
    const verified = verifyResponse({ holder, keysOf, now }, state, { status, headers: response.headers, body: received.right });
    report(received.right.length, E.isRight(verified) ? verified.right.skewSeconds : undefined);
    // A refusal of a request that the holder could not verify is unsigned. Whoever forges one only keeps us from asking, which cutting the line does as well.
    if (!response.ok) return E.left(refusal(response, received.right, E.isRight(verified)));
    return E.isLeft(verified) ? E.left(badResponse(verified.left)) : received;
  } catch {
    // The caller's own abort is not the holder's fault.
    signal?.throwIfAborted();
    return E.left(holderDown(to));
  }
};

export const holderDown = ({ url }: Pick<Target, 'url'>): HolderDown => ({
  _tag: 'HolderDown',
  message: `does not answer at ${url}. Totals need every holder of the roster: ask again when it is back, nothing is charged twice`,
});

export const badResponse = ({ _tag, message }: { readonly _tag: string; readonly message: string }): BadResponse => ({
  _tag: 'BadResponse',
  problem: _tag,
  message: `sent a response that cannot be believed: ${message}`,
});

/** What a refusal says, as an error. @param signed by the holder, for this request? */
export const refusal = (response: Response, body: Uint8Array, signed: boolean): HolderRefused => {
  const isProblem = response.headers.get('content-type')?.startsWith(PROBLEM_TYPE) ?? false;
  const problem = isProblem ? readProblem(new TextDecoder().decode(body)) : undefined;
  if (problem && E.isRight(problem))
    return {
      _tag: 'HolderRefused',
      problem: tagOf(problem.right),
      status: response.status,
      signed,
      message: problem.right.detail,
      ...(problem.right.retryAfter === undefined ? {} : { retryAfter: problem.right.retryAfter }),
      ...(problem.right.remaining === undefined ? {} : { remaining: problem.right.remaining }),
    };
  const message = `answered with status ${response.status} and no explanation: check its url in the federation document`;
  return { _tag: 'HolderRefused', problem: 'Unexplained', status: response.status, signed, message };
};
