import { type BadShape, decodeShape, E, type Either, record, text, whole } from '@vouchsafe/core';
import type * as t from 'io-ts';

/** Media type of RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json';

/** An error on the wire (RFC 9457). `type` is `urn:vouchsafe:problem:` and the error's tag; details never hold what was rejected. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** When it is worth asking again, in seconds from the answer; the same as the header `Retry-After`, but under the signature. */
  readonly retryAfter?: number | undefined;
  /** How much of a quota is left. */
  readonly remaining?: number | undefined;
}

export const Problem: t.Type<Problem, unknown, unknown> = record<Problem>(
  'Problem',
  {
    type: text('urn:vouchsafe:problem:…', /^urn:vouchsafe:problem:[A-Za-z]{1,40}$/),
    title: text('a title of at most 100 characters', /^[^\n]{1,100}$/),
    status: whole(400, 599),
    detail: text('a detail of at most 1000 characters', /^[\s\S]{0,1000}$/),
  },
  { retryAfter: whole(0, 2 ** 32), remaining: whole(0, 2 ** 40) },
);

const PREFIX = 'urn:vouchsafe:problem:';

/** The problem of an error value: its tag becomes the type, its message the detail. */
export const problemOf = (
  error: {
    readonly _tag: string;
    readonly message: string;
    readonly retryAfter?: number | undefined;
    readonly remaining?: number | undefined;
  },
  status: number,
): Problem => ({
  type: PREFIX + error._tag,
  title: error._tag.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`),
  status,
  detail: error.message.slice(0, 1000),
  ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
  ...(error.remaining === undefined ? {} : { remaining: error.remaining }),
});

/** The tag of a problem's error. */
export const tagOf = (problem: Problem): string => problem.type.slice(PREFIX.length);

/** Reads a problem document, at most a few kilobytes of JSON. */
export const readProblem = (json: string): Either<BadShape, Problem> => {
  try {
    return decodeShape(Problem, JSON.parse(json.slice(0, 8192)));
  } catch {
    return E.left({ _tag: 'BadShape', message: 'Problem is not as expected: not JSON', at: [] });
  }
};
