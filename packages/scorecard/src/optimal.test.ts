import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MergeRule, mergeOptimally, type Trend } from './optimal.ts';

const free: MergeRule = { trend: 'none', maxBins: 20, minRows: 0, minGood: 1, minBad: 1 };
const TRENDS: readonly Trend[] = ['ascending', 'descending', 'monotone', 'peak', 'valley', 'none'];

interface Counts {
  readonly good: readonly number[];
  readonly bad: readonly number[];
}

const counts: fc.Arbitrary<Counts> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })), { minLength: 1, maxLength: 7 })
  .filter((rows) => rows.some(([g]) => g > 0) && rows.some(([, b]) => b > 0))
  .map((rows) => ({ good: rows.map(([g]) => g), bad: rows.map(([, b]) => b) }));

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

const merged = ({ good, bad }: Counts, starts: readonly number[]) =>
  starts.map((start, i) => ({ good: sum(good.slice(start, starts[i + 1])), bad: sum(bad.slice(start, starts[i + 1])) }));

const ivOf = (all: Counts, starts: readonly number[]): number => {
  const [g, b] = [sum(all.good), sum(all.bad)];
  return sum(
    merged(all, starts).map(({ good, bad }) =>
      good === 0 || bad === 0 ? 0 : (good / g - bad / b) * Math.log(good / g / (bad / b)),
    ),
  );
};

/** Written from the words of the trends, without the search's table of moves. */
const follows = (rates: readonly number[], trend: Trend): boolean => {
  const up = (list: readonly number[]) => list.every((rate, i) => i === 0 || rate > list[i - 1]!);
  const down = (list: readonly number[]) => list.every((rate, i) => i === 0 || rate < list[i - 1]!);
  const turns = rates.map((_, i) => i);
  switch (trend) {
    case 'none':
      return true;
    case 'ascending':
      return up(rates);
    case 'descending':
      return down(rates);
    case 'monotone':
      return up(rates) || down(rates);
    case 'peak':
      return turns.some((i) => up(rates.slice(0, i + 1)) && down(rates.slice(i)));
    case 'valley':
      return turns.some((i) => down(rates.slice(0, i + 1)) && up(rates.slice(i)));
  }
};

const allowed = (all: Counts, starts: readonly number[], rule: MergeRule): boolean => {
  const bins = merged(all, starts);
  if (bins.length > rule.maxBins) return false;
  const large = bins.every(({ good, bad }) => good + bad >= rule.minRows && good >= rule.minGood && bad >= rule.minBad);
  return (
    large &&
    follows(
      bins.map(({ good, bad }) => bad / (good + bad)),
      rule.trend,
    )
  );
};

/** Every way to cut P pre-bins: one bit a gap. */
const everyMerging = (size: number): readonly (readonly number[])[] =>
  Array.from({ length: 2 ** (size - 1) }, (_, mask) => [
    0,
    ...Array.from({ length: size - 1 }, (_, i) => i + 1).filter((i) => (mask >> (i - 1)) & 1),
  ]);

describe('optimal merging', () => {
  it.each(TRENDS)('%s: is as informative as the best of all mergings that the rule allows, tried one by one', (trend) => {
    const rules = fc.record({
      trend: fc.constant(trend),
      maxBins: fc.integer({ min: 1, max: 7 }),
      minRows: fc.integer({ min: 0, max: 40 }),
      minGood: fc.integer({ min: 0, max: 5 }),
      minBad: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(counts, rules, (all, rule) => {
        const found = mergeOptimally(all, rule);
        const every = everyMerging(all.good.length).filter((starts) => allowed(all, starts, rule));
        if (every.length === 0) expect(found).toEqual([0]);
        else {
          expect(found.length === 1 || allowed(all, found, rule)).toBe(true);
          const best = Math.max(...every.map((starts) => ivOf(all, starts)));
          expect(ivOf(all, found)).toBeCloseTo(best, 10);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes fewer bins where more bring nothing', () => {
    // Equal bad rates: one bin says it all.
    expect(mergeOptimally({ good: [10, 20, 30], bad: [1, 2, 3] }, { ...free, trend: 'none' })).toEqual([0]);
    expect(mergeOptimally({ good: [10, 20, 30, 5], bad: [1, 2, 3, 5] }, { ...free, trend: 'monotone' })).toEqual([0, 3]);
  });

  it('one class, one pre-bin and impossible minima give a single bin', () => {
    expect(mergeOptimally({ good: [3, 4], bad: [0, 0] }, free)).toEqual([0]);
    expect(mergeOptimally({ good: [3], bad: [4] }, free)).toEqual([0]);
    expect(mergeOptimally({ good: [3, 4], bad: [2, 1] }, { ...free, minRows: 1000 })).toEqual([0]);
  });

  it('refuses a rule that is none', () => {
    expect(() => mergeOptimally({ good: [], bad: [] }, free)).toThrow(RangeError);
    expect(() => mergeOptimally({ good: [1], bad: [1, 2] }, free)).toThrow(RangeError);
    for (const maxBins of [0, 1.5, Number.NaN])
      expect(() => mergeOptimally({ good: [1], bad: [1] }, { ...free, maxBins })).toThrow(RangeError);
  });
});
