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
import { type BadCohort, cohortTooLarge, type QueryTerms } from '@vouchsafe/join';
import { type BadPrice, costOf, type Noise, noisePlanOf, rhoOf, tailOf } from '@vouchsafe/privacy';
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
  readonly rho?: Rational | undefined;
  readonly cohortSize: number;
}

/** A query that policy allows: what it costs, and how it will be answered. */
export interface QueryPlan {
  /** The asked slots in the order of the answer. */
  readonly slots: readonly { readonly slot: Slot; readonly noise: Noise | undefined }[];
  /** The noise on the matched count; absent for `signal`, which has no minimum cohort. */
  readonly threshold: Noise | undefined;
  readonly charge: Spending;
  readonly cap: Spending;
  /** What each row pays and has, where the policy gives rows budgets of their own. */
  readonly row?: RowPrice | undefined;
}

export type QueryRefused = NotGranted | BadCohort | CohortTooSmall | TotalOutOfRange | BadPrice | UnknownColumn;

/** Policy and price of a query. Reads nothing but the query, the policy and the catalogue, so that no refusal can tell anything about a row. */
export const planQuery = (
  { policy, catalogue, slots, epoch }: Pick<HolderContext, 'policy' | 'catalogue' | 'slots' | 'epoch'>,
  bureau: string,
  asked: Asked,
): Either<QueryRefused, QueryPlan> => {
  const totals = grantOf(policy, bureau)?.totals;
  if (!totals) return E.left(notGranted('totals to this querier'));
  const refusal = refusalOf(asked, totals, policy.minimumCohort);
  if (refusal) return E.left(refusal);
  if (asked.cohortSize > catalogue.cohortCap) return E.left(cohortTooLarge(catalogue.cohortCap));
  const cap = capOf(totals);
  if (asked.kind === 'signal') {
    for (const name of asked.columns) {
      const known = name === PRESENT ? E.right(undefined) : columnNamed(catalogue, name);
      if (E.isLeft(known)) return known;
    }
    const wanted = asked.columns.flatMap((name) => slots.filter((slot) => slot.column === name));
    return E.right({
      slots: wanted.map((slot) => ({ slot, noise: undefined })),
      threshold: undefined,
      charge: { epsilon: rational(0), signals: 1 },
      cap,
    });
  }
  const cost = costOf(asked);
  if (E.isLeft(cost)) return cost;
  const plan = noisePlanOf({ cost: cost.right, catalogue, columns: asked.columns });
  if (E.isLeft(plan)) return plan;
  const holders = epoch.roster.length;
  for (const { slot, noise } of plan.right.slots)
    if (BigInt(asked.cohortSize) * BigInt(holders) * BigInt(slot.max) + tailOf(noise, holders) > BigInt(MAX_TOTAL))
      return E.left({
        _tag: 'TotalOutOfRange',
        message: `column "${slot.column}": the total and its noise could exceed 2^40; ask over a smaller cohort or at a higher price`,
      });
  return E.right({
    ...plan.right,
    charge: { epsilon: asked.epsilon, rho: asked.rho, signals: 0 },
    cap,
    row: totals.aggregate?.rhoPerRow
      ? rowPrice({ charge: rhoOf(cost.right), cap: totals.aggregate.rhoPerRow })
      : rowPrice({ charge: asked.epsilon, cap: totals.aggregate?.epsilonPerRow }),
  });
};

/** All that a querier may use up in an epoch. */
export const capOf = ({ aggregate, signal }: TotalsGrant): Spending => ({
  epsilon: aggregate?.epsilonPerEpoch ?? rational(0),
  rho: aggregate?.rhoPerEpoch,
  signals: signal?.queriesPerEpoch ?? 0,
});

const refusalOf = (
  { kind, purpose, columns, epsilon, rho, cohortSize }: Asked,
  totals: TotalsGrant,
  minimumCohort: number,
): NotGranted | CohortTooSmall | undefined => {
  const grant = totals[kind];
  if (!grant) return notGranted(`${kind} to this querier`);
  if (!totals.purposes.includes(purpose)) return notGranted(`that purpose; it grants: ${totals.purposes.join(', ')}`);
  const limit = totals.perPurpose?.find((own) => own.purpose === purpose);
  if (limit?.kinds && !limit.kinds.includes(kind))
    return notGranted(`${kind} for that purpose; it grants: ${limit.kinds.join(', ')}`);
  const granted = limit?.columns ?? totals.columns;
  const foreign = columns.find((name) => !granted.includes(name));
  if (foreign !== undefined) return notGranted(`one of these columns; it grants: ${granted.join(', ')}`);
  if (columns.length === 0 || new Set(columns).size !== columns.length)
    return notGranted('a query without columns, or with one twice');
  if (kind === 'signal') {
    if (cohortSize !== 1) return notGranted('a signal about more or fewer than one subject');
    return epsilon.num === 0n && rho === undefined
      ? undefined
      : notGranted('a signal with an epsilon or a rho: it carries no noise, state 0 and none');
  }
  if (totals.aggregate && compareRational(epsilon, totals.aggregate.epsilonPerQuery) > 0)
    return notGranted('so large an epsilon in one query; ask for less');
  if (rho && compareRational(rho, totals.aggregate?.rhoPerQuery ?? rational(0)) > 0)
    return notGranted(
      totals.aggregate?.rhoPerQuery ? 'so large a rho in one query; ask for less' : 'answers in rho; ask in epsilon',
    );
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
