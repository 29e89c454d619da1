import { E, type Either } from '@vouchsafe/core';
import type { SignatureExpired } from './errors.ts';

/** The longest time from `created` to `expires`, in seconds. */
export const MAX_LIFETIME_SECONDS = 300;
/** How far two clocks may be apart, in seconds, on either end. */
export const CLOCK_TOLERANCE_SECONDS = 30;

/** Milliseconds since 1970, as `Date.now` gives them. */
export type Now = () => number;

export const secondsOf = (now: Now): number => Math.floor(now() / 1000);

/**
 * Is the signature's time now? RFC 9421 §7.2.2: together with the nonces of that time, which somebody keeps, this is what stops a recorded request from being sent again.
 * @returns the sender's clock minus ours, in seconds
 */
export const checkWindow = (
  { created, expires }: { readonly created: number; readonly expires: number },
  at: number,
): Either<SignatureExpired, number> => {
  const skewSeconds = created - at;
  const expired = (message: string) => E.left<SignatureExpired>({ _tag: 'SignatureExpired', message, skewSeconds });
  if (expires <= created || expires - created > MAX_LIFETIME_SECONDS)
    return expired(`the signature is to be valid for ${expires - created} s: from 1 to ${MAX_LIFETIME_SECONDS} s are taken`);
  if (created > at + CLOCK_TOLERANCE_SECONDS)
    return expired(
      `signed ${skewSeconds} s in the future by the receiver’s clock: the sender’s clock is fast or the receiver’s slow; set the sender’s by a time server, and the receiver’s if other senders are refused too`,
    );
  if (at > expires + CLOCK_TOLERANCE_SECONDS)
    return expired(
      `signed ${-skewSeconds} s ago by the receiver’s clock and expired: it was held up on the way, or the sender’s clock is slow or the receiver’s fast; set the sender’s by a time server, and the receiver’s if other senders are refused too`,
    );
  return E.right(skewSeconds);
};
