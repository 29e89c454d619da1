import { E, type Either, utf8ToBytes } from '@vouchsafe/core';
import { type BadIdentifier, badIdentifier, type Reason } from './errors.ts';
import { canonicalName } from './name.ts';
import { canonicalNationalId } from './national-id.ts';
import { type Country, canonicalPhone } from './phone.ts';
import { fieldsOf, type IdentifierField, type Scheme } from './scheme.ts';

declare const identifier: unique symbol;

/** `scheme:value` in UTF-8, canonical: two parties who know the same person have the same bytes. Not to be logged. */
export type Identifier = Uint8Array & { readonly [identifier]: true };

/** The identifying fields of a row, as they were written. Rows may have other fields; they are not read. */
export type RawIdentifier = { readonly [field in IdentifierField]?: string | null | undefined };

/** How rows of one source are read. */
export interface IdentifierRules {
  readonly scheme: Scheme;
  /** The country of phones in national form. Without it, only phones with + and a country code are read. */
  readonly defaultCountry?: Country | undefined;
}

/** A longer field is refused before any work is done on it. In characters, i.e. UTF-16 units. */
export const MAX_FIELD = 200;

/** The canonical identifier of a row, or the first field at fault and why. */
export const canonicalIdentifier = (
  input: IdentifierRules & { readonly raw: RawIdentifier },
): Either<BadIdentifier, Identifier> => {
  const { scheme, raw } = input;
  let value = '';
  for (const field of fieldsOf(scheme)) {
    const part = canonicalField(field, raw[field], input);
    if (E.isLeft(part)) return E.left(badIdentifier(scheme, field, part.left));
    value += part.right;
  }
  return E.right(utf8ToBytes(`${scheme}:${value}`) as Identifier);
};

const canonicalField = (field: IdentifierField, written: unknown, rules: IdentifierRules): Either<Reason, string> => {
  if (written === undefined || written === null) return E.left('missing');
  // The types say so, but rows come from files: a JSON number has already lost digits.
  if (typeof written !== 'string') return E.left('notText');
  if (written.length > MAX_FIELD) return E.left('tooLong');
  if (field === 'name') return canonicalName(written);
  if (rules.scheme === 'e164') return canonicalPhone(written, rules.defaultCountry);
  return canonicalNationalId(rules.scheme === 'cn-rid+name' ? 'cn-rid' : rules.scheme, written);
};
