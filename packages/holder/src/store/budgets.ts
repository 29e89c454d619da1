import {
  addRational,
  compareRational,
  E,
  type Either,
  isWritable,
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
import type { BadPrice } from '@vouchsafe/privacy';
import type * as t from 'io-ts';
import type { Account } from './port.ts';

/** What a querier has used up in an epoch, or may. */
export interface Spending {
  readonly epsilon: Rational;
  /** Of answers with Gaussian noise, which are paid in ρ; absent is none. */
  readonly rho?: Rational | undefined;
  readonly signals: number;
}

const Spending: t.Type<Spending, unknown, unknown> = record<Spending>(
  'Spending',
  { epsilon: WireRational as t.Type<Rational, unknown, unknown>, signals: whole(0, 2 ** 40) },
  { rho: WireRational as t.Type<Rational, unknown, unknown> },
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
): Either<BudgetSpent | BadPrice, void> => {
  const sum = affordable(readSpending(writer, account), terms);
  if (E.isLeft(sum)) return sum;
  writer.put(TABLE, keyOf(account), writeStored(Spending, sum.right));
  return E.right(undefined);
};

/** Does the charge fit under the cap on top of what was spent? Sums are exact: a price that makes one which cannot be written is refused, never rounded. */
export const affordable = (
  spent: Spending,
  { charge, cap }: { readonly charge: Spending; readonly cap: Spending },
): Either<BudgetSpent | BadPrice, Spending> => {
  const epsilon = addRational(spent.epsilon, charge.epsilon);
  const rho = addRational(spent.rho ?? NONE, charge.rho ?? NONE);
  const signals = spent.signals + charge.signals;
  // A budget that was cut below what is spent hinders only those who take from it.
  if (charge.epsilon.num > 0n && compareRational(epsilon, cap.epsilon) > 0)
    return E.left(budgetSpent('privacy budget (epsilon)'));
  if (charge.rho && compareRational(rho, cap.rho ?? NONE) > 0) return E.left(budgetSpent('privacy budget (rho)'));
  if (charge.signals > 0 && signals > cap.signals) return E.left(budgetSpent('number of signal queries'));
  if (!isWritable(epsilon) || !isWritable(rho)) return E.left(tooFine);
  return E.right({ epsilon, signals, ...(rho.num > 0n ? { rho } : {}) });
};

const NONE = rational(0);

const tooFine: BadPrice = {
  _tag: 'BadPrice',
  message: 'the price cannot be added exactly to what was spent; nothing was charged. State it as a decimal with few digits',
};

const budgetSpent = (what: string): BudgetSpent => ({
  _tag: 'BudgetSpent',
  message: `this epoch’s ${what} does not cover the query; nothing was charged. Ask for less, or wait for the next epoch`,
});
