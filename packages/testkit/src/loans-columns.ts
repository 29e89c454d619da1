import { type CodeSet, decimalToCents, type Loan } from './loans.ts';

/** The worst days-past-due class of the last 12 months, in the buckets of the default catalogue. */
export type WorstStatus = 'none' | '0' | '1' | '2' | '3' | '4-6' | '7';

/** A person's subject-level columns, in the catalogue's units, rounded and clamped. */
export interface SubjectColumns {
  readonly openLoans: number;
  readonly outstanding: number;
  readonly limit: number;
  readonly pastDue: number;
  readonly late30: number;
  readonly monthsOnBook: number;
  readonly worstStatus: WorstStatus;
}

/** The days-past-due class of a monthly code; `undefined`: no information. */
const CLASSES: Readonly<Record<CodeSet, Readonly<Record<string, number | undefined>>>> = {
  pboc: {
    N: 0,
    C: 0,
    '1': 1,
    '2': 2,
    '3': 3,
    '4': 4,
    '5': 5,
    '6': 6,
    '7': 7,
    G: 7,
    D: 7,
    Z: 7,
    '*': undefined,
    '/': undefined,
    '#': undefined,
  },
  metro2: {
    ...{ '0': 0, E: 0, '1': 2, '2': 3, '3': 4, '4': 5, '5': 6, '6': 7, G: 7, H: 7, J: 7, K: 7, L: 7 },
    ...{ B: undefined, D: undefined },
  },
};

/** The classes of the last `months` codes, those without information left out. */
const lastClasses = ({ history, code_set }: Loan, months: number): readonly number[] => {
  const classes = CLASSES[code_set];
  const known: number[] = [];
  for (const code of history.slice(-months)) {
    if (!(code in classes)) throw new RangeError('a code that the set does not have');
    const found = classes[code];
    if (found !== undefined) known.push(found);
  }
  return known;
};

/** Whole months from one ISO date to a later one: a month counts when its day is reached. */
export const wholeMonths = (from: string, to: string): number => {
  const [y, m, d] = from.split('-').map(Number) as [number, number, number];
  const [toY, toM, toD] = to.split('-').map(Number) as [number, number, number];
  return (toY - y) * 12 + (toM - m) - (toD < d ? 1 : 0);
};

/** An amount column: cents to units of 100 currency units, half up, then at most `max`. */
const inHundreds = (cents: number, max: number): number => Math.min(max, Math.floor((cents + 5_000) / 10_000));

const bucketOf = (classes: readonly number[]): WorstStatus => {
  if (classes.length === 0) return 'none';
  const worst = Math.max(...classes);
  return worst >= 4 && worst <= 6 ? '4-6' : (String(worst) as WorstStatus);
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/**
 * What the default catalogue's columns are for each person in these loans: the plainest computation there is, as the truth that the SQL view and the totals are
 * compared with.
 * @param loans of one lender, or of several when their joint totals are asked (clamping is per call, so per lender in a real run)
 * @param asOf ISO date, not before any opening
 * @returns by `national_id`, in the order of first appearance
 */
export const expectedColumns = (loans: readonly Loan[], asOf: string): ReadonlyMap<string, SubjectColumns> => {
  const byPerson = new Map<string, Loan[]>();
  for (const loan of loans) {
    const theirs = byPerson.get(loan.national_id);
    if (theirs) theirs.push(loan);
    else byPerson.set(loan.national_id, [loan]);
  }
  return new Map([...byPerson].map(([person, theirs]) => [person, columnsOf(theirs, asOf)]));
};

const columnsOf = (loans: readonly Loan[], asOf: string): SubjectColumns => ({
  openLoans: Math.min(20, loans.filter((loan) => loan.closed_on === '').length),
  outstanding: inHundreds(sum(loans.map((loan) => decimalToCents(loan.balance))), 20_000),
  limit: inHundreds(sum(loans.filter((loan) => loan.product === 'revolving').map((loan) => decimalToCents(loan.limit))), 20_000),
  pastDue: inHundreds(sum(loans.map((loan) => decimalToCents(loan.past_due))), 10_000),
  late30: Math.min(60, sum(loans.map((loan) => lastClasses(loan, 24).filter((dpd) => dpd >= 2).length))),
  monthsOnBook: Math.min(600, Math.max(...loans.map((loan) => wholeMonths(loan.opened_on, asOf)))),
  worstStatus: bucketOf(loans.flatMap((loan) => lastClasses(loan, 12))),
});
