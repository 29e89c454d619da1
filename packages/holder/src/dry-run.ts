import { E, PRESENT, rational, subtractRational } from '@vouchsafe/core';
import { type PlusMinus, plusMinusOf } from '@vouchsafe/privacy';
import { issuersFor } from './consenting.ts';
import type { HolderContext } from './context.ts';
import { notGranted } from './errors.ts';
import { type Asked, planQuery } from './plan-query.ts';
import { grantOf, matchQuotaOf } from './policy.ts';
import { rateOf } from './rate-of.ts';
import { affordable, affordableMatch, type MatchSpending, type RowPrice, type Spending, withinRate } from './store/index.ts';

/** A request as a policy sees it: who asks what, and about how many; never about whom. */
export type PolicyQuestion =
  | (Asked & { readonly bureau: string })
  | { readonly kind: 'match'; readonly bureau: string; readonly elements: number };

/** What a querier did before: all of it that a policy looks at. */
export interface Standing {
  readonly spent: Spending;
  readonly matchSpent: MatchSpending;
  /** When it got its last new answers of the question's kind: milliseconds since 1970, rising. */
  readonly answerTimes: readonly number[];
}

/** How far a slot's total over all holders may be from the truth, in the slot's unit. */
export interface ExpectedNoise {
  readonly column: string;
  readonly bucket?: string | undefined;
  readonly plusMinus: PlusMinus;
}

/** Whether a request would be answered, and what it would cost. It depends on policy, request and {@link Standing}; never on rows. */
export interface DryRun {
  readonly allowed: boolean;
  /** What the querier would be told instead of an answer. */
  readonly refused?: { readonly _tag: string; readonly message: string; readonly retryAfter?: number | undefined } | undefined;
  /** For totals: what the query takes, and what the querier has before it. Also where the budget does not cover it. */
  readonly totals?:
    | {
        readonly charge: Spending;
        readonly remaining: Spending;
        /** What each matched row pays and has, in millionths, where rows have budgets of their own. */
        readonly row?: RowPrice | undefined;
        /** Issuers of which one has to vouch for the person's consent; absent where none is wanted. */
        readonly consent?: readonly string[] | undefined;
        /** Of each slot with noise, as the bureau will see it. */
        readonly noise: readonly ExpectedNoise[];
      }
    | undefined;
  /** For `match`: elements. */
  readonly match?: { readonly charge: number; readonly remaining: number } | undefined;
}

/** What a dry run needs of a holder. */
export type PolicyTerms = Pick<HolderContext, 'policy' | 'catalogue' | 'slots' | 'epoch' | 'clock'>;

/** Goes through the rules of a query in the order in which a holder that answers does. */
export const dryRun = (terms: PolicyTerms, question: PolicyQuestion, standing: Standing): DryRun =>
  question.kind === 'match' ? dryRunMatch(terms, question, standing) : dryRunTotals(terms, question, standing);

const dryRunTotals = (
  terms: PolicyTerms,
  question: Asked & { readonly bureau: string },
  { spent, answerTimes }: Standing,
): DryRun => {
  const { bureau } = question;
  const plan = planQuery(terms, bureau, question);
  if (E.isLeft(plan)) return { allowed: false, refused: plan.left };
  const { charge, cap, row, slots } = plan.right;
  const consent = question.kind === 'signal' ? issuersFor(terms, bureau, question.purpose) : undefined;
  const holders = terms.epoch.roster.length;
  const totals = {
    charge,
    remaining: remainingOf(cap, spent),
    row,
    consent,
    noise: slots.flatMap(({ slot, noise }) =>
      noise ? [{ column: slot.column ?? PRESENT, bucket: slot.bucket, plusMinus: plusMinusOf(noise, holders) }] : [],
    ),
  };
  const funds = affordable(spent, { charge, cap });
  if (E.isLeft(funds)) return { allowed: false, refused: funds.left, totals };
  const rate = rateOf(terms, bureau, 'query');
  const pace = rate && withinRate(answerTimes, rate);
  return pace && E.isLeft(pace) ? { allowed: false, refused: pace.left, totals } : { allowed: true, totals };
};

const dryRunMatch = (
  terms: PolicyTerms,
  { bureau, elements }: { readonly bureau: string; readonly elements: number },
  { matchSpent, answerTimes }: Standing,
): DryRun => {
  const quota = matchQuotaOf(grantOf(terms.policy, bureau));
  if (!quota) return { allowed: false, refused: notGranted('match to this querier') };
  const left = Math.min(quota.elementsPerDay - matchSpent.elementsOfDay, quota.elementsPerEpoch - matchSpent.elementsOfEpoch);
  const match = { charge: elements, remaining: Math.max(0, left) };
  const funds = affordableMatch(matchSpent, { elements, quota, now: terms.clock() });
  if (E.isLeft(funds)) return { allowed: false, refused: funds.left, match };
  const rate = rateOf(terms, bureau, 'match');
  const pace = rate && withinRate(answerTimes, rate);
  return pace && E.isLeft(pace) ? { allowed: false, refused: pace.left, match } : { allowed: true, match };
};

/** What is left under a cap; nothing where a newer policy cut it below what is spent. */
export const remainingOf = (cap: Spending, spent: Spending): Spending => {
  const epsilon = subtractRational(cap.epsilon, spent.epsilon);
  const rho = subtractRational(cap.rho ?? NONE, spent.rho ?? NONE);
  return {
    epsilon: epsilon.num > 0n ? epsilon : NONE,
    rho: rho.num > 0n ? rho : NONE,
    signals: Math.max(0, cap.signals - spent.signals),
  };
};

const NONE = rational(0);

/** What a querier has in all, before it asked anything. */
export const FRESH: Standing = {
  spent: { epsilon: NONE, signals: 0 },
  matchSpent: { day: 0, elementsOfDay: 0, elementsOfEpoch: 0 },
  answerTimes: [],
};
