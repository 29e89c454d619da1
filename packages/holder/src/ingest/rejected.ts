import type { Reason } from '@vouchsafe/identity';

/** What is wrong with a row besides its identifier, in words. */
const ADVICE = {
  duplicate: 'stands in an earlier row already: merge the rows (in SQL, GROUP BY), or remove one',
  unknownValue: 'is none of the values that are known here: see the list of its values',
  notADate: 'is no ISO date such as 2026-06-30',
  afterAsOf: 'lies after the as-of date: check that date, or leave the row out',
  beforeOpening: 'lies before the opening',
  notADecimal: 'is no decimal such as 1234.56, of at most 13 digits before the point and 18 behind it',
  negative: 'is negative',
  notWhole: 'is no whole number',
  notAFlag: 'is neither yes nor no: write true or false, 1 or 0',
  unknownCode: 'has a monthly code that its code set does not have',
} as const satisfies Record<Exclude<RowFault, Reason>, string>;

/** Why a row was left out: `printRejected` says of each what to do. */
export type RowFault =
  | 'duplicate'
  | 'unknownValue'
  | 'notADate'
  | 'afterAsOf'
  | 'beforeOpening'
  | 'notADecimal'
  | 'negative'
  | 'notWhole'
  | 'notAFlag'
  | 'unknownCode'
  | Reason;

/** A row that was left out. It names the place and the reason, never the value. */
export interface RejectedRow {
  /** From 1; in a file, the data row: the header does not count. */
  readonly row: number;
  /** The column or identifying field at fault. */
  readonly column: string;
  readonly reason: RowFault;
  /** Which character of the field is at fault, from 1, for `unknownCode`. */
  readonly position?: number | undefined;
}

const IDENTIFIER_ADVICE = 'is not usable as an identifier';

/** A rejected row in one line, for a log or a person. */
export const printRejected = ({ row, column, reason, position }: RejectedRow): string => {
  const at = position === undefined ? '' : ` (character ${position})`;
  const advice: string = reason === 'missing' ? 'is empty' : isOurs(reason) ? ADVICE[reason] : `${IDENTIFIER_ADVICE} (${reason})`;
  return `row ${row}: ${column} ${advice}${at}`;
};

const isOurs = (reason: RowFault): reason is keyof typeof ADVICE => reason in ADVICE;
