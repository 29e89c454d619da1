import { type Rational, rational } from '@vouchsafe/core';
import { integerRoot } from './integer-root.ts';

/** A real number between two rationals, so that a decision can always take the cautious one. */
export interface Bounds {
  readonly below: Rational;
  readonly above: Rational;
}

/** Bounds are multiples of 2^-128. */
const PRECISION = 128n;
const ONE = 1n << PRECISION;

const up = (num: bigint, den: bigint): bigint => -(-num / den) + (num > 0n && num % den !== 0n ? 1n : 0n);
const down = (num: bigint, den: bigint): bigint => -up(-num, den);

/**
 * Bounds of the natural logarithm of a positive rational, a little more than 2^-120 apart for arguments of ordinary size. No floating point: x = 2^k·m with
 * 1 ≤ m < 2, ln m = 2·artanh((m − 1)/(m + 1)), whose series is cut off with a bound for what is left.
 * @throws RangeError for zero and below
 */
export const lnBounds = (x: Rational): Bounds => {
  if (x.num <= 0n || x.den <= 0n) throw new RangeError('only positive numbers have a logarithm');
  let [num, den, k] = [x.num, x.den, 0n];
  for (; num >= 2n * den; k++) den *= 2n;
  for (; num < den; k--) num *= 2n;
  const mantissa = twiceArtanh(num - den, num + den);
  const ln2 = twiceArtanh(1n, 3n);
  const whole = k >= 0n ? { below: k * ln2.below, above: k * ln2.above } : { below: k * ln2.above, above: k * ln2.below };
  return { below: rational(whole.below + mantissa.below, ONE), above: rational(whole.above + mantissa.above, ONE) };
};

/** 2·artanh(num/den) for 0 ≤ num/den ≤ 1/3, in units of 2^-128, rounded down and up. */
const twiceArtanh = (num: bigint, den: bigint): { readonly below: bigint; readonly above: bigint } => {
  // One power series per direction: every term is rounded its own way, so that the sums bracket the value.
  let [powerBelow, powerAbove] = [down(num * ONE, den), up(num * ONE, den)];
  let [below, above, odd] = [0n, 0n, 1n];
  while (powerAbove > 1n) {
    below += powerBelow / odd;
    above += up(powerAbove, odd);
    powerBelow = down(powerBelow * num * num, den * den);
    powerAbove = up(powerAbove * num * num, den * den);
    odd += 2n;
  }
  // What is left is Σ z^i/i over odd i from here ≤ power/(1 − z²) ≤ 9/8 · power ≤ 2 units.
  return { below: 2n * below, above: 2n * (above + (num === 0n ? 0n : 2n)) };
};

/**
 * Bounds of the square root of a non-negative rational, 2^-128 apart.
 * @throws RangeError below zero
 */
export const rootBounds = (x: Rational): Bounds => {
  if (x.num < 0n || x.den <= 0n) throw new RangeError('a negative number has no square root here');
  const scaled = x.num * ONE * ONE;
  const root = integerRoot(scaled / x.den);
  const exact = root * root * x.den === scaled;
  return { below: rational(root, ONE), above: rational(exact ? root : root + 1n, ONE) };
};
