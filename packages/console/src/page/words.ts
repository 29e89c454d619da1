import type { BudgetStatus } from '@vouchsafe/holder';

/** What a `match` without a purpose is listed under. */
export const noPurpose = '(none stated)';

const BUDGETS: Readonly<Record<BudgetStatus['budget'], string>> = {
  epsilon: 'ε of totals',
  rho: 'ρ of totals',
  signals: 'signals',
  elements: 'match, people',
  elementsOfDay: 'match, people a day',
};

export const budgetName = (budget: BudgetStatus['budget']): string => BUDGETS[budget];

const KINDS: Readonly<Record<string, string>> = { aggregate: 'totals', signal: 'signal', match: 'match' };

export const kindName = (kind: string): string => KINDS[kind] ?? kind;

/** At most six significant digits: budgets are exact fractions, a page is for eyes. */
export const figure = (value: number): string => value.toLocaleString('en-GB', { maximumSignificantDigits: 6 });

export const whole = (value: number): string => value.toLocaleString('en-GB');

/** A moment, in milliseconds since 1970, by UTC, to the second. */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** What a refusal means to the operator; the reasons that one meets most. */
const REASONS: Readonly<Record<string, string>> = {
  BudgetSpent: 'the querier’s budget of this epoch does not cover it',
  QuotaSpent: 'the querier’s match quota is used up',
  RateExceeded: 'more in a minute than the policy allows',
  NotGranted: 'the policy does not grant this kind, purpose or column',
  CohortTooSmall: 'fewer people than the minimum cohort',
  ConsentMissing: 'no consent receipt, and the policy wants one',
  ConsentFromStranger: 'a consent receipt of an issuer whom the policy does not name',
  ConsentForged: 'a consent receipt whose signature is not genuine',
  ConsentExpired: 'a consent receipt that is over',
  ConsentUsed: 'a consent receipt that another query used',
  NotSealed: 'the table is not sealed yet',
  NotReady: 'the records are not loaded yet',
  Unsigned: 'a request without a signature',
  UnknownKey: 'a key that the federation file does not have',
  BadSignature: 'a signature that is not genuine',
  SignatureExpired: 'signed too long ago: look at the clocks',
  Replayed: 'a request that was here before',
  NotFound: 'no such address',
  BadShuffle: 'a sealing whose proof does not hold',
  InternalError: 'a bug, or a fault of the store',
};

export const reasonMeaning = (reason: string): string => REASONS[reason] ?? '';

const STAGES: Readonly<Record<string, string>> = {
  none: 'not begun',
  loading: 'records are loading',
  ready: 'waits for the bureau',
  sent: 'being sealed',
  sealed: 'sealed, in use',
  refused: 'refused: the proof did not hold',
};

export const stageName = (stage: string): string => STAGES[stage] ?? stage;
