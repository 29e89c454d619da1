/** What kind of loan a row is. */
export type Product = 'revolving' | 'instalment' | 'mortgage' | 'bnpl' | 'guarantee';

/** Whose monthly codes `history` is written in: the credit reference centre of the People's Bank of China, or Metro 2. */
export type CodeSet = 'pboc' | 'metro2';

/** One row of the canonical `loans` table, as text throughout, the way a CSV file has it. */
export interface Loan {
  readonly national_id: string;
  readonly phone: string;
  readonly name: string;
  /** The lender's own, unique. */
  readonly loan_id: string;
  readonly product: Product;
  /** ISO date. */
  readonly opened_on: string;
  /** ISO date; empty while the loan is open. */
  readonly closed_on: string;
  readonly currency: string;
  /** Amounts in currency units, with two decimals, at least 0. */
  readonly limit: string;
  readonly principal: string;
  /** Outstanding. */
  readonly balance: string;
  readonly past_due: string;
  /** One code per month, newest last, at most 60. */
  readonly history: string;
  readonly code_set: CodeSet;
}

/** The columns of the table, in the order in which {@link loansCsv} writes them. */
export const LOAN_COLUMNS: readonly (keyof Loan)[] = [
  'national_id',
  'phone',
  'name',
  'loan_id',
  'product',
  'opened_on',
  'closed_on',
  'currency',
  'limit',
  'principal',
  'balance',
  'past_due',
  'history',
  'code_set',
];

/** A field with a comma, a quote or a line break stands in quotes, its own quotes doubled (RFC 4180 §2, rules 6 and 7). */
const field = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** The table as CSV (RFC 4180): a header, then one record a loan, each ended by CR LF. */
export const loansCsv = (loans: readonly Loan[]): string => {
  const lines = [LOAN_COLUMNS.join(','), ...loans.map((loan) => LOAN_COLUMNS.map((column) => field(loan[column])).join(','))];
  return `${lines.join('\r\n')}\r\n`;
};

/** Whole cents as a decimal with two digits. */
export const centsToDecimal = (cents: number): string => {
  const digits = String(cents).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** A decimal with at most two digits behind the point, as whole cents. @throws RangeError for anything else */
export const decimalToCents = (decimal: string): number => {
  const parts = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(decimal);
  if (!parts) throw new RangeError('an amount is a decimal with at most two digits behind the point');
  return Number(parts[1]! + (parts[2] ?? '').padEnd(2, '0'));
};
