import { describe, expect, it } from 'vitest';
import { seededRng } from './scripted-rng.ts';
import { findTiming, TOLD_APART, welchT } from './timing-tester.ts';

const rng = seededRng('times');
const uniform = (): number => Buffer.from(rng(4)).readUInt32BE() / 2 ** 32;
/** Times of 3 ms, scattered by 0.4, with one in ten that was interrupted for long. */
const times = (count: number, shift = 0): readonly number[] =>
  Array.from({ length: count }, () => 2.8 + 0.4 * uniform() + shift + (uniform() < 0.1 ? 200 * uniform() : 0));

describe('Welch’s t', () => {
  it('is the known answer of two small samples', () => {
    // Means 3 and 5, variances 2.5 and 10: (3 − 5)/√(2.5/5 + 10/5).
    expect(welchT([1, 2, 3, 4, 5], [1, 3, 5, 7, 9])).toBeCloseTo(-2 / Math.sqrt(2.5), 12);
    expect(welchT([1, 1, 1], [1, 1, 1])).toBe(0);
  });
});

describe('the timing tester', () => {
  it('does not tell apart what is one distribution', () => {
    for (let round = 0; round < 100; round++) expect(Math.abs(findTiming(times(1000), times(1000)).t)).toBeLessThan(TOLD_APART);
  });

  it('finds a shift of a fiftieth, which the interrupted ones would hide', () => {
    const [a, b] = [times(1000), times(1000, 0.06)];
    expect(Math.abs(welchT(a, b))).toBeLessThan(TOLD_APART);
    const found = findTiming(a, b);
    expect(found.t).toBeLessThan(-TOLD_APART);
    expect(found.cropped).toBeGreaterThan(0.04);
    expect(found.medians[1] - found.medians[0]).toBeGreaterThan(0.02);
  });

  it('finds classes that do not overlap', () => {
    expect(Math.abs(findTiming(times(1000), times(1000, 1000)).t)).toBe(Number.POSITIVE_INFINITY);
  });
});
