/**
 * Numbers as the generator knows them: a bound on the magnitude and the power of two that every value is a multiple of. A double holds such a number exactly when
 * bound / 2^ulp ≤ 2^53; every rounding that the field arithmetic relies on not happening is checked through {@link exact} while the module is built.
 */
export interface Range {
  /** |x| ≤ bound, in units of 2^-SCALE. */
  readonly bound: bigint;
  /** x is a multiple of 2^ulp. */
  readonly ulp: number;
}

const SCALE = 1024;
const one = 1n << BigInt(SCALE);

/** A bound of this many whole units. */
export const scaled = (x: bigint): bigint => x * one;
/** Whole units, rounded up. */
export const unscaled = (x: bigint): bigint => (x + one - 1n) / one;

export class InexactError extends RangeError {}

/** @throws InexactError when a double could not hold every number of this range */
export const exact = (range: Range, what: string): Range => {
  const limit = 1n << BigInt(53 + range.ulp + SCALE);
  if (range.bound > limit)
    throw new InexactError(`${what} can lose bits: |x| up to ${unscaled(range.bound)} in steps of 2^${range.ulp}`);
  return range;
};

export const sum = (a: Range, b: Range): Range => ({ bound: a.bound + b.bound, ulp: Math.min(a.ulp, b.ulp) });
export const product = (a: Range, b: Range): Range => ({ bound: (a.bound * b.bound + one - 1n) / one, ulp: a.ulp + b.ulp });
/** Rounded to a multiple of 2^to, the nearest one. */
export const rounded = (a: Range, to: number): Range => {
  const unit = BigInt(to + SCALE);
  return { bound: ((a.bound + (1n << (unit - 1n))) >> unit) << unit, ulp: to };
};
/** What rounding to a multiple of 2^to leaves. */
export const remainder = (a: Range, to: number): Range => {
  const half = 1n << BigInt(to - 1 + SCALE);
  return { bound: a.bound < half ? a.bound : half, ulp: a.ulp };
};
export const power = (exponent: number): Range => ({ bound: 1n << BigInt(exponent + SCALE), ulp: exponent });
