import {
  addRational,
  compareRational,
  E,
  type Either,
  type KvReader,
  type KvWriter,
  kvKey,
  type Rational,
  rational,
  readStored,
  record,
  WireRational,
  whole,
  writeStored,
} from '@vouchsafe/core';
import type * as t from 'io-ts';
import type { Account } from './port.ts';

/** What a querier has used up in an epoch, or may. */
export interface Spending {
  readonly epsilon: Rational;
  readonly signals: number;
}

const Spending: t.Type<Spending, unknown, unknown> = record<Spending>(
  'Spending',
  { epsilon: WireRational as t.Type<Rational, unknown, unknown>, signals: whole(0, 2 ** 40) },
  {},
);

/** A querier's budget of this epoch does not cover the query. Nothing was charged. */
export interface BudgetSpent {
  readonly _tag: 'BudgetSpent';
  readonly message: string;
}

const NOTHING: Spending = { epsilon: rational(0), signals: 0 };
const TABLE = 'spending';

const keyOf = ({ epoch, bureau }: Account): Uint8Array => kvKey(epoch, bureau);

/** What the account has used up so far. */
export const readSpending = (reader: KvReader, account: Account): Spending => {
  const stored = reader.get(TABLE, keyOf(account));
  return stored === undefined ? NOTHING : readStored(Spending, stored);
};

/** Adds a charge, when it fits under the cap; else nothing is written. */
export const debit = (
  writer: KvWriter,
  account: Account,
  terms: { readonly charge: Spending; readonly cap: Spending },
): Either<BudgetSpent, void> => {
  const sum = affordable(readSpending(writer, account), terms);
  if (E.isLeft(sum)) return sum;
  writer.put(TABLE, keyOf(account), writeStored(Spending, sum.right));
  return E.right(undefined);
};

/** Does the charge fit under the cap on top of what was spent? */
export const affordable = (
  spent: Spending,
  { charge, cap }: { readonly charge: Spending; readonly cap: Spending },
): Either<BudgetSpent, Spending> => {
  const epsilon = addRational(spent.epsilon, charge.epsilon);
  const signals = spent.signals + charge.signals;
  if (compareRational(epsilon, cap.epsilon) > 0) return E.left(budgetSpent('privacy budget (epsilon)'));
  return signals > cap.signals ? E.left(budgetSpent('number of signal queries')) : E.right({ epsilon, signals });
};

const budgetSpent = (what: string): BudgetSpent => ({
  _tag: 'BudgetSpent',
  message: `this epoch’s ${what} does not cover the query; nothing was charged. Ask for less, or wait for the next epoch`,
});
