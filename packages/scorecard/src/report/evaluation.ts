import { E, type Either } from '@vouchsafe/core';
import { type Calibration, calibrationOf } from '../calibration.ts';
import type { Outcome } from '../data.ts';
import type { BadData, OneClass } from '../errors.ts';
import { type Ranking, type RankPoint, rankCurve, rankingOf } from '../ranking.ts';
import { probabilitiesOfBad } from '../scaling.ts';
import type { Scorecard } from '../scorecard.ts';

/** Shares of goods and of bads with a score in [from, to); the last bar holds its upper end too. */
export interface ScoreBar {
  readonly from: number;
  readonly to: number;
  readonly good: number;
  readonly bad: number;
}

/** What a report shows about scores whose outcome is known. */
export interface Evaluation {
  readonly ranking: Ranking;
  readonly curve: readonly RankPoint[];
  readonly calibration: Calibration;
  readonly distribution: readonly ScoreBar[];
}

/**
 * Measures a scorecard on rows whose outcome is known: ranking, cumulative curves, calibration, distribution of scores.
 * @param scores as `scoreTable` gives them; `NaN`: no score
 * @param bars how many bars the distribution has
 */
export const evaluateScores = ({
  scorecard,
  scores,
  bad,
  bars = 30,
}: {
  readonly scorecard: Scorecard;
  readonly scores: Float64Array;
  readonly bad: Outcome;
  readonly bars?: number | undefined;
}): Either<BadData | OneClass, Evaluation> => {
  const ranking = rankingOf(scores, bad);
  if (E.isLeft(ranking)) return ranking;
  const curve = rankCurve(scores, bad);
  if (E.isLeft(curve)) return curve;
  const calibration = calibrationOf({ probability: probabilitiesOfBad(scorecard.scaling, scores), bad });
  if (E.isLeft(calibration)) return calibration;
  const distribution = distributionOf(scores, bad, bars, ranking.right);
  return E.right({ ranking: ranking.right, curve: curve.right, calibration: calibration.right, distribution });
};

const distributionOf = (scores: Float64Array, bad: Outcome, bars: number, totals: Ranking): readonly ScoreBar[] => {
  const scored = scores.filter((score) => !Number.isNaN(score));
  const [low, high] = scored.reduce(([a, b], score) => [Math.min(a, score), Math.max(b, score)], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as readonly [number, number]);
  const width = high > low ? (high - low) / bars : 1;
  const counts = [new Float64Array(bars), new Float64Array(bars)] as const;
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) continue;
    const at = Math.min(bars - 1, Math.floor((scores[i]! - low) / width));
    counts[bad[i] === 1 ? 1 : 0][at]! += 1;
  }
  return Array.from({ length: bars }, (_, i) => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    good: counts[0][i]! / totals.good,
    bad: counts[1][i]! / totals.bad,
  }));
};
