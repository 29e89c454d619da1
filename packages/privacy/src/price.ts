import {
  type Catalogue,
  columnNamed,
  divideRational,
  E,
  type Either,
  multiplyRational,
  PRESENT,
  type Rational,
  rational,
  type Slot,
  slotsOf,
  subtractRational,
  type UnknownColumn,
} from '@vouchsafe/core';

/** What part of a query's ε the noisy comparison with the minimum cohort takes, unless a policy sets another: one tenth. */
export const THRESHOLD_SHARE: Rational = rational(1n, 10n);

/**
 * By how much one row more or less can change a slot's total: the slot's declared maximum, since values are clamped to [0, max] when the table is made.
 * For the one-hot slots of a bucket column it is 1, and also 1 for all of them together: a row stands in one bucket.
 */
export const sensitivityOf = (slot: Slot): bigint => BigInt(slot.max);

/** The scale Δ/ε of a slot's discrete Laplace noise, exact. @throws RangeError for an ε that is not positive */
export const noiseScale = ({ epsilon, slot }: { readonly epsilon: Rational; readonly slot: Slot }): Rational => {
  if (epsilon.num <= 0n) throw new RangeError('noise needs a positive ε');
  return divideRational(rational(sensitivityOf(slot)), epsilon);
};

/** What a slot of an asked column gets. */
export interface SlotPrice {
  readonly slot: Slot;
  readonly epsilon: Rational;
  /** Of the discrete Laplace noise that each holder adds: sensitivity / ε. */
  readonly scale: Rational;
}

/** What an asked column gets of a query’s ε, and how it is split over its slots. */
export interface ColumnPrice {
  readonly column: string;
  readonly epsilon: Rational;
  readonly slots: readonly SlotPrice[];
}

/** Where the ε of a query goes. `threshold.epsilon` and the columns' ε add up to `epsilon` exactly. */
export interface Price {
  /** What the query costs every row that it matches, and the querier, at each holder. */
  readonly epsilon: Rational;
  readonly threshold: { readonly epsilon: Rational; readonly scale: Rational };
  /** In the order in which they were asked. */
  readonly columns: readonly ColumnPrice[];
}

/** A query that has no price: nothing asked, a column asked twice, or an ε or share out of range. */
export interface BadPrice {
  readonly _tag: 'BadPrice';
  readonly message: string;
}

/**
 * Splits the ε that a caller states, which is the total of the query: the threshold's share first, the rest in equal parts over the asked columns.
 * A bucket column is one column and each of its slots gets the whole part (one-hot: a row changes only one of them). An amount with squares is one column
 * with two slots, which get half each.
 * @param columns names of the catalogue, or `present` for the number of relationships; each at most once
 * @param thresholdShare in (0, 1), {@link THRESHOLD_SHARE} by default
 */
export const priceOf = ({
  epsilon,
  catalogue,
  columns,
  thresholdShare = THRESHOLD_SHARE,
}: {
  readonly epsilon: Rational;
  readonly catalogue: Catalogue;
  readonly columns: readonly string[];
  readonly thresholdShare?: Rational | undefined;
}): Either<BadPrice | UnknownColumn, Price> => {
  const bad = (message: string): Either<BadPrice, never> => E.left({ _tag: 'BadPrice', message });
  if (epsilon.num <= 0n || epsilon.den <= 0n) return bad('a query that adds noise needs a positive epsilon');
  if (thresholdShare.num <= 0n || thresholdShare.num >= thresholdShare.den)
    return bad('the threshold share must lie between 0 and 1, both excluded');
  const fits = checkAsked(catalogue, columns);
  if (E.isLeft(fits)) return fits;
  const threshold = multiplyRational(epsilon, thresholdShare);
  const part = divideRational(subtractRational(epsilon, threshold), rational(columns.length));
  const slots = slotsOf(catalogue);
  return E.right({
    epsilon,
    threshold: { epsilon: threshold, scale: divideRational(rational(1n), threshold) },
    columns: columns.map((column) => columnPrice(column, part, slots)),
  });
};

/** At least one column, each known and asked once. */
export const checkAsked = (catalogue: Catalogue, columns: readonly string[]): Either<BadPrice | UnknownColumn, void> => {
  const bad = (message: string): Either<BadPrice, never> => E.left({ _tag: 'BadPrice', message });
  if (columns.length === 0) return bad('the query asks for no column');
  if (new Set(columns).size !== columns.length) return bad('the query asks for a column twice');
  for (const name of columns) {
    const known = name === PRESENT ? E.right(PRESENT) : columnNamed(catalogue, name);
    if (E.isLeft(known)) return known;
  }
  return E.right(undefined);
};

const columnPrice = (column: string, epsilon: Rational, slots: readonly Slot[]): ColumnPrice => {
  const own = slots.filter((slot) => slot.column === column);
  const shared = own.some((slot) => slot.holds === 'squares') ? own.length : 1;
  const each = divideRational(epsilon, rational(shared));
  return { column, epsilon, slots: own.map((slot) => ({ slot, epsilon: each, scale: noiseScale({ epsilon: each, slot }) })) };
};

/** The price in one line for people, exact: `epsilon 1/2 = 1/20 minimum cohort + 9/40 present + 9/40 outstanding`. */
export const printPrice = (price: Price): string => {
  const parts = [
    `${printRational(price.threshold.epsilon)} minimum cohort`,
    ...price.columns.map(({ column, epsilon }) => `${printRational(epsilon)} ${column}`),
  ];
  return `epsilon ${printRational(price.epsilon)} = ${parts.join(' + ')}`;
};

const printRational = ({ num, den }: Rational): string => (den === 1n ? `${num}` : `${num}/${den}`);
