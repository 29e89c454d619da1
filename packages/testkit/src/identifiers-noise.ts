import fc from 'fast-check';

/** Exactly `count` decimal digits. */
export const digits = (count: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((list) => list.join(''));

/** What can stand between two characters of a number: nothing (mostly), white space, dashes, a mark that cannot be seen. */
const between: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(' ', '-', '\u3000', '\u00a0', '\u2011', '\u2013', '\uff0d', '\t', '\u200b', '\u202a', '\ufeff'),
  },
);

/** The full-width form of an ASCII character (U+FF01 to U+FF5E). */
const fullWidth = (character: string): string => String.fromCodePoint(character.codePointAt(0)! + 0xfee0);

/** Another way to write a number: full-width or lower-case characters, separators anywhere. At most 80 characters longer. */
export const noisyNumber = (number: string): fc.Arbitrary<string> => {
  const written = (character: string): fc.Arbitrary<string> =>
    character === ' '
      ? fc.constant(' ')
      : fc.oneof(
          { weight: 6, arbitrary: fc.constant(character) },
          { weight: 1, arbitrary: fc.constant(fullWidth(character)) },
          { weight: 1, arbitrary: fc.constant(character.toLowerCase()) },
        );
  const parts = [...number].flatMap((character) => [between, written(character)]);
  return fc.tuple(...parts, between).map((texts) => texts.join(''));
};

/** Names as they are known, each with its canonical form. */
const NAMES: readonly (readonly [text: string, canonical: string])[] = [
  ['王伟', '王伟'],
  ['欧阳 娜娜', '欧阳娜娜'],
  ['古丽·买买提', '古丽·买买提'],
  ['José García', 'JOSÉGARCÍA'],
  ['Zoë Müller', 'ZOËMÜLLER'],
  ['Strauß', 'STRAUSS'],
  ['O’Brien, Seán', 'O’BRIEN,SEÁN'],
  ['Nguyễn Thị Ánh', 'NGUYỄNTHỊÁNH'],
];

/** A name in composed or decomposed letters, any case, any spacing, and the one form that it must get. */
export const noisyName: fc.Arbitrary<{ readonly text: string; readonly canonical: string }> = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.constantFrom<'NFC' | 'NFD'>('NFC', 'NFD'),
    fc.constantFrom('as is', 'upper', 'lower'),
    fc.constantFrom('', ' ', '\u3000', '\t'),
  )
  .map(([[text, canonical], form, letters, space]) => {
    const cased = letters === 'upper' ? text.toUpperCase() : letters === 'lower' ? text.toLowerCase() : text;
    return { text: space + cased.normalize(form).replace(' ', ` ${space}`) + space, canonical };
  });
