import { E } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ranking, rankCurve, rankingOf } from './ranking.ts';

const ranked = (scores: readonly number[], bad: readonly number[]): Ranking => {
  const got = rankingOf(Float64Array.from(scores), Uint8Array.from(bad));
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right;
};

const samples = fc
  .array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 1 })), { minLength: 2, maxLength: 60 })
  .filter((rows) => rows.some(([, b]) => b === 0) && rows.some(([, b]) => b === 1))
  .map((rows) => ({ scores: rows.map(([s]) => s), bad: rows.map(([, b]) => b) }));

describe('AUC, Gini and KS', () => {
  it('count pairs as the definition says, ties half; KS is the largest distance', () => {
    fc.assert(
      fc.property(samples, ({ scores, bad }) => {
        const goods = scores.filter((_, i) => bad[i] === 0);
        const bads = scores.filter((_, i) => bad[i] === 1);
        const pairs = goods.flatMap((g) => bads.map((b): number => (g > b ? 1 : g === b ? 0.5 : 0)));
        const auc = pairs.reduce((sum, one) => sum + one, 0) / pairs.length;
        const share = (list: readonly number[], s: number) => list.filter((one) => one <= s).length / list.length;
        const ks = Math.max(...scores.map((s) => Math.abs(share(goods, s) - share(bads, s))));
        const got = ranked(scores, bad);
        expect(got.auc).toBeCloseTo(auc, 12);
        expect(got.gini).toBeCloseTo(2 * auc - 1, 12);
        expect(got.ks).toBeCloseTo(ks, 12);
        expect(Math.abs(share(goods, got.ksAt) - share(bads, got.ksAt))).toBeCloseTo(ks, 12);
      }),
    );
  });

  it('only order matters; turning it round turns AUC round; swapping classes too', () => {
    fc.assert(
      fc.property(samples, ({ scores, bad }) => {
        const { auc, ks } = ranked(scores, bad);
        expect(
          ranked(
            scores.map((s) => Math.exp(s / 3) - 7),
            bad,
          ),
        ).toMatchObject({ auc, ks });
        expect(
          ranked(
            scores.map((s) => -s),
            bad,
          ).auc,
        ).toBeCloseTo(1 - auc, 12);
        expect(
          ranked(
            scores,
            bad.map((b) => 1 - b),
          ).auc,
        ).toBeCloseTo(1 - auc, 12);
      }),
    );
  });

  it('knows the ends: perfect, upside down, constant', () => {
    expect(ranked([1, 2, 3, 4], [1, 1, 0, 0])).toMatchObject({ auc: 1, gini: 1, ks: 1, ksAt: 2 });
    expect(ranked([4, 3, 2, 1], [1, 1, 0, 0])).toMatchObject({ auc: 0, gini: -1, ks: 1 });
    // Half of the bads lie below and none of the goods, twice: the lower score counts.
    expect(ranked([1, 2, 3, 4], [1, 0, 1, 0])).toMatchObject({ ks: 0.5, ksAt: 1 });
    expect(ranked([5, 5, 5], [1, 0, 0])).toMatchObject({ auc: 0.5, gini: 0, ks: 0 });
  });

  it('leaves out rows without a score and says how many; refuses one class and unequal lengths', () => {
    expect(ranked([1, Number.NaN, 3, Number.NaN], [1, 1, 0, 0])).toMatchObject({ auc: 1, good: 1, bad: 1, withoutScore: 2 });
    const none = (scores: readonly number[], bad: readonly number[]) =>
      rankingOf(Float64Array.from(scores), Uint8Array.from(bad));
    expect(none([1, 2], [1, 1])).toMatchObject({ left: { _tag: 'OneClass' } });
    expect(none([Number.NaN, 2], [1, 0])).toMatchObject({ left: { _tag: 'OneClass' } });
    expect(none([], [])).toMatchObject({ left: { _tag: 'BadData' } });
    expect(none([1], [1, 0])).toMatchObject({ left: { _tag: 'BadData' } });
  });
});

describe('the cumulative curves', () => {
  it('rise to one, hold the KS distance when no point is left out, and are thinned to a limit', () => {
    fc.assert(
      fc.property(samples, ({ scores, bad }) => {
        const curve = rankCurve(Float64Array.from(scores), Uint8Array.from(bad), 1000);
        if (E.isLeft(curve)) throw new Error(curve.left.message);
        const points = curve.right;
        expect(points[points.length - 1]).toMatchObject({ good: 1, bad: 1, score: Math.max(...scores) });
        const widest = Math.max(...points.map(({ good, bad: b }) => Math.abs(b - good)));
        expect(widest).toBeCloseTo(ranked(scores, bad).ks, 12);
      }),
    );
    const many = Float64Array.from({ length: 10_000 }, (_, i) => i);
    const thin = rankCurve(
      many,
      Uint8Array.from(many, (i) => i % 2),
      50,
    );
    expect(E.isRight(thin) && thin.right.length).toBeLessThanOrEqual(52);
  });
});
