import { E } from '@vouchsafe/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalName } from './name.ts';

const valid: readonly (readonly [string, string])[] = [
  ['王伟', '王伟'],
  [' 王　伟 ', '王伟'],
  // Radicals and compatibility characters are not the characters they look like, until NFKC.
  ['⼤⼟', '大土'],
  ['\uf9fb', '炙'],
  ['José García', 'JOSÉGARCÍA'],
  ['jose\u0301 garci\u0301a', 'JOSÉGARCÍA'],
  ['Ｊｏｓｅ', 'JOSE'],
  ['straße', 'STRASSE'],
  ['ŉ ΐ ŷ', 'ʼNΪ́Ŷ'],
  // Two marks on one letter, in either order of typing.
  ['a\u0323\u0302', 'Ậ'],
  ['a\u0302\u0323', 'Ậ'],
  // A mark that Unicode composes with no letter stays behind it.
  ['q\u0301', 'Q\u0301'],
  // Variation selectors, zero-width joiners, a grapheme joiner between two marks.
  ['葛\u{e0100}', '葛'],
  ['王\u200d伟\ufe0f', '王伟'],
  ['a\u0302\u034f\u0323', 'Ậ'],
  // … also where upper case makes a letter of one of the marks (U+0345).
  ['α\u0345\u034f\u0301', 'ΆΙ'],
];
test.each(valid)('%j is %j', (written, canonical) => {
  expect(canonicalName(written)).toEqual(E.right(canonical));
});

const invalid: readonly (readonly [string, string])[] = [
  ['', 'missing'],
  [' \u3000\t\u200b', 'missing'],
  ['王\0伟', 'characters'],
  ['\ud800王', 'characters'],
  ['王\udc00', 'characters'],
  ['王\u{e000}', 'characters'],
  ['王\u{30000}\u{3fffd}', 'characters'],
  ['12345', 'characters'],
  ['-', 'characters'],
  // One character that NFKC makes 18 of.
  ['\ufdfa'.repeat(50), 'tooLong'],
];
test.each(invalid)('%j: %s', (written, reason) => {
  expect(canonicalName(written)).toEqual(E.left(reason));
});

test('a canonical name is its own canonical form, whatever the characters', () => {
  const written = fc.string({
    unit: fc.oneof(
      fc.integer({ min: 0, max: 0x10ffff }).map((c) => String.fromCodePoint(c)),
      fc.constantFrom('a', 'ß', 'ΐ', '\u0301', '\u0345', '\u0323', 'ᾳ', 'İ'),
    ),
    minLength: 1,
    maxLength: 8,
  });
  let accepted = 0;
  fc.assert(
    fc.property(written, (text) => {
      const name = canonicalName(text);
      if (E.isLeft(name)) return;
      accepted += 1;
      expect(canonicalName(name.right)).toEqual(name);
      expect(canonicalName(text.normalize('NFD'))).toEqual(name);
    }),
    { numRuns: 5000 },
  );
  expect(accepted).toBeGreaterThan(500);
});
