import { bytesToHex, E, utf8ToBytes } from '@vouchsafe/core';
import { brokenSamples, syntheticPopulation, validSamples } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalIdentifier, type RawIdentifier } from './canonical-identifier.ts';
import { fieldsOf, SCHEMES, Scheme } from './scheme.ts';

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const scheme = (name: string): Scheme => SCHEMES.find((one) => one === name)!;

/** The row that a canonical identifier would be written as. */
const rawOf = (identifier: string): RawIdentifier => {
  const [name, value] = [identifier.slice(0, identifier.indexOf(':')), identifier.slice(identifier.indexOf(':') + 1)];
  if (name === 'e164') return { phone: value };
  return name === 'cn-rid+name' ? { national_id: value.slice(0, 18), name: value.slice(18) } : { national_id: value };
};

test('however it is written, one person has one identifier, and it is its own canonical form', () => {
  fc.assert(
    fc.property(validSamples, (sample) => {
      const { raw, defaultCountry, canonical } = sample;
      const identifier = canonicalIdentifier({ scheme: scheme(sample.scheme), raw, defaultCountry });
      expect(E.isRight(identifier) && textOf(identifier.right)).toBe(canonical);
      expect(canonicalIdentifier({ scheme: scheme(sample.scheme), raw: rawOf(canonical) })).toEqual(identifier);
    }),
    { numRuns: 2000 },
  );
});

test('a broken one is refused for its reason, at its field, without a word of it', () => {
  fc.assert(
    fc.property(brokenSamples, ({ scheme: name, raw, field, reason }) => {
      const result = canonicalIdentifier({ scheme: scheme(name), raw });
      expect(result).toMatchObject(E.left({ _tag: 'BadIdentifier', scheme: name, field, reason }));
      const written = raw[field]!.trim();
      if (written.length > 3) expect(JSON.stringify(result)).not.toContain(written);
    }),
    { numRuns: 2000 },
  );
});

test('no error holds any of what was refused, whatever it was', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SCHEMES), fc.string({ unit: 'binary', maxLength: 40 }), (name, text) => {
      const marked = `❦SECRET❦${text}`;
      const result = canonicalIdentifier({ scheme: name, raw: { national_id: marked, phone: marked, name: `\0${marked}` } });
      expect(E.isLeft(result)).toBe(true);
      expect(JSON.stringify(result)).not.toMatch(/SECRET|❦/);
    }),
  );
});

test('the scheme is part of the bytes, and only its own fields are read', () => {
  const [person] = syntheticPopulation({ seed: 'identity', people: 1 });
  const { national_id, phone, name } = person!;
  const bytesOf = (one: Scheme): string => {
    const identifier = canonicalIdentifier({ scheme: one, raw: person! });
    return bytesToHex(E.isRight(identifier) ? identifier.right : new Uint8Array());
  };
  expect(bytesOf('cn-rid')).toBe(bytesToHex(utf8ToBytes(`cn-rid:${national_id}`)));
  expect(bytesOf('e164')).toBe(bytesToHex(utf8ToBytes(`e164:${phone}`)));
  expect(bytesOf('cn-rid+name')).toBe(
    bytesToHex(utf8ToBytes(`cn-rid+name:${national_id}${name.replaceAll(' ', '').toUpperCase()}`)),
  );
});

test('every synthetic person has identifiers', () => {
  const people = syntheticPopulation({ seed: 1, people: 2000 });
  for (const one of ['cn-rid', 'e164', 'cn-rid+name'] as const)
    expect(people.every((raw) => E.isRight(canonicalIdentifier({ scheme: one, raw })))).toBe(true);
});

describe('hostile input', () => {
  const refused: readonly (readonly [string, unknown, string])[] = [
    ['a huge text', '1'.repeat(50_000_000), 'tooLong'],
    ['a huge text of separators', ' '.repeat(201), 'tooLong'],
    ['a null byte', '11010519491231002X\0', 'characters'],
    ['half of a surrogate pair', '\ud835', 'characters'],
    ['a mathematical digit beyond ASCII that NFKC makes plain, and one too many', '𝟏'.repeat(19), 'length'],
    ['a number', 110105194912310020, 'notText'],
    ['an object', { toString: () => '11010519491231002X' }, 'notText'],
    ['null', null, 'missing'],
    ['nothing', undefined, 'missing'],
  ];
  test.each(refused)('%s', (_, national_id, reason) => {
    // What a row from a file can hold, whatever the types say.
    const raw = { national_id } as RawIdentifier;
    const started = performance.now();
    expect(canonicalIdentifier({ scheme: 'cn-rid', raw })).toMatchObject(E.left({ reason }));
    expect(performance.now() - started).toBeLessThan(100);
  });

  test('never throws, and never gives bytes that are no well-formed UTF-8', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...SCHEMES),
        fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 }),
        (name, units) => {
          const text = String.fromCharCode(...units);
          const result = canonicalIdentifier({
            scheme: name,
            raw: { national_id: '11010519491231002X', phone: text, name: text },
          });
          if (E.isRight(result)) expect(decoder.decode(result.right).startsWith(`${name}:`)).toBe(true);
        },
      ),
    );
  });
});

describe('schemes', () => {
  test('each is made of fields of a row', () => {
    expect(fieldsOf('e164')).toEqual(['phone']);
    expect(fieldsOf('cn-rid+name')).toEqual(['national_id', 'name']);
    for (const name of SCHEMES) expect(fieldsOf(name).length).toBeGreaterThan(0);
  });

  test('the list is closed', () => {
    for (const name of SCHEMES) expect(Scheme.decode(name)).toEqual(E.right(name));
    for (const other of ['CN-RID', 'email', '', 'toString', '__proto__', 7, null])
      expect(E.isLeft(Scheme.decode(other))).toBe(true);
  });
});
