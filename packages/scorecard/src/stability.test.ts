import { E } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPTIMAL } from './binning-rule.ts';
import { categoricalColumn, type DataColumn, numericColumn } from './data.ts';
import { fitted, sample } from './sample.test.fixture.ts';
import { characteristicStability, populationStability } from './stability.ts';

const index = (expected: readonly number[], actual: readonly number[]): number => {
  const got = populationStability({ expected, actual });
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right.index;
};

describe('population stability index', () => {
  it('gives the published worked example', () => {
    const actual = [236, 334, 331, 310, 416, 269, 185, 298, 407, 352];
    const expected = [565, 803, 807, 729, 1015, 565, 417, 752, 823, 845];
    expect(index(expected, actual)).toBeCloseTo(0.004776, 6);
  });

  it('is 0 for equal shares, symmetric, and never negative', () => {
    const counts = fc.array(fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 })), { minLength: 1 });
    fc.assert(
      fc.property(counts, (rows) => {
        const [a, b] = [rows.map(([x]) => x), rows.map(([, y]) => y)];
        expect(index(a, b)).toBeGreaterThanOrEqual(-1e-12);
        expect(index(a, b)).toBeCloseTo(index(b, a), 10);
        expect(
          index(
            a,
            a.map((x) => 5 * x),
          ),
        ).toBeCloseTo(0, 12);
      }),
    );
  });

  it('handles empty bins by the stated rule', () => {
    const [e, a] = [
      [10, 0, 30, 0],
      [0, 10, 30, 0],
    ];
    const [p, q] = [10 / 40.5, 0.5 / 40.5];
    expect(index(e, a)).toBeCloseTo((q - p) * Math.log(q / p) + (p - q) * Math.log(p / q), 12);
    const refuse = populationStability({ expected: e, actual: a, zeroCells: { rule: 'refuse' } });
    expect(refuse).toMatchObject({ left: { _tag: 'BadCounts', message: expect.stringContaining('bin 1') } });
    for (const [x, y] of [
      [[], []],
      [[1], [1, 2]],
      [[0], [1]],
      [[1], [Number.NaN]],
      [
        [-1, 2],
        [1, 1],
      ],
    ] as const)
      expect(populationStability({ expected: x, actual: y })).toMatchObject({ left: { _tag: 'BadCounts' } });
  });
});

describe('characteristic stability', () => {
  it('is nil on the sample itself, and says in points by how much applicants have become worse', async () => {
    const { table, bad } = sample(3000, 'stability');
    const { scorecard } = await fitted({ table, bad, rule: { ...OPTIMAL, maxBins: 4 } });
    const rightOf = <A>(got: E.Either<{ readonly message: string }, A>): A => {
      if (E.isLeft(got)) throw new Error(got.left.message);
      return got.right;
    };
    for (const { index: moved, shift, withoutBin, bins, name } of rightOf(characteristicStability(scorecard, table))) {
      expect([moved, shift, withoutBin]).toEqual([expect.closeTo(0, 12), expect.closeTo(0, 10), 0]);
      expect(bins.length).toBe(scorecard.characteristics.find((one) => one.name === name)!.bins.length);
    }
    // Everybody in one bin: the shift is that bin's points less the mean points of the sample.
    const months = scorecard.characteristics.find(({ name }) => name === 'months')!;
    const mean = months.bins.reduce((sum, { good, bad: bads, points }) => sum + (good + bads) * (points ?? 0), 0) / 3000;
    const shorter = new Map<string, DataColumn>(table)
      .set('months', numericColumn(Array.from(bad, () => 0)))
      .set('status', categoricalColumn(Array.from(bad, (_, i) => (i < 7 ? 'new' : 'a'))));
    const now = rightOf(characteristicStability(scorecard, shorter));
    const moved = now.find(({ name }) => name === 'months')!;
    // The zero-cell rule puts half a row into each bin that nobody is in now.
    expect(Math.abs(moved.shift - (months.bins[0]!.points! - mean))).toBeLessThan(0.1);
    expect(moved.index).toBeGreaterThan(0.25);
    expect(now.find(({ name }) => name === 'status')).toMatchObject({ withoutBin: 7 });
    const other = new Map(table);
    other.delete('months');
    expect(characteristicStability(scorecard, other)).toMatchObject({ left: { _tag: 'BadData', characteristic: 'months' } });
  });
});
