import { E } from '@vouchsafe/core';
import { createDice } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignBins } from './assign.ts';
import { binTable } from './bin-table.ts';
import { type Binning, binCount, binLabels, type NumericBinning, regularBins } from './binning.ts';
import { type BinningRule, manualBreaks, manualGroups, OPTIMAL, QUANTILE } from './binning-rule.ts';
import { CONVENTIONS } from './conventions.ts';
import { countBins } from './counts.ts';
import { categoricalColumn, type DataColumn, numericColumn, type Outcome, selectRows } from './data.ts';
import { fitBinning } from './fit-binning.ts';
import { quantileBreaks } from './quantile.ts';
import { mergedSteps, sortedSteps } from './sorted.ts';
import { atOnce, ROWS_A_STEP } from './turns.ts';

const fitted = (column: DataColumn, bad: Outcome, rule: BinningRule): Binning => {
  const binning = fitBinning({ name: 'x', column, bad, rule });
  if (E.isLeft(binning)) throw new Error(binning.left.message);
  return binning.right;
};

/** Rows whose bad rate rises with the value. */
const rising = (rows: number, seed: string): { readonly column: DataColumn; readonly bad: Outcome } => {
  const dice = createDice(seed);
  const values = Array.from({ length: rows }, () => dice.below(1000));
  return { column: numericColumn(values), bad: Uint8Array.from(values, (x) => (dice.chance(20 + x / 2) ? 1 : 0)) };
};

describe('sorting in steps', () => {
  it('gives what the engine gives, over several chunks', () => {
    const dice = createDice('sorted');
    for (const rows of [0, 1, 2, ROWS_A_STEP - 1, ROWS_A_STEP, ROWS_A_STEP + 1, 3 * ROWS_A_STEP + 17]) {
      const values = Float64Array.from({ length: rows }, () => dice.below(5000) - 2500.5);
      const before = values.slice();
      const same = (a: Float64Array, b: Float64Array): boolean => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
      expect(same(atOnce(sortedSteps(values)), values.slice().sort())).toBe(true);
      expect(same(values, before)).toBe(true);
    }
    const [a, b] = [Float64Array.of(1, 3, 3, 9), Float64Array.of(-1, 3, 10)];
    expect([...atOnce(mergedSteps(a, b))]).toEqual([-1, 1, 3, 3, 3, 9, 10]);
  });
});

describe('quantile breaks', () => {
  const sorted = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 200 }).map((list) => Float64Array.from(list).sort());

  it('are ascending values of the data, none makes an empty bin, and no more than asked', () => {
    fc.assert(
      fc.property(sorted, fc.integer({ min: 1, max: 30 }), fc.constantFrom('left', 'right' as const), (values, bins, closed) => {
        const breaks = quantileBreaks(values, bins, closed);
        expect(breaks.length).toBeLessThan(bins);
        for (const edge of breaks) expect(values.includes(edge)).toBe(true);
        const binning: NumericBinning = { kind: 'numeric', breaks, closed, specials: [] };
        const used = new Set(assignBins(binning, numericColumn([...values])));
        if (values.length > 0) expect(used.size).toBe(breaks.length + 1);
      }),
    );
  });

  it('makes ten tenths of a thousand different values, on both sides', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => i);
    expect(quantileBreaks(values, 10, 'left')).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect(quantileBreaks(values, 10, 'right')).toEqual([99, 199, 299, 399, 499, 599, 699, 799, 899]);
  });

  it('gives each of a few values its own bin, and none to a constant or an empty column', () => {
    const values = Float64Array.of(1, 1, 1, 1, 1, 1, 2, 7);
    expect(quantileBreaks(values, 3, 'left')).toEqual([2, 7]);
    expect(quantileBreaks(values, 3, 'right')).toEqual([1, 2]);
    expect(quantileBreaks(new Float64Array(9), 5, 'left')).toEqual([]);
    expect(quantileBreaks(new Float64Array(0), 5, 'left')).toEqual([]);
    expect(Object.is(quantileBreaks(Float64Array.of(-1, -0), 2, 'left')[0], 0)).toBe(true);
    expect(() => quantileBreaks(values, 0, 'left')).toThrow(RangeError);
  });
});

