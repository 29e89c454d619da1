import type { IdentifierField, Scheme } from './scheme.ts';

/** Why a field is refused. */
export type Reason =
  | 'missing'
  | 'notText'
  | 'tooLong'
  | 'characters'
  | 'length'
  | 'century'
  | 'birthDate'
  | 'checkDigit'
  | 'neverIssued'
  | 'country'
  | 'notPossible';

/** What is wrong and what to do about it. Nothing here is made from the field: a message may be logged. */
const ADVICE: Readonly<Record<Reason, string>> = {
  missing: 'is empty: fill it in, or leave the row out',
  notText: 'is not text: a number loses leading zeros and digits beyond 2^53, so read the column as text',
  tooLong: 'has more than 200 characters: check that the right column is read',
  characters: 'has characters that do not belong in it: check that the right column is read',
  length: 'has the wrong number of digits: leading zeros may have been lost on the way',
  century: 'does not say the century: write the year of birth with four digits',
  birthDate: 'holds a date of birth that is in no calendar, in the future or before 1800',
  checkDigit: 'fails its check digit: a digit was mistyped',
  neverIssued: 'is a number that is never issued, such as a placeholder',
  country: 'is in national form: write it with + and the country code, or state the default country',
  notPossible: 'is no phone number: its country code does not exist or its length is not used there',
};

/** All reasons. */
export const REASONS: readonly Reason[] = Object.keys(ADVICE) as Reason[];

/** A row that has no usable identifier of the scheme. Never holds any of what was refused. */
export interface BadIdentifier {
  readonly _tag: 'BadIdentifier';
  readonly scheme: Scheme;
  readonly field: IdentifierField;
  readonly reason: Reason;
  readonly message: string;
}

export const badIdentifier = (scheme: Scheme, field: IdentifierField, reason: Reason): BadIdentifier => ({
  _tag: 'BadIdentifier',
  scheme,
  field,
  reason,
  message: `${scheme}: ${field} ${ADVICE[reason]}`,
});
