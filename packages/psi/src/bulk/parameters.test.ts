import { describe, expect, it } from 'vitest';
import { binLoad, boundElements, bulkParameters, MAX_BULK_SET } from './parameters.ts';

/** log2 Pr[Bin(n, p) ≥ k], summed term by term. */
const tailBits = (n: number, p: number, k: number): number => {
  const factorials = new Float64Array(n + 1);
  for (let i = 1; i <= n; i++) factorials[i] = factorials[i - 1]! + Math.log2(i);
  const term = (i: number): number =>
    factorials[n]! - factorials[i]! - factorials[n - i]! + i * Math.log2(p) + (n - i) * Math.log2(1 - p);
  const first = term(k);
  let sum = 0;
  for (let i = k; i <= n && term(i) > first - 80; i++) sum += 2 ** (term(i) - first);
  return first + Math.log2(sum);
};

const SIZES = [1, 2, 3, 17, 1000, 39_999, 40_000, 40_001, 2 ** 17, 999_999, 2 ** 20, 2 ** 22, MAX_BULK_SET];

describe('the parameters', () => {
  it('of 2^20 against 2^20 are those of the design', () => {
    const p = bulkParameters({ nx: 2 ** 20, ny: 2 ** 20 });
    expect(p).toMatchObject({ l: 60, columns: 160, maskBytes: 10, bins: 27, binCapacity: 40_369, places: 50_569, dense: 44 });
    expect(p.rows / 2 ** 20).toBeCloseTo(1.303, 2);
    // Two a group, and not three as in the design: a quarter less memory for the same speed.
    expect(p.groups.map(({ bins }) => bins)).toEqual([...new Array(13).fill(2), 1]);
    expect(p.bound / p.nx).toBeCloseTo(1.7, 1);
  });

  it.each(SIZES.flatMap((nx) => SIZES.map((ny) => [nx, ny])))('of %i against %i keep every failure below 2^-40', (nx, ny) => {
    const p = bulkParameters({ nx, ny });
    // A y that is no x meets its own value, and some mask of an x: unions over all.
    expect(Math.log2(ny) - p.l).toBeLessThanOrEqual(-40);
    expect(Math.log2(nx) + Math.log2(ny) - 8 * p.maskBytes).toBeLessThanOrEqual(-40);
    expect(2 * Math.log2(nx + ny) - 129).toBeLessThan(-40);
    // What the kernel can do.
    expect(p.l % 4).toBe(0);
    expect(p.l).toBeLessThanOrEqual(64);
    expect(p.maskBytes).toBeLessThanOrEqual(12);
    expect(p.places).toBeLessThanOrEqual(65_535);
    expect(p.dense).toBeLessThanOrEqual(48);
    expect(p.binCapacity * p.bins).toBeGreaterThanOrEqual(nx);
    // Groups hold all bins, one after the other; the last one has room for the rows that mask the check.
    let [bins, rows] = [0, 0];
    for (const group of p.groups) {
      expect([group.firstBin, group.firstRow, group.rows % 256]).toEqual([bins, rows, 0]);
      bins += group.bins;
      rows += group.rows;
      expect(group.rows).toBeGreaterThanOrEqual(group.bins * (p.places + p.dense) + (bins === p.bins ? 64 : 0));
      expect(group.rows).toBeLessThanOrEqual(110_000 + 512);
    }
    expect([bins, rows]).toEqual([p.bins, p.rows]);
  });

  it.each([
    [40_001, 2],
    [100_000, 3],
    [2 ** 20, 27],
  ])('let a bin of %i balls in %i overflow once in 2^40, by the exact tail', (n, bins) => {
    const capacity = binLoad(n, bins);
    expect(tailBits(n, 1 / bins, capacity + 1) + Math.log2(bins)).toBeLessThanOrEqual(-40);
    // Chernoff's bound is not generous: some bits.
    expect(tailBits(n, 1 / bins, capacity + 1) + Math.log2(bins)).toBeGreaterThan(-50);
  });

  it('bound what a deviating receiver can bind: the inequality holds at it and not below', () => {
    const { rows, l, bound } = bulkParameters({ nx: 5000, ny: 10 ** 6 });
    const excess = (n: number): number => n * (l - Math.log2((Math.E * 2 ** 33) / n)) - rows * l - 40;
    expect(excess(bound)).toBeGreaterThan(0);
    expect(excess(bound - 1)).toBeLessThanOrEqual(0);
    expect(boundElements(rows * 2, l)).toBeGreaterThan(bound);
  });

  it.each([0, -1, 1.5, MAX_BULK_SET + 1, Number.NaN])('do not exist for a set of %d', (n) => {
    expect(() => bulkParameters({ nx: n, ny: 5 })).toThrow(RangeError);
    expect(() => bulkParameters({ nx: 5, ny: n })).toThrow(RangeError);
  });
});