describe('optimal bins of data', () => {
  it('run with the trend, are as large as asked, and do not depend on the order of rows', () => {
    const { column, bad } = rising(4000, 'rising');
    const order = Uint32Array.from({ length: bad.length }, (_, i) => (i * 1777) % bad.length);
    for (const closed of ['left', 'right'] as const) {
      const rule = { ...OPTIMAL, closed, minShare: 0.1 };
      const binning = fitted(column, bad, rule);
      const { good, bad: bads } = countBins(assignBins(binning, column), bad, binCount(binning));
      const regular = regularBins(binning);
      expect(regular).toBeGreaterThan(3);
      const rates = bads.slice(0, regular).map((n, i) => n / (n + good[i]!));
      expect([...rates].sort((a, b) => a - b)).toEqual(rates);
      for (let i = 0; i < regular; i++) expect(good[i]! + bads[i]!).toBeGreaterThanOrEqual(400);
      expect(
        fitted(
          selectRows(column, order),
          Uint8Array.from(order, (i) => bad[i]!),
          rule,
        ),
      ).toEqual(binning);
    }
  });

  it('keeps special and missing values out of the intervals, and counts them in the shares', () => {
    const { column, bad } = rising(4000, 'special');
    const values = [...(column as { values: Float64Array }).values].map((x, i) =>
      i % 4 === 0 ? 99_999 : i % 4 === 1 ? Number.NaN : x,
    );
    const specials = [{ label: 'code', values: [99_999] }];
    const binning = fitted(numericColumn(values), bad, { ...OPTIMAL, specials, minShare: 0.1 }) as NumericBinning;
    expect(Math.max(...binning.breaks)).toBeLessThan(1000);
    const { good, bad: bads } = countBins(assignBins(binning, numericColumn(values)), bad, binCount(binning));
    const sizes = good.map((n, i) => n + bads[i]!);
    expect(sizes.slice(-2)).toEqual([1000, 1000]);
    for (const size of sizes.slice(0, -2)) expect(size).toBeGreaterThanOrEqual(400);
  });

  it('has the most information of all breaks in the table with its missing bin, however many bads are missing there', () => {
    const dice = createDice('whole table');
    const ivOf = (binning: Binning, column: DataColumn, bad: Outcome): number => {
      const counts = countBins(assignBins(binning, column), bad, binCount(binning));
      const table = binTable({ name: 'x', labels: binLabels(binning), counts, conventions: CONVENTIONS });
      if (E.isLeft(table)) throw new Error(table.left.message);
      return table.right.iv;
    };
    for (let round = 0; round < 40; round++) {
      const rows = Array.from({ length: 300 }, () => {
        const value = dice.below(7);
        return { value: value === 6 ? null : value, bad: dice.chance(value === 6 ? 950 : 100 + 90 * value) ? 1 : 0 };
      });
      const column = numericColumn(rows.map(({ value }) => value));
      const bad = Uint8Array.from(rows, (row) => row.bad);
      const rule = { ...OPTIMAL, minShare: 0, maxBins: 3, trend: 'none' } as const;
      const pairs = [1, 2, 3, 4, 5].flatMap((a) => [1, 2, 3, 4, 5].filter((b) => b > a).map((b) => [a, b]));
      const best = Math.max(
        ...pairs.map((breaks) => ivOf({ kind: 'numeric', breaks, closed: 'left', specials: [] }, column, bad)),
      );
      expect(ivOf(fitted(column, bad, rule), column, bad)).toBeCloseTo(best, 12);
    }
  });

  it('counts each side as assigning rows does', () => {
    // The search counts by halving sorted values; with fewer values than pre-bins its bins are the data's own. Bad rates 1/4, 1/4, 2/4, 3/4.
    const values = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4];
    const bad = Uint8Array.of(0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0, 1);
    const rule = { ...OPTIMAL, minShare: 0, trend: 'ascending' } as const;
    expect(fitted(numericColumn(values), bad, { ...rule, closed: 'left' })).toMatchObject({ breaks: [3, 4] });
    expect(fitted(numericColumn(values), bad, { ...rule, closed: 'right' })).toMatchObject({ breaks: [2, 3] });
  });

  it('orders levels by their bad rate and groups them; special levels stay apart', () => {
    const rows = [...'aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd????'].map((level) => level);
    const rate: Readonly<Record<string, number>> = { a: 5, b: 1, c: 5, d: 9, '?': 2 };
    const seen: Record<string, number> = {};
    const bad = Uint8Array.from(rows, (level) => {
      seen[level] = (seen[level] ?? 0) + 1;
      return seen[level]! <= rate[level]! ? 1 : 0;
    });
    const binning = fitted(categoricalColumn(rows), bad, { ...OPTIMAL, specialLevels: [{ label: 'none', values: ['?'] }] });
    expect(binning).toEqual({
      kind: 'categorical',
      groups: [['b'], ['a', 'c'], ['d']],
      specials: [{ label: 'none', values: ['?'] }],
      unseen: 'noScore',
    });
    expect(fitted(categoricalColumn(rows), bad, QUANTILE)).toMatchObject({ groups: [['?'], ['a'], ['b'], ['c'], ['d']] });
  });

  it('pools rare levels until there are few enough to search over', () => {
    const dice = createDice('levels');
    const rows = Array.from({ length: 5000 }, () => `level ${dice.below(700)}`);
    const binning = fitted(
      categoricalColumn(rows),
      Uint8Array.from(rows, () => (dice.chance(300) ? 1 : 0)),
      OPTIMAL,
    );
    if (binning.kind !== 'categorical') throw new Error('categorical');
    expect(binning.groups.flat().length).toBe(new Set(rows).size);
    expect(binning.groups.length).toBeLessThanOrEqual(8);
  });
});

