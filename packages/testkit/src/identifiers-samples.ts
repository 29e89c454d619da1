import fc from 'fast-check';
import { ridCheckCharacter, syntheticPhone, syntheticRid } from './identifiers.ts';
import { cpfDigits, luhnDigit, verhoeffDigit } from './identifiers-check-digits.ts';
import { digits, noisyName, noisyNumber } from './identifiers-noise.ts';

/** The identifier fields of a lender's row, as the canonical `loans` table names them. */
export interface SampleFields {
  readonly national_id?: string;
  readonly phone?: string;
  readonly name?: string;
}

/** A row that has a usable identifier, and the one form that it must get. */
export interface ValidSample {
  readonly scheme: string;
  readonly raw: SampleFields;
  /** Country of a phone that is written in national form. */
  readonly defaultCountry?: 'CN' | 'US' | 'GB';
  /** `scheme:value`. */
  readonly canonical: string;
}

/** A row that has none, and why not: a reason of `@vouchsafe/identity`. */
export interface BrokenSample {
  readonly scheme: string;
  readonly raw: SampleFields;
  readonly field: keyof SampleFields;
  readonly reason: string;
}

const rid: fc.Arbitrary<string> = fc.nat(2_000_000_000).map(syntheticRid);
const aadhaar: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 2, max: 9 }), digits(10))
  .map(([first, rest]) => `${first}${rest}`)
  .map((eleven) => eleven + verhoeffDigit(eleven))
  // A number that reads the same backwards is not given out.
  .filter((id) => id !== [...id].reverse().join(''));
const cpf: fc.Arbitrary<string> = digits(9)
  .filter((nine) => !/^(.)\1*$/.test(nine))
  .map((nine) => nine + cpfDigits(nine));
const ssn: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 1, max: 665 }), fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 9999 }))
  .map(([area, group, serial]) => `${area}`.padStart(3, '0') + `${group}`.padStart(2, '0') + `${serial}`.padStart(4, '0'))
  // Numbers of advertisements and repetitions are on a list of known-invalid ones; some stand in these areas.
  .filter((id) => !/^(\d)\1*$|^(\d{3})\2*$/.test(id) && !ADVERTISED_AREAS.has(id.slice(0, 3)));
/** Serials 980 to 999 are the Swedish tax agency's test people. */
const personnummer: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 980, max: 999 }))
  .map(([day, serial]) => new Date((day - 20_000) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '') + serial)
  .map((eleven) => eleven + luhnDigit(eleven.slice(2)));

const ADVERTISED_AREAS: ReadonlySet<string> = new Set([
  '002',
  '042',
  '062',
  '078',
  '095',
  '128',
  '135',
  '141',
  '165',
  '189',
  '212',
  '219',
  '306',
  '308',
  '457',
  '468',
  '549',
]);

/** The 15-digit form of 1984: two digits of the year, no check character. Undefined for people born after 1999. */
const legacyForm = (id: string): string | undefined => (id.slice(6, 8) === '19' ? id.slice(0, 6) + id.slice(8, 17) : undefined);

const national = (scheme: string, id: fc.Arbitrary<string>): fc.Arbitrary<ValidSample> =>
  id.chain((value) =>
    noisyNumber(value).map((national_id) => ({ scheme, raw: { national_id }, canonical: `${scheme}:${value}` })),
  );

const ridSample: fc.Arbitrary<ValidSample> = fc.tuple(rid, fc.boolean()).chain(([value, legacy]) =>
  noisyNumber((legacy ? legacyForm(value) : undefined) ?? value).map((national_id) => ({
    scheme: 'cn-rid',
    raw: { national_id },
    canonical: `cn-rid:${value}`,
  })),
);

/** Fictitious phones: prefix 154 in China, 555-01xx in North America, Ofcom's range for drama in the United Kingdom. */
const phone: fc.Arbitrary<{ readonly e164: string; readonly country: 'CN' | 'US' | 'GB'; readonly national: string }> = fc.oneof(
  fc.nat(99_999_999).map((n) => ({ e164: syntheticPhone(n), country: 'CN' as const, national: syntheticPhone(n).slice(3) })),
  fc
    .nat(99)
    .map((n) => `212 555 01${String(n).padStart(2, '0')}`)
    .map((national) => ({ e164: `+1${national.replaceAll(' ', '')}`, country: 'US' as const, national })),
  fc
    .nat(999)
    .map((n) => `7700 900${String(n).padStart(3, '0')}`)
    .map((rest) => ({ e164: `+44${rest.replaceAll(' ', '')}`, country: 'GB' as const, national: `0${rest}` })),
);

