import type { Rational } from '@vouchsafe/core';
import type { RowPrice } from './store/index.ts';

const MILLION = 1_000_000n;
/** What a counter holds. A charge beyond it is beyond every cap. */
const MOST = 2n ** 32n - 1n;

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * What each row pays for a query, and what it has, in millionths: a charge that is no whole number of them is rounded up and the cap down, so that no row ever pays less than it should. For ε of at most
 * six decimals nothing is rounded.
 * @param cap none where the policy gives rows no budget of their own
 */
export const rowPrice = ({
  charge,
  cap,
}: {
  readonly charge: Rational;
  readonly cap: Rational | undefined;
}): RowPrice | undefined =>
  cap && {
    charge: Number(least(MOST, (charge.num * MILLION + charge.den - 1n) / charge.den)),
    cap: Number(least(MOST - 1n, (cap.num * MILLION) / cap.den)),
  };
