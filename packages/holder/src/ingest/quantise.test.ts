import type { Catalogue } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { createQuantiser, type Noted } from './quantise.ts';
import type { RawValue } from './record-source.ts';

const catalogue: Catalogue = {
  cohortCap: 100,
  columns: [
    { kind: 'flag', name: 'active' },
    { kind: 'count', name: 'loans', max: 20 },
    { kind: 'amount', name: 'owed', unit: 100, max: 1_000, squares: { unit: 10, max: 50_000 } },
    { kind: 'amount', name: 'net', unit: 10, max: 2_000, offset: 1_000 },
    { kind: 'bucket', name: 'status', buckets: ['-1', '0', 'bad'] },
  ],
};
const good = { active: true, loans: 3, owed: '1250', net: '-50', status: '0' };

const fill = (values: Readonly<Record<string, RawValue>>) => {
  const quantiser = createQuantiser(catalogue);
  // Two rows, to see that a row stays in its place and that old content is gone.
  const out = new Uint32Array(2 * quantiser.slots).fill(99);
  const notes: [string, Noted][] = [];
  const fault = quantiser.fill(values, out, quantiser.slots, (column, what) => notes.push([column, what]));
  expect([...out.subarray(0, quantiser.slots)]).toEqual(new Array(quantiser.slots).fill(99));
  return { slots: [...out.subarray(quantiser.slots)], fault, notes };
};

describe('createQuantiser', () => {
  it('lays a record out in the slots of the catalogue', () => {
    // present, active, loans, owed = 12.5 → 13, its square 169 / 10 → 17, net = −5 + 1000, one-hot.
    expect(fill(good)).toEqual({ slots: [1, 1, 3, 13, 17, 995, 0, 1, 0], fault: undefined, notes: [] });
  });

  it('clamps to the range and says so, once a column', () => {
    const { slots, notes } = fill({ ...good, loans: 21n, owed: 1e9, net: -1e6 });
    expect(slots).toEqual([1, 1, 20, 1_000, 50_000, 0, 0, 1, 0]);
    expect(notes).toEqual([
      ['loans', 'clamped'],
      ['owed', 'clamped'],
      ['net', 'clamped'],
    ]);
    // A square can be cut off when its value is not; a value at the very end is not cut off.
    expect(fill({ ...good, owed: 80_000 })).toMatchObject({
      slots: [1, 1, 3, 800, 50_000, 995, 0, 1, 0],
      notes: [['owed', 'clamped']],
    });
    expect(fill({ ...good, loans: 20, net: 10_000 })).toMatchObject({ slots: [1, 1, 20, 13, 17, 2_000, 0, 1, 0], notes: [] });
    // A negative amount without an offset has no slot value below zero.
    expect(fill({ ...good, owed: '-60' })).toMatchObject({ slots: [1, 1, 3, 0, 0, 995, 0, 1, 0], notes: [['owed', 'clamped']] });
    expect(fill({ ...good, owed: '-50' })).toMatchObject({ slots: [1, 1, 3, 0, 0, 995, 0, 1, 0], notes: [] });
  });

  it('takes null as zero, which with an offset is the offset, and as no bucket', () => {
    expect(fill({ active: null, loans: null, owed: null, net: null, status: null })).toEqual({
      slots: [1, 0, 0, 0, 0, 1_000, 0, 0, 0],
      fault: undefined,
      notes: ['active', 'loans', 'owed', 'net', 'status'].map((column) => [column, 'empty']),
    });
  });

  it.each([
    [{ active: 'yes' }, 'active', 'notAFlag'],
    [{ loans: 2.5 }, 'loans', 'notWhole'],
    [{ loans: '-1' }, 'loans', 'negative'],
    [{ loans: true }, 'loans', 'notADecimal'],
    [{ owed: 'a lot' }, 'owed', 'notADecimal'],
    [{ net: Number.NaN }, 'net', 'notADecimal'],
    [{ status: 'worse' }, 'status', 'unknownValue'],
  ])('refuses %o, naming the column and not the value, and counts nothing then', (change, column, reason) => {
    const got = fill({ ...good, owed: 1e9, ...(change as Record<string, RawValue>) });
    expect(got.fault).toEqual({ column, reason });
    expect(got.notes).toEqual([]);
  });

  it('does not take a misspelt column for zeros, nor an inherited property for a value', () => {
    const { net, ...rest } = good;
    expect(fill({ ...rest, nett: net }).fault).toEqual({ column: 'net', reason: 'missing' });
    expect(fill(Object.create(good)).fault).toEqual({ column: 'active', reason: 'missing' });
  });

  it.each([
    [true, 1],
    ['true', 1],
    [1n, 1],
    ['0', 0],
    [false, 0],
  ])('reads %s as a flag', (raw, slot) => {
    expect(fill({ ...good, active: raw }).slots[1]).toBe(slot);
  });

  it('finds a bucket by the text of a number', () => {
    expect(fill({ ...good, status: -1 }).slots.slice(-3)).toEqual([1, 0, 0]);
  });
});
