import { columnNamed, compareRational, E, PRESENT, type Rational, rational } from '@vouchsafe/core';
import type { HolderDocuments } from './open-holder.ts';

/** A query as a policy sees it: nothing of who is asked about. */
export interface PolicyQuestion {
  readonly bureau: string;
  readonly kind: 'aggregate' | 'signal';
  readonly purpose: string;
  readonly columns: readonly string[];
  /** Zero for a signal. */
  readonly epsilon: Rational;
  readonly cohortSize: number;
}

/** What a holder would say to it, whatever was used up before. */
export type Verdict =
  | {
      readonly allowed: true;
      readonly charge: Rational;
      readonly cap: Rational;
      readonly signals: number;
      readonly signalsCap: number;
    }
  | { readonly allowed: false; readonly why: string };

const no = (why: string): Verdict => ({ allowed: false, why });

/** Tries a query on the documents alone: the rules in the order in which a holder that serves goes through them. */
export const dryRun = (
  { policy, federation }: Pick<HolderDocuments, 'policy' | 'federation'>,
  { bureau, kind, purpose, columns, epsilon, cohortSize }: PolicyQuestion,
): Verdict => {
  const totals = policy.queriers.find((grant) => grant.bureau === bureau)?.totals;
  if (!totals) return no(`The policy grants no totals to "${bureau}".`);
  if (!totals[kind]) return no(`The policy does not grant ${kind} to "${bureau}".`);
  if (!totals.purposes.includes(purpose)) return no(`Its purposes are ${totals.purposes.join(', ')}.`);
  const foreign = columns.filter((name) => !totals.columns.includes(name));
  if (foreign.length > 0) return no(`It does not grant ${foreign.join(', ')}; its columns are ${totals.columns.join(', ')}.`);
  if (columns.length === 0 || new Set(columns).size !== columns.length)
    return no('A query names at least one column, and none twice.');
  for (const name of columns) {
    const known = name === PRESENT ? E.right(undefined) : columnNamed(federation.catalogue, name);
    if (E.isLeft(known)) return no(known.left.message);
  }
  if (kind === 'signal')
    return { allowed: true, charge: rational(0), cap: rational(0), signals: 1, signalsCap: totals.signal?.queriesPerEpoch ?? 0 };
  const { epsilonPerQuery, epsilonPerEpoch } = totals.aggregate!;
  if (compareRational(epsilon, rational(0)) <= 0) return no('An aggregate has an epsilon above zero.');
  if (compareRational(epsilon, epsilonPerQuery) > 0) return no('Its epsilon is above what one query may have.');
  if (compareRational(epsilon, epsilonPerEpoch) > 0) return no('Its epsilon is above what the epoch has.');
  if (cohortSize < policy.minimumCohort) return no(`Cohorts have at least ${policy.minimumCohort} subjects.`);
  if (cohortSize > federation.catalogue.cohortCap)
    return no(`The federation’s cohorts have at most ${federation.catalogue.cohortCap} subjects.`);
  return { allowed: true, charge: epsilon, cap: epsilonPerEpoch, signals: 0, signalsCap: totals.signal?.queriesPerEpoch ?? 0 };
};
