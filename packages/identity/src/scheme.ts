import * as t from 'io-ts';

/** The fields of a row that identify a person, named as in the canonical `loans` table. */
export type IdentifierField = 'national_id' | 'phone' | 'name';

/**
 * A way of naming a person in bytes. The list is closed: parties who match under a scheme must agree on its canonical form to the byte.
 * - `cn-rid`: resident identity number of the People's Republic of China (GB 11643)
 * - `e164`: phone number (ITU-T E.164)
 * - `cn-rid+name`: both, so that a typing error in the number finds nobody, rather than somebody else
 * - `us-ssn`: social security number of the United States
 * - `in-aadhaar`: Aadhaar number of India
 * - `br-cpf`: Cadastro de Pessoas Físicas of Brazil
 * - `se-personnummer`: personal identity number or coordination number of Sweden
 */
export type Scheme = 'cn-rid' | 'e164' | 'cn-rid+name' | 'us-ssn' | 'in-aadhaar' | 'br-cpf' | 'se-personnummer';

const FIELDS: Readonly<Record<Scheme, readonly IdentifierField[]>> = {
  'cn-rid': ['national_id'],
  e164: ['phone'],
  'cn-rid+name': ['national_id', 'name'],
  'us-ssn': ['national_id'],
  'in-aadhaar': ['national_id'],
  'br-cpf': ['national_id'],
  'se-personnummer': ['national_id'],
};

/** All schemes. */
export const SCHEMES: readonly Scheme[] = Object.keys(FIELDS) as Scheme[];

/** One of {@link SCHEMES}, read from outside. */
export const Scheme: t.Type<Scheme, unknown, unknown> = t.keyof(FIELDS, `one of ${SCHEMES.join(', ')}`);

/** The fields that a row must have for an identifier of this scheme. */
export const fieldsOf = (scheme: Scheme): readonly IdentifierField[] => FIELDS[scheme];
