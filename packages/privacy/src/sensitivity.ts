import {
  type Catalogue,
  columnNamed,
  E,
  type Either,
  PRESENT,
  type Rational,
  rational,
  slotsOf,
  type UnknownColumn,
} from '@vouchsafe/core';
import { sensitivityOf } from './price.ts';

/** By how much one row more or less can change what a column's answer tells, over all of its slots together. */
export interface ColumnSensitivity {
  /** Σ|Δ_j|: what Laplace noise and pure ε go by. */
  readonly l1: bigint;
  /** Σ Δ_j²: what Gaussian noise and ρ go by. */
  readonly l2Squared: bigint;
}

/**
 * The sensitivity of a column, by its kind. Neighbouring tables differ by one row that is there or not; values are clamped to [0, max] when the table is made.
 *
 * `present`, flag: 1. Count, amount: the maximum. Amount with squares: a row moves both slots, each by up to its maximum. Bucket: a row
 * stands in one bucket (one-hot), so the histogram moves by 1 in all, however many buckets it has.
 */
export const columnSensitivity = (catalogue: Catalogue, column: string): Either<UnknownColumn, ColumnSensitivity> => {
  if (column !== PRESENT) {
    const known = columnNamed(catalogue, column);
    if (E.isLeft(known)) return known;
  }
  const own = slotsOf(catalogue).filter((slot) => slot.column === column);
  const moved = own.every(({ holds }) => holds === 'bucket') ? own.slice(0, 1) : own;
  const each = moved.map(sensitivityOf);
  return E.right({
    l1: each.reduce((sum, one) => sum + one, 0n),
    l2Squared: each.reduce((sum, one) => sum + one * one, 0n),
  });
};

/**
 * The parameter σ² = Δ²/2ρ of the discrete Gaussian that gives ρ-zCDP, exact: Canonne, Kamath, Steinke (2020), theorem 4; for several slots with one σ², Δ² is the
 * squared L2 sensitivity (their multivariate form).
 * @param l2Squared Δ², positive
 * @throws RangeError for a ρ or a sensitivity that is not positive
 */
export const gaussianVariance = ({ rho, l2Squared }: { readonly rho: Rational; readonly l2Squared: bigint }): Rational => {
  if (rho.num <= 0n || rho.den <= 0n) throw new RangeError('noise needs a positive ρ');
  if (l2Squared <= 0n) throw new RangeError('noise needs a positive sensitivity');
  return rational(l2Squared * rho.den, 2n * rho.num);
};
