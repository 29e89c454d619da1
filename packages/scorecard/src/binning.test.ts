import { decodeShape, E } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignBins, binOf } from './assign.ts';
import { Binning, binCount, binLabels, type CategoricalBinning, checkBinning, NO_BIN, type NumericBinning } from './binning.ts';
import { categoricalColumn, checkColumn, checkOutcome, numericColumn } from './data.ts';

const left: NumericBinning = {
  kind: 'numeric',
  breaks: [0, 10, 20],
  closed: 'left',
  specials: [
    { label: 'never', values: [-1] },
    { label: 'refused', values: [998, 999] },
  ],
};
const right: NumericBinning = { ...left, closed: 'right' };

const levels: CategoricalBinning = {
  kind: 'categorical',
  groups: [['own'], ['rent', 'free']],
  specials: [{ label: 'other', values: ['?'] }],
  unseen: 'noScore',
};

describe('bins of numbers', () => {
  it('edges belong to the closed side; specials, missing and infinite values have their own places', () => {
    const values = [-5, 0, 9.99, 10, 20, 1e300, -1, 998, 999, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const column = numericColumn(values);
    expect([...assignBins(left, column)]).toEqual([0, 1, 1, 2, 3, 3, 4, 5, 5, 6, NO_BIN, NO_BIN]);
    expect([...assignBins(right, column)]).toEqual([0, 0, 1, 1, 2, 3, 4, 5, 5, 6, NO_BIN, NO_BIN]);
    expect(values.map((value) => binOf(left, value))).toEqual([...assignBins(left, column)]);
    expect(binOf(left, null)).toBe(6);
  });

  it('has a label for every bin, with the edges as they are', () => {
    expect(binLabels(left)).toEqual(['(−∞, 0)', '[0, 10)', '[10, 20)', '[20, ∞)', 'never', 'refused', 'missing']);
    expect(binLabels(right)).toEqual(['(−∞, 0]', '(0, 10]', '(10, 20]', '(20, ∞)', 'never', 'refused', 'missing']);
    expect(binLabels(left).length).toBe(binCount(left));
  });

  it('agrees with counting the breaks below, however many there are and on both sides', () => {
    const breaks = fc.uniqueArray(fc.integer({ min: -60, max: 60 }), { maxLength: 60 }).map((list) => list.sort((a, b) => a - b));
    const closed = fc.constantFrom('left', 'right' as const);
    fc.assert(
      fc.property(breaks, closed, fc.array(fc.integer({ min: -70, max: 70 })), (edges, side, values) => {
        const binning: NumericBinning = { kind: 'numeric', breaks: edges, closed: side, specials: [] };
        const naive = values.map((x) => edges.filter((edge) => (side === 'left' ? edge <= x : edge < x)).length);
        expect([...assignBins(binning, numericColumn(values))]).toEqual(naive);
      }),
    );
  });
});

describe('bins of levels', () => {
  it('finds groups, specials and missing; a level never seen is what the binning says', () => {
    const column = categoricalColumn(['own', 'free', 'rent', '?', null, 'castle', undefined]);
    expect([...assignBins(levels, column)]).toEqual([0, 1, 1, 2, 3, NO_BIN, 3]);
    expect([...assignBins({ ...levels, unseen: 'missing' }, column)]).toEqual([0, 1, 1, 2, 3, 3, 3]);
    expect(binOf(levels, 'castle')).toBe(NO_BIN);
    expect(binOf(levels, 'free')).toBe(1);
    expect(binLabels(levels)).toEqual(['own', 'rent, free', 'other', 'missing']);
  });

  it('does not take names that every object has for levels', () => {
    for (const name of ['constructor', '__proto__', 'toString']) expect(binOf(levels, name)).toBe(NO_BIN);
  });

  it('cuts the label of a long group', () => {
    const group = Array.from({ length: 100 }, (_, i) => `level ${i}`);
    const [label] = binLabels({ ...levels, groups: [group] });
    expect(label!.length).toBeLessThan(130);
    expect(label).toContain('(100 levels)');
  });
});

describe('what is no binning', () => {
  it.each([
    ['breaks out of order', { ...left, breaks: [10, 0] }],
    ['a break twice', { ...left, breaks: [0, 0] }],
    ['a break that is no number', { ...left, breaks: [Number.NaN] }],
    ['an infinite break', { ...left, breaks: [Number.POSITIVE_INFINITY] }],
    ['too many', { ...left, breaks: Array.from({ length: 200 }, (_, i) => i) }],
    [
      'a special value twice',
      {
        ...left,
        specials: [
          { label: 'a', values: [1] },
          { label: 'b', values: [1] },
        ],
      },
    ],
    [
      'a label twice',
      {
        ...left,
        specials: [
          { label: 'a', values: [1] },
          { label: 'a', values: [2] },
        ],
      },
    ],
    ['a special called missing', { ...left, specials: [{ label: 'missing', values: [1] }] }],
    ['a special without values', { ...left, specials: [{ label: 'a', values: [] }] }],
    ['a special that is missing anyway', { ...left, specials: [{ label: 'a', values: [Number.NaN] }] }],
    ['a level twice', { ...levels, groups: [['own'], ['own']] }],
    ['a level that is special too', { ...levels, groups: [['?']] }],
    ['an empty group', { ...levels, groups: [[]] }],
  ] as const)('%s', (_, binning) => {
    expect(checkBinning(binning)).toMatchObject({ _tag: 'Left', left: { _tag: 'BadBinning' } });
  });

  it('decodes its own encoding, and nothing with another key', () => {
    for (const binning of [left, right, levels]) {
      expect(decodeShape(Binning, JSON.parse(JSON.stringify(Binning.encode(binning))))).toEqual(E.right(binning));
      expect(E.isLeft(decodeShape(Binning, { ...binning, note: 1 }))).toBe(true);
    }
  });
});

describe('columns and outcomes', () => {
  it.each([
    ['infinite values', numericColumn([1, Number.POSITIVE_INFINITY])],
    ['a code without a level', { kind: 'categorical', levels: ['a'], codes: Int32Array.of(1) }],
    ['a negative code', { kind: 'categorical', levels: ['a'], codes: Int32Array.of(-2) }],
    ['a level twice', { kind: 'categorical', levels: ['a', 'a'], codes: Int32Array.of(0) }],
    ['a control character', categoricalColumn(['a\n'])],
    ['half a character', categoricalColumn(['\ud800'])],
  ] as const)('a column with %s is refused', (_, column) => {
    expect(checkColumn('x', column)).toMatchObject({ left: { _tag: 'BadData', characteristic: 'x' } });
  });

  it('an outcome has both classes and only those', () => {
    expect(checkOutcome(Uint8Array.of(0, 1, 1), 3)).toEqual(E.right({ good: 1, bad: 2 }));
    for (const one of [[], [0, 2], [0]])
      expect(checkOutcome(Uint8Array.from(one), one.length + (one.length === 1 ? 1 : 0))).toMatchObject({
        left: { _tag: 'BadData' },
      });
    for (const one of [
      [0, 0],
      [1, 1],
    ])
      expect(checkOutcome(Uint8Array.from(one), 2)).toMatchObject({ left: { _tag: 'OneClass' } });
  });
});
