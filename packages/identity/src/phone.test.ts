import { E } from '@vouchsafe/core';
import { syntheticPhone } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { expect, test } from 'vitest';
import { Country, canonicalPhone } from './phone.ts';

const valid: readonly (readonly [string, Country | undefined, string])[] = [
  ['+86 154 1234 5678', undefined, '+8615412345678'],
  ['154-1234-5678', 'CN', '+8615412345678'],
  ['0086 15412345678', 'CN', '+8615412345678'],
  ['8615412345678', 'CN', '+8615412345678'],
  ['＋８６１５４１２３４５６７８', undefined, '+8615412345678'],
  ['\u202a+86\u00a0154\u20111234\u20115678\u202c', 'US', '+8615412345678'],
  ['(212) 555-0123', 'US', '+12125550123'],
  ['+44 (0)20 7946 0018', undefined, '+442079460018'],
  ['020 7946 0018', 'GB', '+442079460018'],
  // Italian numbers keep their zero.
  ['06 1234 5678', 'IT', '+390612345678'],
];
test.each(valid)('%s of %s is %s', (written, country, e164) => {
  expect(canonicalPhone(written, country)).toEqual(E.right(e164));
});

const invalid: readonly (readonly [string, Country | undefined, string])[] = [
  ['', undefined, 'missing'],
  [' - ', 'CN', 'missing'],
  ['15412345678', undefined, 'country'],
  ['00 86 15412345678', undefined, 'country'],
  ['+86 154', undefined, 'notPossible'],
  ['+86 154 1234 5678 9999', undefined, 'notPossible'],
  ['+999 1234 5678', undefined, 'notPossible'],
  ['+1', undefined, 'notPossible'],
  // Possible by its length in Germany, but beyond the 15 digits of E.164.
  ['+49 15123456789012', undefined, 'notPossible'],
  ['+86 154 1234 5678 ext. 9', undefined, 'characters'],
  ['+1-800-FLOWERS', undefined, 'characters'],
  ['tel:+8615412345678', undefined, 'characters'],
  ['+86+15412345678', undefined, 'characters'],
  ['call +8615412345678', undefined, 'characters'],
  ['+86 154 1234 5678\0', undefined, 'characters'],
];
test.each(invalid)('%j of %s: %s', (written, country, reason) => {
  expect(canonicalPhone(written, country)).toEqual(E.left(reason));
});

test('a number of no operator is possible: parties need not know the same operators', () => {
  for (const n of [0, 7, 99_999_999]) {
    expect(parsePhoneNumberFromString(syntheticPhone(n))?.isValid()).toBe(false);
    expect(canonicalPhone(syntheticPhone(n), undefined)).toEqual(E.right(syntheticPhone(n)));
  }
});

test('in every country, a canonical phone is its own canonical form', () => {
  const written = fc
    .tuple(
      fc.constantFrom(...getCountries()),
      fc.constantFrom('', '+', '+0', '+00'),
      fc.array(fc.nat(9), { minLength: 4, maxLength: 14 }),
    )
    .map(([country, start, digits]) => ({
      country,
      text: start.replace('+', `+${getCountryCallingCode(country)}`) + digits.join(''),
    }));
  let accepted = 0;
  fc.assert(
    fc.property(written, ({ country, text }) => {
      const phone = canonicalPhone(text, country);
      if (E.isLeft(phone)) return;
      accepted += 1;
      expect(phone.right).toMatch(/^\+\d{4,15}$/);
      expect(canonicalPhone(phone.right, undefined)).toEqual(phone);
    }),
    { numRuns: 5000 },
  );
  expect(accepted).toBeGreaterThan(500);
});

test('a country is two capital letters that the metadata has', () => {
  expect(Country.is('CN')).toBe(true);
  for (const other of ['cn', 'XX', '', 86, null, 'constructor']) expect(E.isLeft(Country.decode(other))).toBe(true);
});
