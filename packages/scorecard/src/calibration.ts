import { E, type Either } from '@vouchsafe/core';
import type { Outcome } from './data.ts';
import type { BadData } from './errors.ts';
import { normalHalfWidth } from './normal.ts';
import { quantileBreaks } from './quantile.ts';

/** Rows of about the same predicted probability. */
export interface CalibrationGroup {
  readonly rows: number;
  /** Mean predicted probability of being bad. */
  readonly predicted: number;
  /** The share that was bad, with Wilson's interval (1927) for the probability behind it. */
  readonly observed: number;
  readonly low: number;
  readonly high: number;
}

/** Do predicted probabilities come true? */
export interface Calibration {
  readonly groups: readonly CalibrationGroup[];
  readonly confidence: number;
  /** Mean squared difference between probability and outcome. */
  readonly brier: number;
  /** Mean over all rows of |predicted − observed| of their group (expected calibration error). */
  readonly meanGap: number;
  readonly withoutScore: number;
}

/**
 * Compares predicted probabilities of being bad with what happened, in groups of about equal size.
 * @param probability one a row in [0, 1]; `NaN`: no score, left out and counted
 */
export const calibrationOf = ({
  probability,
  bad,
  groups = 10,
  confidence = 0.95,
}: {
  readonly probability: Float64Array;
  readonly bad: Outcome;
  readonly groups?: number | undefined;
  readonly confidence?: number | undefined;
}): Either<BadData, Calibration> => {
  const refuse = (message: string): Either<BadData, never> => E.left({ _tag: 'BadData', message });
  if (probability.length !== bad.length) return refuse('probabilities and outcome must have equally many rows');
  if (probability.some((p) => p < 0 || p > 1)) return refuse('a probability lies between 0 and 1');
  const sorted = probability.filter((p) => !Number.isNaN(p)).sort();
  if (sorted.length === 0) return refuse('no row has a probability');
  const breaks = quantileBreaks(sorted, groups, 'left');
  const sums = [0, 1, 2].map(() => new Float64Array(breaks.length + 1)) as [Float64Array, Float64Array, Float64Array];
  const [rows, predicted, bads] = sums;
  let squares = 0;
  for (let i = 0; i < probability.length; i++) {
    const p = probability[i]!;
    if (Number.isNaN(p)) continue;
    let group = 0;
    while (group < breaks.length && p >= breaks[group]!) group++;
    rows[group]! += 1;
    predicted[group]! += p;
    bads[group]! += bad[i]!;
    squares += (p - bad[i]!) ** 2;
  }
  const z = normalHalfWidth(confidence);
  const out = Array.from(rows, (n, i) => ({
    rows: n,
    predicted: predicted[i]! / n,
    observed: bads[i]! / n,
    ...wilson(bads[i]!, n, z),
  }));
  return E.right({
    groups: out,
    confidence,
    brier: squares / sorted.length,
    meanGap: out.reduce((sum, group) => sum + group.rows * Math.abs(group.predicted - group.observed), 0) / sorted.length,
    withoutScore: probability.length - sorted.length,
  });
};

const wilson = (bads: number, n: number, z: number): { readonly low: number; readonly high: number } => {
  const p = bads / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
};
