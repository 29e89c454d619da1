import { E, type Either } from '@vouchsafe/core';
import type { Result } from './results.ts';
import type { Stamp } from './stamp.ts';

/** Two figures that say nothing about each other. */
export interface NotComparable {
  readonly _tag: 'NotComparable';
  readonly message: string;
}

const notComparable = (why: string): Either<NotComparable, never> =>
  E.left({ _tag: 'NotComparable', message: `no ratio: ${why}; measure both in one run on one machine` });

/** In what two stamps differ; `undefined` when both figures come from one run. */
const difference = (a: Stamp, b: Stamp): string | undefined => {
  const { machine: m, ...own } = a;
  const { machine: n, ...other } = b;
  for (const key of Object.keys(m) as (keyof typeof m)[]) if (m[key] !== n[key]) return `the machines differ in ${key}`;
  for (const key of Object.keys(own) as (keyof typeof own)[])
    if (own[key] !== other[key]) return key === 'run' ? 'they come from different runs' : `they differ in ${key}`;
  return undefined;
};

/**
 * How many times as long the peer took. The only place where two measured times are divided by each other: it refuses figures of different runs, machines or revisions, of
 * different operations or sizes.
 * @returns peer's median / own median
 */
export const ratioOf = (peer: Result, own: Result): Either<NotComparable, number> => {
  const differs = difference(peer.stamp, own.stamp);
  if (differs !== undefined) return notComparable(differs);
  if (peer.name !== own.name) return notComparable('one is the time of another operation');
  if (peer.n !== own.n) return notComparable('they are of different sizes');
  if (!(peer.median > 0 && own.median > 0)) return notComparable('a time is not above zero');
  return E.right(peer.median / own.median);
};

/** The range that the spread leaves: the peer's best against our worst, and the reverse. */
export const ratioSpread = (
  peer: Result,
  own: Result,
): Either<NotComparable, { readonly low: number; readonly high: number }> => {
  const checked = ratioOf(peer, own);
  return E.isLeft(checked) ? checked : E.right({ low: peer.min / own.max, high: peer.max / own.min });
};
