import { record } from '@vouchsafe/core';
import * as t from 'io-ts';
import { Finite, Positive } from './finite.ts';

/**
 * How log odds become points: `basePoints` at `baseOdds`, and `pdo` more points each time the odds of being good double. More points are always better,
 * whichever way the base odds are written.
 */
export interface Scaling {
  readonly basePoints: number;
  readonly baseOdds: number;
  /** Which odds `baseOdds` are: 50 as `good/bad` is 0.02 as `bad/good`. */
  readonly odds: 'good/bad' | 'bad/good';
  /** Points to double the odds. */
  readonly pdo: number;
  /** `whole`: the base and every bin's points are rounded (halves up) when the model is made, so that a score is a sum of whole numbers. */
  readonly rounding: 'none' | 'whole';
  /** Where the points of the intercept stand: in the base, or in equal parts in every characteristic, the base being 0. */
  readonly intercept: 'base' | 'spread';
}

export const Scaling: t.Type<Scaling, unknown, unknown> = record<Scaling>(
  'Scaling',
  {
    basePoints: Finite,
    baseOdds: Positive,
    odds: t.keyof({ 'good/bad': null, 'bad/good': null }),
    pdo: Positive,
    rounding: t.keyof({ none: null, whole: null }),
    intercept: t.keyof({ base: null, spread: null }),
  },
  {},
);

/** 600 points at 50 goods to 1 bad, 20 points double the odds, whole points, the intercept in the base. */
export const SCALING: Scaling = {
  basePoints: 600,
  baseOdds: 50,
  odds: 'good/bad',
  pdo: 20,
  rounding: 'whole',
  intercept: 'base',
};

/** Points a unit of log odds: pdo / ln 2. */
export const pointsPerLogOdds = ({ pdo }: Scaling): number => pdo / Math.LN2;

const baseLogOdds = ({ baseOdds, odds }: Scaling): number => (odds === 'good/bad' ? Math.log(baseOdds) : -Math.log(baseOdds));

/** Points at a log odds of ln(Pr[bad] / Pr[good]). */
export const pointsAt = (scaling: Scaling, logOddsOfBad: number): number =>
  scaling.basePoints - pointsPerLogOdds(scaling) * (logOddsOfBad + baseLogOdds(scaling));

/** The probability of being bad that a score stands for; `NaN` for no score. With rounded points it is off by the rounding. */
export const probabilityOfBad = (scaling: Scaling, score: number): number => {
  const logOddsOfGood = (score - scaling.basePoints) / pointsPerLogOdds(scaling) + baseLogOdds(scaling);
  return 1 / (1 + Math.exp(logOddsOfGood));
};

/** {@link probabilityOfBad} for n scores. */
export const probabilitiesOfBad = (scaling: Scaling, scores: Float64Array): Float64Array =>
  scores.map((score) => probabilityOfBad(scaling, score));

/** The points as the scaling rounds them; negative zero becomes zero. */
export const roundPoints = ({ rounding }: Scaling, points: number): number =>
  (rounding === 'whole' ? Math.round(points) : points) + 0;
