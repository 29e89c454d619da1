import {
  type Catalogue,
  divideRational,
  E,
  type Either,
  multiplyRational,
  type Rational,
  rational,
  type Slot,
  slotsOf,
  subtractRational,
  type UnknownColumn,
} from '@vouchsafe/core';
import type { PrivacyCost } from './accounting.ts';
import type { Noise } from './noise.ts';
import { type BadPrice, checkAsked, priceOf, sensitivityOf, THRESHOLD_SHARE } from './price.ts';
import { gaussianVariance } from './sensitivity.ts';

/** What a query states as its price: ρ, or ε where it names none. @returns an error where it states both, or nothing */
export const costOf = ({
  epsilon,
  rho,
}: {
  readonly epsilon: Rational;
  readonly rho?: Rational | undefined;
}): Either<BadPrice, PrivacyCost> => {
  const bad = (message: string): Either<BadPrice, never> => E.left({ _tag: 'BadPrice', message });
  if (rho === undefined)
    return epsilon.num > 0n ? E.right({ kind: 'pure', epsilon }) : bad('a query that adds noise needs a positive epsilon or rho');
  if (epsilon.num !== 0n) return bad('a query is priced in epsilon or in rho, not in both');
  return rho.num > 0n ? E.right({ kind: 'zcdp', rho }) : bad('a query that adds noise needs a positive epsilon or rho');
};

/** A slot of an asked column, and the noise that each holder adds to it. */
export interface NoisySlot {
  readonly slot: Slot;
  readonly noise: Noise;
}

/** The noise of a query: what its price buys. */
export interface NoisePlan {
  /** On the matched count, when it is compared with the minimum cohort. */
  readonly threshold: Noise;
  /** In the order of the answer. */
  readonly slots: readonly NoisySlot[];
}

/**
 * How a query is noised that costs so much in all: {@link priceOf} for ε. ρ is split in the same way: the threshold's share first, the rest in equal parts over the columns, since ρ adds up as ε does
 * (Bun and Steinke 2016, lemma 1.7). A histogram is one column (one-hot: a row changes one of its slots by 1, so Δ² = 1 for all of them together); an amount with squares has two slots of
 * different units, which get half of the column's part each.
 * @param columns names of the catalogue, or `present`; each at most once
 */
export const noisePlanOf = ({
  cost,
  catalogue,
  columns,
}: {
  readonly cost: PrivacyCost;
  readonly catalogue: Catalogue;
  readonly columns: readonly string[];
}): Either<BadPrice | UnknownColumn, NoisePlan> => {
  if (cost.kind === 'zcdp') return planInRho(cost.rho, catalogue, columns);
  const price = priceOf({ epsilon: cost.epsilon, catalogue, columns });
  if (E.isLeft(price)) return price;
  const laplace = (scale: Rational): Noise => ({ kind: 'laplace', scale });
  return E.right({
    threshold: laplace(price.right.threshold.scale),
    slots: price.right.columns.flatMap(({ slots }) => slots.map(({ slot, scale }) => ({ slot, noise: laplace(scale) }))),
  });
};

const planInRho = (
  rho: Rational,
  catalogue: Catalogue,
  columns: readonly string[],
): Either<BadPrice | UnknownColumn, NoisePlan> => {
  if (rho.num <= 0n || rho.den <= 0n)
    return E.left({ _tag: 'BadPrice', message: 'a query that adds noise needs a positive rho' });
  const fits = checkAsked(catalogue, columns);
  if (E.isLeft(fits)) return fits;
  const gaussian = (share: Rational, l2Squared: bigint): Noise => ({
    kind: 'gaussian',
    variance: gaussianVariance({ rho: share, l2Squared }),
  });
  const threshold = multiplyRational(rho, THRESHOLD_SHARE);
  const part = divideRational(subtractRational(rho, threshold), rational(columns.length));
  const all = slotsOf(catalogue);
  return E.right({
    threshold: gaussian(threshold, 1n),
    slots: columns.flatMap((column) => {
      const own = all.filter((slot) => slot.column === column);
      const shared = own.some(({ holds }) => holds === 'squares') ? own.length : 1;
      const each = divideRational(part, rational(shared));
      return own.map((slot) => ({ slot, noise: gaussian(each, sensitivityOf(slot) ** 2n) }));
    }),
  });
};
