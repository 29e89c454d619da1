import { E, type Either } from '@vouchsafe/core';
import * as t from 'io-ts';
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Reason } from './errors.ts';
import { bareNumber } from './written-number.ts';

/** A country of the phone metadata, as two letters (ISO 3166-1 alpha-2). */
export type Country = CountryCode;

/** A {@link Country}, read from outside. */
export const Country: t.Type<Country, unknown, unknown> = new t.Type(
  'a country with a phone code, as two capital letters',
  (u): u is Country => typeof u === 'string' && isSupportedCountry(u),
  (u, context) => (typeof u === 'string' && isSupportedCountry(u) ? t.success(u) : t.failure(u, context)),
  (country) => country,
);

/** Phone numbers are also written with these. */
const SEPARATORS = /[().·/]/g;

/** ITU-T E.164 §6.2.1: 15 digits, behind the +. Some countries' metadata has longer ones. */
const MAX_E164 = 16;

/**
 * A phone in E.164: `+` and at most 15 digits.
 *
 * "Possible" (the length is used in that country) and not "valid" (the prefix is assigned to an operator): prefixes are assigned every month, and two parties with metadata of
 * different months must not disagree on which numbers exist. A number that exists at one of them only would be missing from the join without a word.
 * A number with an extension is refused: it would be one person for everybody behind a switchboard.
 * @param written at most 200 characters
 * @param defaultCountry whose national form is understood; none: only numbers with + are
 */
export const canonicalPhone = (written: string, defaultCountry: Country | undefined): Either<Reason, string> => {
  const bare = bareNumber(written).replace(SEPARATORS, '');
  if (bare === '') return E.left('missing');
  if (!/^\+?\d+$/.test(bare)) return E.left('characters');
  if (defaultCountry === undefined && !bare.startsWith('+')) return E.left('country');
  const parsed = parsePhoneNumberFromString(bare, { ...(defaultCountry ? { defaultCountry } : {}), extract: false });
  if (!parsed) return E.left('notPossible');
  // Judged as the other parties will read it, without a default country: that one allows local lengths of its own, and trunk prefixes are taken off by rules of each
  // country, so a number from which another one would be taken off has no one form.
  const e164 = parsed.number;
  const read = e164 === bare ? parsed : parsePhoneNumberFromString(e164);
  return read?.number === e164 && read.isPossible() && e164.length <= MAX_E164 ? E.right(e164) : E.left('notPossible');
};
