import { E, type Either } from '@vouchsafe/core';
import { checkOutcome, type Outcome } from './data.ts';
import type { BadData, OneClass } from './errors.ts';

/** How well a score ranks goods above bads. */
export interface Ranking {
  /** Area under the ROC curve: Pr[a random good scores above a random bad], ties counted half. */
  readonly auc: number;
  /** 2 · AUC − 1 (accuracy ratio). */
  readonly gini: number;
  /** Kolmogorov–Smirnov: the largest distance between the shares of bads and of goods that score at most s. */
  readonly ks: number;
  /** The score s where that is; the lowest of several. */
  readonly ksAt: number;
  readonly good: number;
  readonly bad: number;
  /** Rows without a score, which are left out. */
  readonly withoutScore: number;
}

/** Shares of goods and bads that score at most `score`. */
export interface RankPoint {
  readonly score: number;
  readonly good: number;
  readonly bad: number;
}

interface Sides {
  readonly goods: Float64Array;
  readonly bads: Float64Array;
  readonly withoutScore: number;
}

/** Sorted scores of goods and of bads. */
const sidesOf = (scores: Float64Array, bad: Outcome): Either<BadData | OneClass, Sides> => {
  if (scores.length !== bad.length) return checkOutcome(bad, scores.length) as Either<BadData, never>;
  const [goods, bads] = [new Float64Array(scores.length), new Float64Array(scores.length)];
  let [g, b] = [0, 0];
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) continue;
    if (bad[i] === 1) bads[b++] = scores[i]!;
    else goods[g++] = scores[i]!;
  }
  const scored = new Uint8Array(g + b).fill(1, 0, b);
  const checked = checkOutcome(scored, scored.length);
  if (E.isLeft(checked)) return checked;
  return E.right({
    goods: goods.subarray(0, g).sort(),
    bads: bads.subarray(0, b).sort(),
    withoutScore: scores.length - g - b,
  });
};

/** Calls `each` for every distinct score from the lowest on: how many goods and bads score at most that, and how many exactly that. */
const walk = (
  { goods, bads }: Sides,
  each: (at: {
    readonly score: number;
    readonly good: number;
    readonly bad: number;
    readonly goodHere: number;
    readonly badHere: number;
  }) => void,
): void => {
  let [g, b] = [0, 0];
  while (g < goods.length || b < bads.length) {
    const score = Math.min(goods[g] ?? Number.POSITIVE_INFINITY, bads[b] ?? Number.POSITIVE_INFINITY);
    const [g0, b0] = [g, b];
    while (g < goods.length && goods[g] === score) g++;
    while (b < bads.length && bads[b] === score) b++;
    each({ score, good: g, bad: b, goodHere: g - g0, badHere: b - b0 });
  }
};

/**
 * AUC, Gini and KS of scores of which more is better.
 * @param scores one a row, finite; `NaN`: no score
 */
export const rankingOf = (scores: Float64Array, bad: Outcome): Either<BadData | OneClass, Ranking> => {
  const sides = sidesOf(scores, bad);
  if (E.isLeft(sides)) return sides;
  const { goods, bads, withoutScore } = sides.right;
  // Pairs of a good above a bad, ties half: a whole number of halves, exact up to 2^53.
  let [pairs, ks, ksAt] = [0, -1, 0];
  walk(sides.right, ({ score, good, bad: below, goodHere, badHere }) => {
    pairs += goodHere * (below - badHere / 2);
    const distance = Math.abs(below / bads.length - good / goods.length);
    if (distance > ks) [ks, ksAt] = [distance, score];
  });
  const auc = pairs / goods.length / bads.length;
  return E.right({ auc, gini: 2 * auc - 1, ks, ksAt, good: goods.length, bad: bads.length, withoutScore });
};

/**
 * The two cumulative distributions whose distance KS is, and whose parametric plot is the ROC curve.
 * @param limit about how many points: distinct scores are thinned out evenly by rows; the first and the last stay
 */
export const rankCurve = (scores: Float64Array, bad: Outcome, limit = 200): Either<BadData | OneClass, readonly RankPoint[]> => {
  const sides = sidesOf(scores, bad);
  if (E.isLeft(sides)) return sides;
  const { goods, bads } = sides.right;
  const rows = goods.length + bads.length;
  const points: RankPoint[] = [];
  let next = 0;
  walk(sides.right, ({ score, good, bad: below }) => {
    if (good + below < next && good + below < rows) return;
    points.push({ score, good: good / goods.length, bad: below / bads.length });
    next = good + below + rows / limit;
  });
  return E.right(points);
};
