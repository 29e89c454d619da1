import { PROBLEM_TYPE, problemOf } from '@vouchsafe/protocol';

/** Why the service answers a request in the holder's place. It cannot sign: whoever forges such an answer only keeps a querier from asking, which cutting the line does as well. */
export interface TurnedAway {
  readonly _tag: 'BodyTooLarge' | 'Busy' | 'ShuttingDown' | 'BadRequest';
  readonly message: string;
  readonly status: 400 | 413 | 503;
  /** Seconds. */
  readonly retryAfter?: number;
}

export const bodyTooLarge = (limit: number): TurnedAway => ({
  _tag: 'BodyTooLarge',
  message: `the body exceeds ${limit} bytes: send smaller chunks`,
  status: 413,
});
export const busy: TurnedAway = {
  _tag: 'Busy',
  message: 'this holder has more requests under way than it takes at once: try again in a moment',
  status: 503,
  retryAfter: 1,
};
export const shuttingDown: TurnedAway = {
  _tag: 'ShuttingDown',
  message: 'this holder is being stopped: try again when it is back',
  status: 503,
  retryAfter: 10,
};
export const badRequest: TurnedAway = {
  _tag: 'BadRequest',
  message: 'the request has no host, or an address that is no URL',
  status: 400,
};

/** The headers and the body of such an answer (RFC 9457). */
export const turnedAwayAnswer = (
  fault: TurnedAway,
): { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } => ({
  status: fault.status,
  headers: {
    'content-type': PROBLEM_TYPE,
    ...(fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }),
  },
  body: JSON.stringify(problemOf(fault, fault.status)),
});

export const turnedAwayResponse = (fault: TurnedAway): Response => {
  const { status, headers, body } = turnedAwayAnswer(fault);
  return new Response(body, { status, headers });
};
