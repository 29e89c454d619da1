import { E } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationOf } from './calibration.ts';
import { splitRows } from './split.ts';
import { populationStability } from './stability.ts';

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

describe('calibration', () => {
  it('groups by prediction, compares with what happened, and leaves out rows without a score', () => {
    const probability = Float64Array.from([...new Array(100).fill(0.1), ...new Array(100).fill(0.4), Number.NaN]);
    const bad = Uint8Array.from([...Array.from({ length: 200 }, (_, i) => (i < 100 ? (i < 12 ? 1 : 0) : i < 140 ? 1 : 0)), 1]);
    const got = calibrationOf({ probability, bad, groups: 10 });
    if (E.isLeft(got)) throw new Error(got.left.message);
    const { groups, brier, meanGap, withoutScore } = got.right;
    expect(groups.map(({ rows, observed }) => [rows, observed])).toEqual([
      [100, 0.12],
      [100, 0.4],
    ]);
    expect(groups.map(({ predicted }) => Number(predicted.toFixed(10)))).toEqual([0.1, 0.4]);
    expect(withoutScore).toBe(1);
    expect(meanGap).toBeCloseTo(0.01, 10);
    expect(brier).toBeCloseTo((12 * 0.81 + 88 * 0.01 + 40 * 0.36 + 60 * 0.16) / 200, 10);
    // Wilson's interval of 12 in 100 (Newcombe 1998, method 3).
    expect(groups[0]!.low).toBeCloseTo(0.07, 2);
    expect(groups[0]!.high).toBeCloseTo(0.1981, 3);
  });

  it('refuses what are no probabilities', () => {
    const bad = Uint8Array.of(0, 1);
    for (const list of [[0.5], [-0.1, 0.5], [0.5, 1.1], [Number.NaN, Number.NaN]])
      expect(calibrationOf({ probability: Float64Array.from(list), bad })).toMatchObject({ left: { _tag: 'BadData' } });
  });
});

describe('splitting rows', () => {
  it('takes every row once, the stated share for the test, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 100 }), fc.string(), (rows, percent, seed) => {
        const split = splitRows({ rows, testShare: percent / 100 }, seededRng(seed));
        expect(split.test.length).toBe(Math.floor((percent / 100) * rows));
        expect([...split.train, ...split.test].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
        expect(splitRows({ rows, testShare: percent / 100 }, seededRng(seed))).toEqual(split);
      }),
      { numRuns: 40 },
    );
    expect(splitRows({ rows: 1000, testShare: 0.5 }, seededRng(1))).not.toEqual(
      splitRows({ rows: 1000, testShare: 0.5 }, seededRng(2)),
    );
  });

  it('takes every row about equally often', () => {
    const rng = seededRng('uniform');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 5000; i++) for (const row of splitRows({ rows: 10, testShare: 0.3 }, rng).test) counts[row]! += 1;
    // 1,500 expected, deviation 32.
    for (const count of counts) expect(Math.abs(count - 1500)).toBeLessThan(160);
  });

  it('refuses a share that is none', () => {
    for (const testShare of [-0.1, 1.1, Number.NaN]) expect(() => splitRows({ rows: 10, testShare })).toThrow(RangeError);
  });
});
