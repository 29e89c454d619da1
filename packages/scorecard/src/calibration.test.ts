import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { calibrationOf } from './calibration.ts';

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
