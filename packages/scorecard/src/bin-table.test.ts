import { E } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binTable } from './bin-table.ts';
import { CONVENTIONS, type Conventions } from './conventions.ts';

const badFirst: Conventions = { ...CONVENTIONS, woe: 'ln(bad/good)' };

const tableOf = (good: readonly number[], bad: readonly number[], conventions: Conventions = badFirst) => {
  const table = binTable({ name: 'x', labels: good.map((_, i) => `bin ${i}`), counts: { good, bad }, conventions });
  if (E.isLeft(table)) throw new Error(table.left.message);
  return table.right;
};

const counts = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 })), { minLength: 1, maxLength: 12 })
  .map((rows) => ({ good: rows.map(([g]) => g), bad: rows.map(([, b]) => b) }));

describe('weight of evidence and information value', () => {
  // R package scorecard, documentation of woebin, German credit data.
  it.each([
    [
      'credit amount',
      [185, 87, 287, 120, 21],
      [82, 18, 95, 76, 29],
      [0.03366128, -0.7282385, -0.25830746, 0.39053946, 1.17007125],
      0.1812204,
    ],
    ['housing', [109, 527, 64], [70, 186, 44], [0.4044452, -0.194156, 0.4726044], 0.08329343],
  ] as const)('gives the published values of %s', (_, good, bad, woe, iv) => {
    const table = tableOf(good, bad);
    for (const [i, bin] of table.bins.entries()) expect(bin.woe).toBeCloseTo(woe[i]!, 7);
    expect(table.iv).toBeCloseTo(iv, 7);
    expect(tableOf(good, bad, CONVENTIONS).bins.map((bin) => bin.woe)).toEqual(table.bins.map((bin) => 0 - bin.woe));
  });

  it('does not depend on the scale of counts; swapping goods and bads turns the sign; IV adds up and is never negative', () => {
    fc.assert(
      fc.property(counts, ({ good, bad }) => {
        const table = tableOf(good, bad);
        const larger = tableOf(
          good.map((n) => 3 * n),
          bad.map((n) => 7 * n),
        );
        const swapped = tableOf(bad, good);
        for (const [i, bin] of table.bins.entries()) {
          expect(larger.bins[i]!.woe).toBeCloseTo(bin.woe, 9);
          expect(swapped.bins[i]!.woe).toBeCloseTo(-bin.woe, 9);
          expect(bin.iv).toBeGreaterThanOrEqual(0);
        }
        expect(table.iv).toBeCloseTo(
          table.bins.reduce((sum, bin) => sum + bin.iv, 0),
          12,
        );
        expect(table.bins.reduce((sum, bin) => sum + bin.share, 0)).toBeCloseTo(1, 12);
        // Goods' WOE averages above 0 and bads' below: Gibbs' inequality.
        const mean = (of: readonly number[]) =>
          of.reduce((sum, n, i) => sum + n * tableOf(good, bad, CONVENTIONS).bins[i]!.woe, 0);
        expect(mean(good)).toBeGreaterThanOrEqual(-1e-9);
        expect(mean(bad)).toBeLessThanOrEqual(1e-9);
      }),
    );
  });

  it('merging two bins never adds information', () => {
    fc.assert(
      fc.property(counts, ({ good, bad }) => {
        fc.pre(good.length > 1);
        const merged = tableOf([good[0]! + good[1]!, ...good.slice(2)], [bad[0]! + bad[1]!, ...bad.slice(2)]);
        expect(merged.iv).toBeLessThanOrEqual(tableOf(good, bad).iv + 1e-12);
      }),
    );
  });
});

describe('zero cells', () => {
  const [good, bad] = [
    [50, 0, 30, 0],
    [5, 10, 0, 0],
  ];

  it('replace: a zero becomes the given count, totals after that; a bin without rows stays without evidence', () => {
    const { bins } = tableOf(good, bad, { ...CONVENTIONS, zeroCells: { rule: 'replace', by: 0.5 } });
    const [allGood, allBad] = [80.5, 15.5];
    expect(bins.map(({ woe }) => woe)).toEqual([
      Math.log(50 / allGood / (5 / allBad)),
      Math.log(0.5 / allGood / (10 / allBad)),
      Math.log(30 / allGood / (0.5 / allBad)),
      0,
    ]);
    expect(bins.map(({ adjusted }) => adjusted)).toEqual([false, true, true, false]);
    expect(bins[1]).toMatchObject({ good: 0, bad: 10, badRate: 1 });
    expect(bins[3]).toMatchObject({ iv: 0, share: 0, badRate: Number.NaN });
  });

  it('add: every count of a bin with rows grows', () => {
    const { bins } = tableOf(good, bad, { ...CONVENTIONS, zeroCells: { rule: 'add', by: 1 } });
    expect(bins[0]!.woe).toBe(Math.log(51 / 83 / (6 / 18)));
    expect(bins[3]!.woe).toBe(0);
  });

  it('refuse: names the bin', () => {
    const got = binTable({
      name: 'x',
      labels: ['a', 'b', 'c', 'd'],
      counts: { good, bad },
      conventions: { ...CONVENTIONS, zeroCells: { rule: 'refuse' } },
    });
    expect(got).toMatchObject({ left: { _tag: 'ZeroCell', characteristic: 'x', bin: 'b' } });
  });
});

describe('hostile counts', () => {
  it.each([
    ['negative', [1, -1], [1, 1]],
    ['no number', [1, Number.NaN], [1, 1]],
    ['infinite', [1, Number.POSITIVE_INFINITY], [1, 1]],
    ['no bads', [1, 1], [0, 0]],
    ['no goods', [0, 0], [1, 1]],
    ['unequal', [1], [1, 1]],
    ['empty', [], []],
  ])('%s', (_, good, bad) => {
    const got = binTable({ name: 'x', labels: bad.map(String), counts: { good, bad }, conventions: CONVENTIONS });
    expect(got).toMatchObject({ left: { _tag: 'BadCounts' } });
  });
});