describe('what cannot be binned', () => {
  const bad = Uint8Array.of(0, 1, 0, 1);
  const missing = numericColumn([null, null, null, null]);

  it('a column of missing values, a constant one and one level have one bin', () => {
    expect(fitted(missing, bad, OPTIMAL)).toMatchObject({ breaks: [] });
    expect(fitted(numericColumn([7, 7, 7, 7]), bad, OPTIMAL)).toMatchObject({ breaks: [] });
    expect(fitted(categoricalColumn([null, null, null, null]), bad, OPTIMAL)).toMatchObject({ groups: [] });
    expect(fitted(categoricalColumn(['a', 'a', 'a', 'a']), bad, OPTIMAL)).toMatchObject({ groups: [['a']] });
  });

  it.each([
    ['one class', numericColumn([1, 2]), Uint8Array.of(1, 1), OPTIMAL, 'OneClass'],
    ['no rows', numericColumn([]), new Uint8Array(0), OPTIMAL, 'BadData'],
    ['another number of rows', numericColumn([1]), bad, OPTIMAL, 'BadData'],
    ['infinite values', numericColumn([1, Number.NEGATIVE_INFINITY]), Uint8Array.of(0, 1), OPTIMAL, 'BadData'],
    ['breaks for levels', categoricalColumn(['a', 'b']), Uint8Array.of(0, 1), manualBreaks([1]), 'BadBinning'],
    ['groups for numbers', numericColumn([1, 2]), Uint8Array.of(0, 1), manualGroups([['a']]), 'BadBinning'],
    ['breaks out of order', numericColumn([1, 2]), Uint8Array.of(0, 1), manualBreaks([2, 1]), 'BadBinning'],
  ] as const)('%s', (_, column, outcome, rule, tag) => {
    expect(fitBinning({ name: 'x', column, bad: outcome, rule })).toMatchObject({ left: { _tag: tag } });
  });

  it('refuses a rule out of range', () => {
    const request = { name: 'x', column: numericColumn([1, 2]), bad: Uint8Array.of(0, 1) };
    expect(() => fitBinning({ ...request, rule: { ...OPTIMAL, prebins: 0 } })).toThrow(RangeError);
    expect(() => fitBinning({ ...request, rule: { ...OPTIMAL, minShare: 2 } })).toThrow(RangeError);
    expect(() => fitBinning({ ...request, rule: { ...QUANTILE, bins: 0 } })).toThrow(RangeError);
  });
});
