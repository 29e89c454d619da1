import { E, type Either } from '@vouchsafe/core';
import type { Reason } from './errors.ts';

/** White space, and what is not to be seen: format characters, variation selectors, fillers. */
const IGNORED = /[\s\p{White_Space}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Controls (null bytes), lone halves of surrogate pairs, private characters; and those that this engine's Unicode does not know: a newer engine at another party might
 * fold them, so an error is better than two forms.
 */
const REFUSED = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/u;

/** In characters, i.e. UTF-16 units; also the limit of what is read, so that a canonical name can be read again. */
const MAX_NAME = 200;

/**
 * A name in NFKC, without white space, in upper case (the same in every locale).
 *
 * Accents count: JOSÉ and JOSE are two names. A combining mark joins its letter when Unicode has the two as one character and stays behind it otherwise, so it makes no
 * difference whether a name was typed composed or decomposed. Variation selectors (U+FE0F, U+E0100…) are dropped. Traditional and simplified characters, scripts and word
 * order are not brought together.
 * @param written at most 200 characters
 */
export const canonicalName = (written: string): Either<Reason, string> => {
  const visible = written.normalize('NFKC').replace(IGNORED, '');
  if (visible === '') return E.left('missing');
  if (REFUSED.test(visible) || !/\p{L}/u.test(visible)) return E.left('characters');
  // Upper case can fall apart into letter and mark (ΐ), and removing something can bring two marks together.
  const name = visible.normalize('NFKC').toUpperCase().normalize('NFKC');
  return name.length > MAX_NAME ? E.left('tooLong') : E.right(name);
};
