import { E, type Either } from '@vouchsafe/core';
import { type BodyTooLarge, MAX_BODY_BYTES, PROBLEM_TYPE, readBody, readProblem, tagOf } from '@vouchsafe/protocol';
import type { HolderDown, HolderRefused } from './errors.ts';

/** Sends a request somewhere: `fetch`, or a holder in the same process. */
export type Fetch = (request: Request) => Promise<Response>;

/** Adds to a request what tells the holder who asks. */
export type Identify = (request: Request) => Promise<Request>;

export interface Transport {
  readonly fetch: Fetch;
  readonly identify: Identify;
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

/**
 * Sends one request and reads the whole answer within the size limit. Never throws but for the caller's abort.
 * @returns the body of a 2xx answer
 */
export const send = async (
  transport: Transport,
  { holder, url }: Target,
  { route, query, body, signal }: Call & { readonly signal?: AbortSignal | undefined },
): Promise<Either<HolderDown | HolderRefused | BodyTooLarge, Uint8Array>> => {
  const target = new URL(url.replace(/\/$/, '') + route);
  for (const [name, value] of Object.entries(query ?? {})) target.searchParams.set(name, String(value));
  try {
    const timeout = AbortSignal.timeout(transport.timeoutMs);
    const request = new Request(target, {
      method: body ? 'POST' : 'GET',
      ...(body ? { body: body.bytes as Uint8Array<ArrayBuffer>, headers: { 'content-type': body.type } } : {}),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const response = await transport.fetch(await transport.identify(request));
    const bytes = await readBody(response, MAX_BODY_BYTES);
    transport.onExchange?.({
      holder,
      route,
      sent: body?.bytes.length ?? 0,
      received: E.isRight(bytes) ? bytes.right.length : MAX_BODY_BYTES,
    });
    if (response.ok || E.isLeft(bytes)) return bytes;
    return E.left(refusal(response, bytes.right));
  } catch {
    // The caller's own abort is not the holder's fault.
    signal?.throwIfAborted();
    return E.left(holderDown);
  }
};

const holderDown: HolderDown = {
  _tag: 'HolderDown',
  message: 'does not answer. Totals need every holder of the roster: ask again when it is back, nothing is charged twice',
};

const refusal = (response: Response, body: Uint8Array): HolderRefused => {
  const isProblem = response.headers.get('content-type')?.startsWith(PROBLEM_TYPE) ?? false;
  const problem = isProblem ? readProblem(new TextDecoder().decode(body)) : undefined;
  if (problem && E.isRight(problem))
    return { _tag: 'HolderRefused', problem: tagOf(problem.right), status: response.status, message: problem.right.detail };
  const message = `answered with status ${response.status} and no explanation: check its url in the federation document`;
  return { _tag: 'HolderRefused', problem: 'Unexplained', status: response.status, message };
};
