import { E, type Either } from '@vouchsafe/core';
import { validate as validateCpf } from 'stdnum/lib/cjs/br/cpf.js';
import { validate as validateRid } from 'stdnum/lib/cjs/cn/ric.js';
import { validate as validateAadhaar } from 'stdnum/lib/cjs/in/aadhaar.js';
import { validate as validatePersonnummer } from 'stdnum/lib/cjs/se/personnummer.js';
import { validate as validateSsn } from 'stdnum/lib/cjs/us/ssn.js';
import type { Reason } from './errors.ts';
import { widenLegacyRid } from './legacy-rid.ts';
import { bareNumber } from './written-number.ts';

/** The schemes whose value is one national number. */
export type NationalScheme = 'cn-rid' | 'us-ssn' | 'in-aadhaar' | 'br-cpf' | 'se-personnummer';

interface NationalId {
  /** Written in addition to dashes and spaces. */
  readonly separators?: RegExp;
  /** All the characters it may have, in their places. */
  readonly form: RegExp;
  /** Of the canonical form. */
  readonly length: number;
  /** Where the year of birth stands, when it holds one. */
  readonly yearAt?: number;
  /** Longer or shorter forms that are understood, by their length. */
  readonly otherForms?: Readonly<Record<number, (bare: string) => Either<Reason, string>>>;
  /** Numbers that pass all checks and are placeholders all the same. */
  readonly placeholder?: RegExp;
  /** stdnum's verdict over the canonical form. */
  readonly validate: (canonical: string) => { readonly isValid: boolean; readonly error?: Error };
}

/**
 * stdnum knows no list of area codes, and that is wanted: codes come and go with every administrative reform, parties with lists of different years would disagree on who
 * exists, and synthetic people carry a code that nobody has.
 */
const NATIONAL_IDS: Readonly<Record<NationalScheme, NationalId>> = {
  'cn-rid': {
    form: /^\d*X?$/,
    length: 18,
    yearAt: 6,
    otherForms: { 15: (bare) => (/^\d+$/.test(bare) ? E.right(widenLegacyRid(bare)) : E.left('characters')) },
    validate: validateRid,
  },
  'us-ssn': { form: /^\d*$/, length: 9, validate: validateSsn },
  'in-aadhaar': { form: /^\d*$/, length: 12, validate: validateAadhaar },
  // 111.111.111-11 and its like have right check digits and fill empty fields in many systems: all of those people would be one.
  'br-cpf': { separators: /\./g, form: /^\d*$/, length: 11, placeholder: /^(\d)\1*$/, validate: validateCpf },
  'se-personnummer': {
    // With two digits of the year, the sign says whether the person is over 100: today's date then decides who is meant, and two parties who read the same card on
    // two sides of a birthday would disagree. So the century must be written down, and the sign says nothing.
    separators: /\+/g,
    form: /^\d*$/,
    length: 12,
    yearAt: 0,
    otherForms: { 10: () => E.left('century') },
    // stdnum wants the sign back.
    validate: (digits) => validatePersonnummer(`${digits.slice(0, 8)}-${digits.slice(8)}`),
  },
};

/**
 * The canonical form of a national number: `cn-rid` 18 characters with an upper-case X, `se-personnummer` 12 digits, the others their digits.
 * @param written at most 200 characters
 */
export const canonicalNationalId = (scheme: NationalScheme, written: string): Either<Reason, string> => {
  const rules = NATIONAL_IDS[scheme];
  const bare = rules.separators ? bareNumber(written).replace(rules.separators, '') : bareNumber(written);
  if (bare === '') return E.left('missing');
  if (!rules.form.test(bare)) return E.left('characters');
  const widen = rules.otherForms?.[bare.length];
  const widened = widen ? widen(bare) : E.right(bare);
  if (E.isLeft(widened)) return widened;
  const canonical = widened.right;
  if (canonical.length !== rules.length) return E.left('length');
  // stdnum reads the years 0000 to 0099 as 1900 to 2019: a second number for one person.
  if (rules.yearAt !== undefined && !/^(18|19|20)/.test(canonical.slice(rules.yearAt))) return E.left('birthDate');
  if (rules.placeholder?.test(canonical)) return E.left('neverIssued');
  const verdict = rules.validate(canonical);
  if (verdict.isValid) return E.right(canonical);
  if (verdict.error?.name === 'InvalidChecksum') return E.left('checkDigit');
  // Form and length are right by now: what is left is a date, or an area or range that is not given out.
  return E.left(rules.yearAt === undefined ? 'neverIssued' : 'birthDate');
};