const phoneSample: fc.Arbitrary<ValidSample> = phone.chain(({ e164, country, national: inCountry }) =>
  fc.oneof(
    noisyNumber(e164).map((text) => ({ scheme: 'e164', raw: { phone: text }, canonical: `e164:${e164}` })),
    noisyNumber(inCountry).map((text) => ({
      scheme: 'e164',
      raw: { phone: text },
      defaultCountry: country,
      canonical: `e164:${e164}`,
    })),
  ),
);

const withNameSample: fc.Arbitrary<ValidSample> = fc.tuple(ridSample, noisyName).map(([sample, { text, canonical }]) => ({
  scheme: 'cn-rid+name',
  raw: { ...sample.raw, name: text },
  canonical: `cn-rid+name:${sample.canonical.slice('cn-rid:'.length)}${canonical}`,
}));

/** Usable identifiers of every scheme, written in the ways people write them, each with its canonical form. Worked out without `@vouchsafe/identity`. */
export const validSamples: fc.Arbitrary<ValidSample> = fc.oneof(
  ridSample,
  phoneSample,
  withNameSample,
  national('us-ssn', ssn),
  national('in-aadhaar', aadhaar),
  national('br-cpf', cpf),
  national('se-personnummer', personnummer),
);

const otherDigit = (digit: string): string => String((Number(digit) + 1) % 10);
const breakLast = (id: string): string => id.slice(0, -1) + (id.endsWith('X') ? '0' : otherDigit(id.at(-1)!));

const checked: fc.Arbitrary<{ readonly scheme: string; readonly id: string }> = fc.oneof(
  rid.map((id) => ({ scheme: 'cn-rid', id })),
  aadhaar.map((id) => ({ scheme: 'in-aadhaar', id })),
  cpf.map((id) => ({ scheme: 'br-cpf', id })),
  personnummer.map((id) => ({ scheme: 'se-personnummer', id })),
);

const brokenNational = (scheme: string, national_id: string, reason: string): BrokenSample => ({
  scheme,
  raw: { national_id },
  field: 'national_id',
  reason,
});

/** A birth date that is in no calendar, behind a check character that is right. */
const impossibleBirth = (id: string): string => {
  const changed = `${id.slice(0, 10)}0230${id.slice(14, 17)}`;
  return changed + ridCheckCharacter(changed);
};

/** Rows without a usable identifier, each with the reason for which it must be rejected. */
export const brokenSamples: fc.Arbitrary<BrokenSample> = fc.oneof(
  checked
    .filter(({ scheme, id }) => scheme !== 'in-aadhaar' || breakLast(id) !== [...breakLast(id)].reverse().join(''))
    .map(({ scheme, id }) => brokenNational(scheme, breakLast(id), 'checkDigit')),
  checked.map(({ scheme, id }) => brokenNational(scheme, id.slice(0, 8), 'length')),
  checked.map(({ scheme, id }) => brokenNational(scheme, `${id.slice(0, 4)}?${id.slice(5)}`, 'characters')),
  checked.map(({ scheme, id }) => brokenNational(scheme, id + ' '.repeat(200), 'tooLong')),
  rid.map((id) => brokenNational('cn-rid', impossibleBirth(id), 'birthDate')),
  personnummer.map((id) => brokenNational('se-personnummer', id.slice(2), 'century')),
  fc.constantFrom('111111111', '000120001', '666120001', '900120001').map((id) => brokenNational('us-ssn', id, 'neverIssued')),
  rid.map(
    (national_id): BrokenSample => ({ scheme: 'cn-rid+name', raw: { national_id, name: ' ' }, field: 'name', reason: 'missing' }),
  ),
  fc
    .nat(999_999)
    .map((n): BrokenSample => ({ scheme: 'e164', raw: { phone: `+86 ${n}` }, field: 'phone', reason: 'notPossible' })),
  phone.map(
    ({ national: inCountry }): BrokenSample => ({ scheme: 'e164', raw: { phone: inCountry }, field: 'phone', reason: 'country' }),
  ),
);
