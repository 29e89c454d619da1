import { E } from '@vouchsafe/core';
import { syntheticPopulation } from '@vouchsafe/testkit';
import { expect, test } from 'vitest';
import { canonicalIdentifier } from './canonical-identifier.ts';
import { collectIdentifiers } from './collect.ts';
import { REASONS } from './errors.ts';

const [ana, bo, chen] = syntheticPopulation({ seed: 'collect', people: 3 });

test('bad rows are set aside with their numbers and reasons, the others keep theirs', () => {
  const rows = [ana!, { national_id: '' }, bo!, { national_id: `${bo!.national_id}9` }, {}, chen!, ana!];
  const { identifiers, rejected, counts } = collectIdentifiers({ scheme: 'cn-rid', rows });
  expect(identifiers.map(({ row }) => row)).toEqual([0, 2, 5, 6]);
  for (const { row, identifier } of identifiers)
    expect(canonicalIdentifier({ scheme: 'cn-rid', raw: rows[row]! })).toEqual(E.right(identifier));
  expect(rejected.map(({ row, error }) => [row, error.reason])).toEqual([
    [1, 'missing'],
    [3, bo!.national_id.endsWith('X') ? 'characters' : 'length'],
    [4, 'missing'],
  ]);
  expect(Object.keys(counts)).toEqual(REASONS);
  expect(counts.missing).toBe(2);
  expect(Object.values(counts).reduce((a, b) => a + b)).toBe(rejected.length);
});

test('reads any iterable, and phones of a default country', () => {
  const rows = function* (): Generator<{ readonly phone: string }> {
    yield { phone: ana!.phone.slice(3) };
    yield { phone: bo!.phone };
  };
  expect(collectIdentifiers({ scheme: 'e164', rows: rows() }).rejected).toMatchObject([{ row: 0, error: { reason: 'country' } }]);
  const read = collectIdentifiers({ scheme: 'e164', rows: rows(), defaultCountry: 'CN' });
  expect(read.identifiers.map(({ identifier }) => new TextDecoder().decode(identifier))).toEqual([
    `e164:${ana!.phone}`,
    `e164:${bo!.phone}`,
  ]);
});
