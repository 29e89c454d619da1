import {
  columnNamed,
  compareRational,
  E,
  type Either,
  equalBytes,
  MAX_TOTAL,
  PRESENT,
  type Rational,
  rational,
  type Slot,
  type UnknownColumn,
} from '@vouchsafe/core';
import type { QueryTerms } from '@vouchsafe/join';
import { type BadPrice, noiseTail, priceOf } from '@vouchsafe/privacy';
import type { HolderContext } from './context.ts';
import { type CohortTooSmall, type NotGranted, notGranted, type OutOfStep, outOfStep, type TotalOutOfRange } from './errors.ts';
import { grantOf, type TotalsGrant } from './policy.ts';
import { rowPrice } from './row-price.ts';
import type { Sealed } from './sealing.ts';
import type { RowPrice, Spending } from './store/index.ts';

/** What a query asks, of those parts that policy and price depend on. */
export interface Asked {
  readonly kind: 'aggregate' | 'signal';
  readonly purpose: string;
  readonly columns: readonly string[];
  readonly epsilon: Rational;
  readonly cohortSize: number;
}

/** A query that policy allows: what it costs, and how it will be answered. */
export interface QueryPlan {
  /** The asked slots in the order of the answer. */
  readonly slots: readonly { readonly slot: Slot; readonly scale: Rational | undefined }[];
  /** Scale of the noise on the matched count; absent for `signal`, which has no minimum cohort. */
  readonly thresholdScale: Rational | undefined;
  readonly charge: Spending;
  readonly cap: Spending;
  /** What each row pays and has, where the policy gives rows budgets of their own. */
  readonly row?: RowPrice | undefined;
}

export type QueryRefused = NotGranted | CohortTooSmall | TotalOutOfRange | BadPrice | UnknownColumn;

/** Policy and price of a query. Reads nothing but the query, the policy and the catalogue, so that no refusal can tell anything about a row. */
export const planQuery = (
  { policy, catalogue, slots, epoch }: HolderContext,
  bureau: string,
  asked: Asked,
): Either<QueryRefused, QueryPlan> => {
  const totals = grantOf(policy, bureau)?.totals;
  if (!totals) return E.left(notGranted('totals to this querier'));
  const refusal = refusalOf(asked, totals, policy.minimumCohort);
  if (refusal) return E.left(refusal);
  const cap: Spending = {
    epsilon: totals.aggregate?.epsilonPerEpoch ?? rational(0),
    signals: totals.signal?.queriesPerEpoch ?? 0,
  };
  if (asked.kind === 'signal') {
    for (const name of asked.columns) {
      const known = name === PRESENT ? E.right(undefined) : columnNamed(catalogue, name);
      if (E.isLeft(known)) return known;
    }
    const wanted = asked.columns.flatMap((name) => slots.filter((slot) => slot.column === name));
    return E.right({
      slots: wanted.map((slot) => ({ slot, scale: undefined })),
      thresholdScale: undefined,
      charge: { epsilon: rational(0), signals: 1 },
      cap,
    });
  }
  const price = priceOf({ epsilon: asked.epsilon, catalogue, columns: asked.columns });
  if (E.isLeft(price)) return price;
  const priced = price.right.columns.flatMap((column) => column.slots);
  const holders = epoch.roster.length;
  for (const { slot, scale } of priced)
    if (BigInt(asked.cohortSize) * BigInt(holders) * BigInt(slot.max) + noiseTail({ scale, holders }) > BigInt(MAX_TOTAL))
      return E.left({
        _tag: 'TotalOutOfRange',
        message: `column "${slot.column}": the total and its noise could exceed 2^40; ask over a smaller cohort or with a larger epsilon`,
      });
  return E.right({
    slots: priced,
    thresholdScale: price.right.threshold.scale,
    charge: { epsilon: asked.epsilon, signals: 0 },
    cap,
    row: rowPrice({ charge: asked.epsilon, cap: totals.aggregate?.epsilonPerRow }),
  });
};

const refusalOf = (
  { kind, purpose, columns, epsilon, cohortSize }: Asked,
  totals: TotalsGrant,
  minimumCohort: number,
): NotGranted | CohortTooSmall | undefined => {
  const grant = totals[kind];
  if (!grant) return notGranted(`${kind} to this querier`);
  if (!totals.purposes.includes(purpose)) return notGranted(`that purpose; it grants: ${totals.purposes.join(', ')}`);
  const foreign = columns.find((name) => !totals.columns.includes(name));
  if (foreign !== undefined) return notGranted(`one of these columns; it grants: ${totals.columns.join(', ')}`);
  if (columns.length === 0 || new Set(columns).size !== columns.length)
    return notGranted('a query without columns, or with one twice');
  if (kind === 'signal') {
    if (cohortSize !== 1) return notGranted('a signal about more or fewer than one subject');
    return epsilon.num === 0n ? undefined : notGranted('a signal with an epsilon: it carries no noise, state 0');
  }
  if (totals.aggregate && compareRational(epsilon, totals.aggregate.epsilonPerQuery) > 0)
    return notGranted('so large an epsilon in one query; ask for less');
  if (cohortSize < minimumCohort)
    return { _tag: 'CohortTooSmall', message: `the cohort has fewer subjects than the policy’s minimum of ${minimumCohort}` };
  return undefined;
};

/** The query must be about this very table, between these very parties: everything that the digest binds is compared with what the holder knows. */
export const checkTerms = (
  { federation, epoch }: HolderContext,
  bureau: string,
  terms: QueryTerms,
  sealed: Sealed,
  own: string,
): Either<OutOfStep, void> => {
  const entry = terms.roster.find(({ holder }) => holder === own);
  if (terms.federation !== federation.id || terms.epoch !== epoch.number)
    return E.left(outOfStep(`this holder is in epoch ${epoch.number} of its federation: sync, then ask again`));
  if (terms.bureau !== bureau) return E.left(outOfStep('the query names another bureau than the one that sent it'));
  if (!equalBytes(terms.joinKey, sealed.joinKey))
    return E.left(outOfStep('the query’s join key is not the one this table was sealed with'));
  const roster = epoch.roster.map(({ holder }) => holder);
  if (terms.roster.length !== roster.length || terms.roster.some(({ holder }, i) => holder !== roster[i]))
    return E.left(outOfStep(`the roster of this epoch is ${roster.join(', ')}, in this order; no other is answered`));
  if (!entry || !equalBytes(entry.root, sealed.root))
    return E.left(outOfStep('the query’s roster names another table of this holder: sync, then ask again'));
  return E.right(undefined);
};
