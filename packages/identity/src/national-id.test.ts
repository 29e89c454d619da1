import { E } from '@vouchsafe/core';
import { ridCheckCharacter, syntheticRid } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { widenLegacyRid } from './legacy-rid.ts';
import { canonicalNationalId, type NationalScheme } from './national-id.ts';

const withCheck = (digits: string): string => digits + ridCheckCharacter(digits);

describe('numbers that are valid', () => {
  const known: readonly (readonly [NationalScheme, string, string])[] = [
    // The two examples of GB 11643-1999.
    ['cn-rid', '11010519491231002X', '11010519491231002X'],
    ['cn-rid', '440524188001010014', '440524188001010014'],
    ['cn-rid', '11010519491231002x', '11010519491231002X'],
    ['cn-rid', '１１０１０５１９４９１２３１００２ｘ', '11010519491231002X'],
    ['cn-rid', ' 110105-19491231-002X\n', '11010519491231002X'],
    ['cn-rid', '\u202a110105\u200b19491231\u2212002X\u202c', '11010519491231002X'],
    ['cn-rid', '110105491231002', '11010519491231002X'],
    ['us-ssn', '536-90-4399', '536904399'],
    ['in-aadhaar', '2341 2341 2346', '234123412346'],
    ['br-cpf', '390.533.447-05', '39053344705'],
    ['br-cpf', '39053344705', '39053344705'],
    // Skatteverket's example, and a coordination number (day + 60).
    ['se-personnummer', '19811218-9876', '198112189876'],
    ['se-personnummer', '189001019802', '189001019802'],
    ['se-personnummer', '18900101+9802', '189001019802'],
    ['se-personnummer', '19701063-2391', '197010632391'],
  ];
  test.each(known)('%s %s', (scheme, written, canonical) => {
    expect(canonicalNationalId(scheme, written)).toEqual(E.right(canonical));
  });
});

describe('numbers that are not', () => {
  const known: readonly (readonly [NationalScheme, string, string])[] = [
    ['cn-rid', '', 'missing'],
    ['cn-rid', ' \u3000-', 'missing'],
    ['cn-rid', '110105194912310021', 'checkDigit'],
    ['cn-rid', '11010519491231002', 'length'],
    ['cn-rid', '11010519491231002XX', 'characters'],
    ['cn-rid', '1101051949X2310021', 'characters'],
    ['cn-rid', '11010549123100X', 'characters'],
    ['cn-rid', '110105491331002', 'birthDate'],
    ['cn-rid', withCheck('77000019890229001'), 'birthDate'],
    ['cn-rid', withCheck('77000019890431001'), 'birthDate'],
    // stdnum alone reads the year 0049 as 1949 and accepts it.
    ['cn-rid', withCheck('77000000491231002'), 'birthDate'],
    ['cn-rid', withCheck('77000020991231002'), 'birthDate'],
    // Digits of another script are not guessed.
    ['cn-rid', '١١٠١٠٥١٩٤٩١٢٣١٠٠٢X', 'characters'],
    // A Cyrillic Х.
    ['cn-rid', '11010519491231002Х', 'characters'],
    ['us-ssn', '078-05-1120', 'neverIssued'],
    ['us-ssn', '000-12-3456', 'neverIssued'],
    ['us-ssn', '666-12-3456', 'neverIssued'],
    ['us-ssn', '912-12-3456', 'neverIssued'],
    ['us-ssn', '536-00-4399', 'neverIssued'],
    ['us-ssn', '53690439', 'length'],
    ['in-aadhaar', '2341 2341 2347', 'checkDigit'],
    ['in-aadhaar', 'XXXX XXXX 2346', 'characters'],
    ['in-aadhaar', '0341 2341 2346', 'neverIssued'],
    ['in-aadhaar', '643343121', 'length'],
    ['br-cpf', '231.002.999-00', 'checkDigit'],
    ['br-cpf', '111.111.111-11', 'neverIssued'],
    ['br-cpf', '000.000.000-00', 'neverIssued'],
    ['se-personnummer', '811218-9876', 'century'],
    ['se-personnummer', '811218+9876', 'century'],
    ['se-personnummer', '19811218-9877', 'checkDigit'],
    ['se-personnummer', '19811318-9876', 'birthDate'],
    ['se-personnummer', '00811218-9876', 'birthDate'],
    ['se-personnummer', '9811218-9876', 'length'],
  ];
  test.each(known)('%s %s: %s', (scheme, written, reason) => {
    expect(canonicalNationalId(scheme, written)).toEqual(E.left(reason));
  });
});

test('an area code that nobody has is accepted: synthetic people have one', () => {
  for (const n of [0, 1, 999, 20_089_000, 1e9]) {
    expect(syntheticRid(n)).toMatch(/^77/);
    expect(canonicalNationalId('cn-rid', syntheticRid(n))).toEqual(E.right(syntheticRid(n)));
  }
});

test('a wrong digit anywhere in a resident identity number is found', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.nat(16), fc.integer({ min: 1, max: 9 }), (n, at, by) => {
      const id = syntheticRid(n);
      const wrong = id.slice(0, at) + ((Number(id[at]) + by) % 10) + id.slice(at + 1);
      expect(E.isLeft(canonicalNationalId('cn-rid', wrong))).toBe(true);
    }),
  );
});

test('widening gives the number that was issued later, in any area', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 15, maxLength: 15 }), (digits) => {
      const legacy = digits.join('');
      expect(widenLegacyRid(legacy)).toBe(withCheck(`${legacy.slice(0, 6)}19${legacy.slice(6)}`));
    }),
  );
});
