import { seededRng } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitRows } from './split.ts';

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
