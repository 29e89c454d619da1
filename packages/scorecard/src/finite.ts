import { E } from '@vouchsafe/core';
import * as t from 'io-ts';

/** A finite double. Negative zero is read as zero: the two are equal, and canonical bytes must be too. */
export const Finite: t.Type<number, number, unknown> = new t.Type(
  'a finite number',
  (u): u is number => typeof u === 'number' && Number.isFinite(u),
  (u, context) => (typeof u === 'number' && Number.isFinite(u) ? t.success(u + 0) : t.failure(u, context)),
  (a) => a,
);

/** A finite double above zero. */
export const Positive: t.Type<number, number, unknown> = new t.Type(
  'a number above zero',
  (u): u is number => Finite.is(u) && u > 0,
  (u, context) => {
    const value = Finite.validate(u, context);
    return E.isRight(value) && value.right <= 0 ? t.failure(u, context) : value;
  },
  (a) => a,
);

/** `null` or an `A`. */
export const nullable = <A>(codec: t.Type<A, unknown, unknown>): t.Type<A | null, unknown, unknown> =>
  t.union([t.null, codec], `${codec.name} or null`);
