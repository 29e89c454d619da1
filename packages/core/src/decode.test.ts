import * as t from 'io-ts';
import { describe, expect, it } from 'vitest';
import { bytes, decodeShape, list, record, text, whole } from './index.ts';

interface Inner {
  readonly size: number;
}
interface Outer {
  readonly name: string;
  readonly parts: readonly Inner[];
  readonly key?: Uint8Array | undefined;
}
const Outer: t.Type<Outer, unknown, unknown> = record<Outer>(
  'Outer',
  { name: text('a short name', /^[a-z]{1,8}$/), parts: list(record<Inner>('Inner', { size: whole(0, 9) }, {}), 3) },
  { key: bytes(2) },
);
const good = { name: 'abc', parts: [{ size: 1 }] };

const at = (value: unknown): readonly string[] => {
  const result = decodeShape(Outer, value);
  return result._tag === 'Left' ? result.left.at : [];
};

describe('decoding at the edge', () => {
  it('takes what fits, with and without what is optional', () => {
    expect(decodeShape(Outer, good)).toEqual({ _tag: 'Right', right: good });
    expect(at({ ...good, key: Uint8Array.of(1, 2) })).toEqual([]);
  });

  it('names the place and what was expected', () => {
    expect(at({ ...good, name: 'ABC' })).toEqual(['name: expected a short name']);
    expect(at({ ...good, parts: [{ size: 1 }, { size: 10 }] })).toEqual(['parts.1.size: expected a whole number from 0 to 9']);
    expect(at({ ...good, parts: [{ size: 1.5 }] })).toEqual(['parts.0.size: expected a whole number from 0 to 9']);
    expect(at({ ...good, parts: new Array(4).fill({ size: 1 }) })).toEqual(['parts: expected at most 3 × Inner']);
    expect(at({ ...good, key: Uint8Array.of(1) })).toEqual(['key: expected 2 bytes']);
    expect(at({ name: 'abc' })).toEqual(['parts: expected at most 3 × Inner']);
    expect(at([])).toEqual(['(whole): expected Outer']);
    expect(at(null)).toEqual(['(whole): expected Outer']);
  });

  it('refuses a key that it does not know, at any depth', () => {
    expect(at({ ...good, more: 1 })).toEqual(['(whole): expected only the keys name, parts, key']);
    expect(at({ ...good, parts: [{ size: 1, more: 1 }] })).toEqual(['parts.0: expected only the keys size']);
  });

  it('never repeats the rejected value, nor a rejected key', () => {
    const secret = '77010119900101001X';
    for (const value of [secret, { ...good, name: secret }, { ...good, [secret]: 1 }, { ...good, parts: [{ size: secret }] }])
      expect(JSON.stringify(decodeShape(Outer, value))).not.toContain(secret);
  });

  it('lists at most five places', () => {
    const many = record<{ readonly all: readonly number[] }>('Many', { all: list(whole(0, 1), 100) }, {});
    const result = decodeShape(many, { all: new Array(50).fill(7) });
    expect(result).toMatchObject({ left: { at: expect.objectContaining({ length: 5 }) } });
    expect(t.number.is(1)).toBe(true);
  });
});
