import { type CodeSet, centsToDecimal, type Loan, type Product } from './loans.ts';
import { type MonthlyClasses, walkClasses, writeHistory } from './loans-history.ts';
import type { Person } from './population.ts';
import { createDice, type Dice, drawDistinct } from './population-random.ts';

/** One lender's books. */
export interface SyntheticLender {
  /** `lender-1`, `lender-2`, … */
  readonly name: string;
  readonly codeSet: CodeSet;
  /** Positions in the population, each once. */
  readonly customers: readonly number[];
  /** One or more a customer. */
  readonly loans: readonly Loan[];
}

/** What the lenders are made of. */
export interface LendersOptions {
  readonly population: readonly Person[];
  readonly lenders: number;
  /** Drawn for each lender by itself, so two lenders share about customersPerLender² / population people. */
  readonly customersPerLender: number;
  readonly seed: string | number;
  /** The day on which the books are read, ISO date. */
  readonly asOf: string;
}

/** Loans of 1000 by number of loans of a customer: 1, 2, 3, 4. */
const LOANS_EACH = [550, 250, 130, 70];
const MAX_HISTORY = 60;

interface Terms {
  readonly product: Product;
  /** Of 1000 loans. */
  readonly share: number;
  /** Oldest opening, months before the as-of date. */
  readonly oldest: number;
  /** Smallest and largest limit or principal, in hundreds of currency units. */
  readonly size: readonly [number, number];
}

const TERMS: readonly Terms[] = [
  { product: 'revolving', share: 360, oldest: 180, size: [20, 1_000] },
  { product: 'instalment', share: 340, oldest: 72, size: [30, 2_500] },
  { product: 'bnpl', share: 210, oldest: 24, size: [1, 80] },
  { product: 'mortgage', share: 60, oldest: 240, size: [1_500, 25_000] },
  { product: 'guarantee', share: 30, oldest: 60, size: [100, 3_000] },
];

/**
 * Lenders with overlapping customers and books in the canonical `loans` table. Lateness, utilisation and arrears grow with a person's latent risk, at every lender
 * where that person is, so a scorecard finds signal. Lenders take turns in writing `pboc` and `metro2` codes.
 * @throws RangeError when a lender is to have more customers than there are people, or asOf is no ISO date
 */
export const syntheticLenders = (options: LendersOptions): readonly SyntheticLender[] => {
  const asOf = monthOf(options.asOf);
  const n = options.population.length;
  return Array.from({ length: options.lenders }, (_, i) => {
    const dice = createDice(`${options.seed}/lender ${i}`);
    const name = `lender-${i + 1}`;
    const codeSet = i % 2 === 0 ? 'pboc' : 'metro2';
    const customers = drawDistinct({ dice, count: options.customersPerLender, n });
    const loans: Loan[] = [];
    for (const customer of customers) {
      const person = options.population[customer]!;
      for (let k = pickByShare(dice, LOANS_EACH); k >= 0; k--)
        loans.push(drawLoan({ dice, person, codeSet, asOf, loanId: `L${i + 1}-${loans.length + 1}` }));
    }
    return { name, codeSet, customers, loans };
  });
};

/** A position in a list of shares of 1000. */
const pickByShare = (dice: Dice, shares: readonly number[]): number => {
  let draw = dice.below(1000);
  return shares.findIndex((share) => {
    draw -= share;
    return draw < 0;
  });
};

interface Draw {
  readonly dice: Dice;
  readonly person: Person;
  readonly codeSet: CodeSet;
  /** Months since year 0 of the as-of date. */
  readonly asOf: number;
  readonly loanId: string;
}

const drawLoan = ({ dice, person, codeSet, asOf, loanId }: Draw): Loan => {
  const terms =
    TERMS[
      pickByShare(
        dice,
        TERMS.map(({ share }) => share),
      )
    ]!;
  const { product, oldest, size } = terms;
  const age = 1 + dice.below(Math.min(oldest, adultMonths(person, asOf)));
  // A closed loan was closed at least a month after its opening and at least a month ago, so the dates are in order whatever the days are.
  const closedAgo = age > 2 && dice.chance(280) ? 1 + dice.below(age - 2) : 0;
  const months = Math.min(MAX_HISTORY, age - closedAgo);
  // One loan in fifty has been reported by nobody yet.
  const classes: MonthlyClasses = dice.chance(20)
    ? new Array<number>(months).fill(-1)
    : walkClasses({ dice, risk: person.risk, months });
  const closed = closedAgo > 0;
  const cents = (size[0] + dice.below(size[1] - size[0] + 1)) * 10_000;
  const amounts = closed ? { balance: 0, pastDue: 0 } : drawBalance({ dice, terms, cents, age, risk: person.risk, classes });
  const { national_id, phone, name } = person;
  return {
    national_id,
    phone,
    name,
    loan_id: loanId,
    product,
    opened_on: dayIn(asOf - age, dice),
    closed_on: closed ? dayIn(asOf - closedAgo, dice) : '',
    currency: 'CNY',
    // Only a revolving loan's limit counts as one; the others state what they were granted.
    limit: centsToDecimal(cents),
    principal: centsToDecimal(product === 'revolving' ? 0 : cents),
    balance: centsToDecimal(amounts.balance),
    past_due: centsToDecimal(amounts.pastDue),
    history: writeHistory(classes, { dice, codeSet, product, closed }),
    code_set: codeSet,
  };
};

/** Months since the person's 18th birthday, by the date of birth in the identity number; at least 1. */
const adultMonths = ({ national_id }: Person, asOf: number): number => {
  const born = Number(national_id.slice(6, 10)) * 12 + Number(national_id.slice(10, 12)) - 1;
  return Math.max(1, asOf - born - 18 * 12);
};

interface OpenLoan {
  readonly dice: Dice;
  readonly terms: Terms;
  /** Limit or principal. */
  readonly cents: number;
  /** Months since the opening. */
  readonly age: number;
  readonly risk: number;
  readonly classes: MonthlyClasses;
}

/** What is outstanding and what of it is past due: a revolving loan is used the more the higher the risk, the others are paid down month by month. */
const drawBalance = ({ dice, terms, cents, age, risk, classes }: OpenLoan): { balance: number; pastDue: number } => {
  const used =
    terms.product === 'revolving'
      ? Math.min(1000, dice.below(400) + dice.below(risk + 1))
      : Math.floor((1000 * (terms.oldest - age)) / terms.oldest);
  // Odd cents, as accrued interest leaves them.
  const balance = Math.floor((cents * used) / 1000) + dice.below(10_000);
  const late = Math.max(0, classes.at(-1)!);
  return { balance, pastDue: late === 7 ? balance : Math.floor((balance * late * (30 + dice.below(40))) / 1000) };
};

const monthOf = (isoDate: string): number => {
  const parts = /^(\d{4})-(\d{2})-\d{2}$/.exec(isoDate);
  if (!parts) throw new RangeError('the as-of date is an ISO date, such as 2026-06-30');
  return Number(parts[1]) * 12 + Number(parts[2]) - 1;
};

/** Some day of a month, counted from year 0; every month has 28. */
const dayIn = (month: number, dice: Dice): string => {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${Math.floor(month / 12)}-${two((month % 12) + 1)}-${two(1 + dice.below(28))}`;
};
