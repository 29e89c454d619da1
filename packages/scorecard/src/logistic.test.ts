import { E } from '@vouchsafe/core';
import { createDice } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlationSteps, type WoeColumn, woeColumn } from './design.ts';
import { fitLogistic, type LogisticFit, type LogisticOptions } from './logistic.ts';
import { atOnce } from './turns.ts';

const fit = (columns: readonly WoeColumn[], bad: Uint8Array, options?: LogisticOptions): LogisticFit => {
  const got = fitLogistic(columns, bad, options);
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right;
};

/** Rows drawn from a logistic model with coefficients 0.8 and −0.5. */
const sample = (rows: number, seed: string) => {
  const dice = createDice(seed);
  const woe = [-1.5, -0.4, 0.3, 1.1, 2];
  const [a, b] = [new Uint8Array(rows), new Uint8Array(rows)];
  const bad = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    [a[i], b[i]] = [dice.below(5), dice.below(5)];
    const eta = -1 + 0.8 * woe[a[i]!]! - 0.5 * woe[b[i]!]!;
    bad[i] = dice.below(1_000_000) < 1_000_000 / (1 + Math.exp(-eta)) ? 1 : 0;
  }
  return { columns: [woeColumn('a', a, woe), woeColumn('b', b, woe)], bad, woe };
};

describe('logistic regression', () => {
  it('has the closed form for a characteristic with two bins: log odds ratio and the square root of the sum of reciprocals', () => {
    fc.assert(
      fc.property(fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 3, max: 400 }))), ([g0, b0, g1, b1]) => {
        const cells = [g0!, b0!, g1!, b1!];
        const bins = Uint8Array.from(cells.flatMap((n, i) => new Array(n).fill(i >> 1)));
        const bad = Uint8Array.from(cells.flatMap((n, i) => new Array(n).fill(i & 1)));
        const { intercept, coefficients, logLikelihood } = fit([woeColumn('x', bins, [0, 1])], bad);
        expect(intercept.estimate).toBeCloseTo(Math.log(b0! / g0!), 7);
        expect(coefficients[0]!.estimate).toBeCloseTo(Math.log((b1! * g0!) / (g1! * b0!)), 7);
        expect(coefficients[0]!.standardError).toBeCloseTo(Math.sqrt(cells.reduce((sum, n) => sum + 1 / n, 0)), 6);
        expect(intercept.standardError).toBeCloseTo(Math.sqrt(1 / g0! + 1 / b0!), 6);
        const half = (bads: number, goods: number) =>
          bads * Math.log(bads / (bads + goods)) + goods * Math.log(goods / (bads + goods));
        expect(logLikelihood).toBeCloseTo(half(b0!, g0!) + half(b1!, g1!), 6);
      }),
      { numRuns: 50 },
    );
  });

  it('recovers the coefficients of a model within their standard errors, over blocks of any length', () => {
    for (const rows of [2047, 2048, 2049, 40_001]) {
      const { columns, bad } = sample(rows, `rows ${rows}`);
      const { intercept, coefficients } = fit(columns, bad);
      for (const [{ estimate, standardError, pValue }, truth] of [
        [intercept, -1],
        [coefficients[0]!, 0.8],
        [coefficients[1]!, -0.5],
      ] as const) {
        expect(Math.abs(estimate - truth)).toBeLessThan(4 * standardError);
        expect(standardError).toBeLessThan(5 / Math.sqrt(rows));
        expect(pValue).toBeLessThan(1e-6);
      }
    }
  });

  it('satisfies the score equations, with and without a penalty', () => {
    const { columns, bad, woe } = sample(3000, 'score equations');
    for (const l2 of [0, 1, 100]) {
      const { intercept, coefficients } = fit(columns, bad, { l2 });
      const sums = [0, 0, 0];
      for (let i = 0; i < bad.length; i++) {
        const x = [1, woe[columns[0]!.bins[i]!]!, woe[columns[1]!.bins[i]!]!];
        const eta = intercept.estimate + coefficients[0]!.estimate * x[1]! + coefficients[1]!.estimate * x[2]!;
        const residual = bad[i]! - 1 / (1 + Math.exp(-eta));
        for (let j = 0; j < 3; j++) sums[j]! += residual * x[j]!;
      }
      expect(sums[0]).toBeCloseTo(0, 5);
      for (const j of [1, 2]) expect(sums[j]! - l2 * coefficients[j - 1]!.estimate).toBeCloseTo(0, 5);
    }
  });

  it('shrinks with the penalty, and is the same from another start', () => {
    const { columns, bad } = sample(2000, 'shrink');
    const sizes = [0, 1, 10, 100, 1000].map((l2) => Math.abs(fit(columns, bad, { l2 }).coefficients[0]!.estimate));
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
    const [cold, warm] = [fit(columns, bad), fit(columns, bad, { start: [3, -2, 2] })];
    expect(warm.coefficients[0]!.estimate).toBeCloseTo(cold.coefficients[0]!.estimate, 8);
  });

  it('is invariant: a column with the other sign gives the other coefficient', () => {
    const { columns, bad, woe } = sample(2000, 'sign');
    const turned = woeColumn(
      'a',
      columns[0]!.bins,
      woe.map((x) => -x),
    );
    const [plain, other] = [fit(columns, bad), fit([turned, columns[1]!], bad)];
    expect(other.coefficients[0]!.estimate).toBeCloseTo(-plain.coefficients[0]!.estimate, 8);
    expect(other.coefficients[1]!.estimate).toBeCloseTo(plain.coefficients[1]!.estimate, 8);
    expect(other.logLikelihood).toBeCloseTo(plain.logLikelihood, 6);
  });
});

