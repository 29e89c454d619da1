import { categoricalColumn, type DataColumn, numericColumn } from '@vouchsafe/scorecard';
import { createDice, type Dice } from '@vouchsafe/testkit';
import type { Sample } from './sample.ts';

const ROWS = 20_000;
const STATUSES = ['none', '0', '1', '2', '3', '4-6', '7'] as const;

/** Subjects as `signal` sees them: totals over all lenders, and whether they went bad afterwards. Nobody's data: dice. */
export const syntheticSample = (seed: string): Sample => {
  const dice = createDice(seed);
  const people = Array.from({ length: ROWS }, () => person(dice));
  const numbers = ['present', 'openLoans', 'outstanding', 'limit', 'pastDue', 'late30', 'monthsOnBook'] as const;
  return {
    title: 'Synthetic signal totals',
    table: new Map<string, DataColumn>([
      ...numbers.map((name) => [name, numericColumn(people.map((one) => one[name]))] as const),
      ['worstStatus', categoricalColumn(people.map((one) => one.worstStatus))],
    ]),
    bad: Uint8Array.from(people, (one) => one.bad),
  };
};

interface Person {
  readonly present: number;
  readonly openLoans: number;
  readonly outstanding: number;
  readonly limit: number;
  readonly pastDue: number;
  readonly late30: number;
  readonly monthsOnBook: number;
  readonly worstStatus: string | null;
  readonly bad: 0 | 1;
}

/** About normal: a sum of dice, mean 0, deviation 1. */
const bell = (dice: Dice): number => {
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += dice.below(1000) / 999;
  return sum - 6;
};

const between = (low: number, high: number, value: number): number => Math.min(high, Math.max(low, value));

/** A hidden risk moves everything that lenders see, and the outcome. */
const person = (dice: Dice): Person => {
  const risk = bell(dice);
  const present = 1 + dice.below(3);
  const openLoans = between(0, 20, Math.round(present * (1.2 + 0.5 * risk + 0.6 * bell(dice))));
  const limit = 100 * Math.round(between(0, 20_000, Math.exp(5.6 - 0.35 * risk + 0.8 * bell(dice))));
  const outstanding = openLoans === 0 ? 0 : 100 * Math.round(between(0, 20_000, Math.exp(5 + 0.5 * risk + bell(dice))));
  const lateness = risk + 0.8 * bell(dice);
  const late30 = between(0, 60, Math.round(lateness > 0.8 ? 4 * (lateness - 0.8) : 0));
  const pastDue = lateness > 1.2 ? 100 * Math.round((outstanding / 100) * between(0, 1, 0.2 * (lateness - 1.2))) : 0;
  const monthsOnBook = between(1, 600, Math.round(60 - 22 * risk + 30 * bell(dice)));
  const status = openLoans === 0 ? 0 : between(1, 6, Math.round(1.2 + 1.3 * lateness));
  // 1 in 20 has no status that a lender reported.
  const worstStatus = dice.chance(50) ? null : STATUSES[status]!;
  const bad = bell(dice) * 0.9 + risk > 1.5 ? 1 : 0;
  return { present, openLoans, outstanding, limit, pastDue, late30, monthsOnBook, worstStatus, bad };
};
