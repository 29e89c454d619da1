import { E } from '@vouchsafe/core';
import { createDice } from '@vouchsafe/testkit';
import { categoricalColumn, type DataColumn, type DataTable, numericColumn, type Outcome } from './data.ts';
import { type FitRequest, type FittedScorecard, fitScorecard } from './fit-scorecard.ts';

/** A sample with everything in it: numbers with special and missing values, levels, a twin that is correlated, noise that says nothing. */
export const sample = (rows: number, seed = 'sample'): { readonly table: DataTable; readonly bad: Outcome } => {
  const dice = createDice(seed);
  const people = Array.from({ length: rows }, () => {
    const risk = dice.below(1000) / 1000;
    const amount = Math.round(10_000 * risk + dice.below(6000)) / 7;
    return {
      amount: dice.chance(60) ? null : dice.chance(60) ? -1 : amount,
      twin: 3 * amount + dice.below(50),
      months: Math.max(0, Math.round(90 - 60 * risk + dice.below(60))),
      status: dice.chance(30) ? null : ['a', 'b', "c'd", 'e"f', '住房'][Math.min(4, Math.floor(risk * 4 + dice.below(2)))]!,
      nothing: dice.below(1000),
      constant: 5,
      bad: dice.below(1000) < 550 * risk * risk + 30 ? 1 : 0,
    };
  });
  return {
    table: new Map<string, DataColumn>([
      ['amount', numericColumn(people.map((one) => one.amount))],
      ['twin', numericColumn(people.map((one) => one.twin))],
      ['months', numericColumn(people.map((one) => one.months))],
      ['status', categoricalColumn(people.map((one) => one.status))],
      ['nothing', numericColumn(people.map((one) => one.nothing))],
      ['constant', numericColumn(people.map((one) => one.constant))],
    ]),
    bad: Uint8Array.from(people, (one) => one.bad),
  };
};

/** Fits and gives the result. @throws when there is none */
export const fitted = async (request: Omit<FitRequest, 'name'>): Promise<FittedScorecard> => {
  const got = await fitScorecard({ name: 'test', ...request })();
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right;
};