describe('samples that have no fit', () => {
  const bins = Uint8Array.from({ length: 100 }, (_, i) => i % 4);
  const bad = Uint8Array.from(bins, (bin) => (bin >= 2 ? 1 : 0));

  it('separable: says so and what to do; a penalty makes it finite', () => {
    const columns = [woeColumn('x', bins, [-2, -1, 1, 2])];
    const got = fitLogistic(columns, bad);
    expect(got).toMatchObject({ left: { _tag: 'Separable', message: expect.stringContaining('l2') } });
    expect(fit(columns, bad, { l2: 1 }).coefficients[0]!.estimate).toBeGreaterThan(0);
  });

  it('nearly separable: one bin without bads, whose weight of evidence can run away', () => {
    // Bin 0 is all good and has a column of its own, so its coefficient has no maximum.
    const other = Uint8Array.from(bins, (bin, i) => (bin === 0 ? 0 : Math.floor(i / 4) % 2));
    const columns = [woeColumn('runs away', bins, [1, 0, 0, 0])];
    expect(fitLogistic(columns, other)).toMatchObject({ left: { _tag: 'Separable' } });
  });

  it('collinear and constant: names the characteristic', () => {
    const outcome = Uint8Array.from(bins, (_, i) => Math.floor(i / 4) % 2);
    const x = woeColumn('x', bins, [0, 1, 3, 4]);
    const twice = woeColumn('twice', bins, [1, 3, 7, 9]);
    const constant = woeColumn('constant', bins, [0.5, 0.5, 0.5, 0.5]);
    expect(fitLogistic([x, twice], outcome)).toMatchObject({ left: { _tag: 'Collinear', characteristic: 'twice' } });
    expect(fitLogistic([constant, x], outcome)).toMatchObject({ left: { _tag: 'Collinear', characteristic: 'constant' } });
    expect(E.isRight(fitLogistic([x, twice], outcome, { l2: 1 }))).toBe(true);
  });

  it('one iteration is not enough, and says so', () => {
    const { columns, bad: outcome } = sample(500, 'few');
    expect(fitLogistic(columns, outcome, { maxIterations: 1 })).toMatchObject({ left: { _tag: 'NotConverged' } });
  });

  it('refuses calls that are a bug', () => {
    expect(() => fitLogistic([woeColumn('x', bins, [0])], bad, { l2: -1 })).toThrow(RangeError);
    expect(() => fitLogistic([woeColumn('x', bins, [0])], Uint8Array.of(1))).toThrow(RangeError);
  });
});

describe('correlation', () => {
  it("is Pearson's, over several blocks", () => {
    const { columns, woe } = sample(5000, 'correlation');
    const mixed = woeColumn(
      'mixed',
      columns[0]!.bins.map((bin, i) => (i % 3 === 0 ? columns[1]!.bins[i]! : bin)),
      woe,
    );
    const all = [...columns, mixed, woeColumn('constant', columns[0]!.bins, [1, 1, 1, 1, 1])];
    const got = atOnce(correlationSteps(all));
    const naive = (a: WoeColumn, b: WoeColumn): number => {
      const [x, y] = [a, b].map(({ bins, woe: w }) => Array.from(bins, (bin) => w[bin]!)) as [number[], number[]];
      const mean = (list: number[]) => list.reduce((sum, v) => sum + v, 0) / list.length;
      const [mx, my] = [mean(x), mean(y)];
      const cov = (u: number[], v: number[], mu: number, mv: number) =>
        u.reduce((sum, one, i) => sum + (one - mu) * (v[i]! - mv), 0);
      return cov(x, y, mx, my) / Math.sqrt(cov(x, x, mx, mx) * cov(y, y, my, my));
    };
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) expect(got[i * 4 + j]).toBeCloseTo(naive(all[i]!, all[j]!), 9);
    expect([got[3], got[7], got[11], got[15]].map((x) => Number(x!.toFixed(6)))).toEqual([0, 0, 0, 1]);
  });
});
