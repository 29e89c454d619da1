import { E, type Either } from '@vouchsafe/core';
import { cholesky, inverseDiagonal, solve } from './cholesky.ts';
import type { Outcome } from './data.ts';
import { BLOCK, dot, gather, type WoeColumn } from './design.ts';
import type { LogisticError } from './errors.ts';
import { twoSided } from './normal.ts';
import { atOnce, type Steps } from './turns.ts';

/** How the regression is computed. */
export interface LogisticOptions {
  /**
   * λ of the ridge penalty λ/2 · Σ β², the intercept not penalised, on the log-likelihood of all rows together (so that it weighs less in a larger sample);
   * 0 by default.
   */
  readonly l2?: number | undefined;
  /** 25 by default. */
  readonly maxIterations?: number | undefined;
  /** Where to start, intercept first; by default the sample's log odds and zeros. */
  readonly start?: readonly number[] | undefined;
}

/** ln(Pr[bad] / Pr[good]) = intercept + Σ coefficient · WOE. */
export interface LogisticFit {
  readonly intercept: Coefficient;
  readonly coefficients: readonly Coefficient[];
  readonly iterations: number;
  /** Of the data, without the penalty. */
  readonly logLikelihood: number;
}

/** A fitted coefficient with its standard error and test. */
export interface Coefficient {
  readonly estimate: number;
  /** From the inverse of the (penalised) information matrix; with a penalty a guide, no exact inference. */
  readonly standardError: number;
  /** Two-sided Wald test of 0. */
  readonly pValue: number;
}

/** Coefficients stand still when none moves by more than this (relative to the largest). */
const TOLERANCE = 1e-9;
const MAX_HALVINGS = 12;

/**
 * Maximum likelihood logistic regression by iteratively reweighted least squares (Newton's method, McCullagh and Nelder 1989 §2.5), a step is halved where it would
 * go uphill.
 * @param columns one or more of n rows; `NO_BIN` counts as weight 0
 * @returns coefficients, or `Separable` (no maximum: add a penalty or merge bins), `Collinear`, `NotConverged`
 * @throws RangeError for a negative penalty or columns of unequal length
 */
export const fitLogistic = (
  columns: readonly WoeColumn[],
  bad: Outcome,
  options: LogisticOptions = {},
): Either<LogisticError, LogisticFit> => atOnce(logisticSteps(columns, bad, options));

export function* logisticSteps(
  columns: readonly WoeColumn[],
  bad: Outcome,
  { l2 = 0, maxIterations = 25, start }: LogisticOptions = {},
): Steps<Either<LogisticError, LogisticFit>> {
  if (!(l2 >= 0 && l2 < Number.POSITIVE_INFINITY)) throw new RangeError('l2 is a finite number from 0');
  if (columns.some(({ bins }) => bins.length !== bad.length)) throw new RangeError('columns and outcome need equally many rows');
  const size = columns.length + 1;
  let beta = Float64Array.from(start ?? startOf(bad, size));
  let now = yield* pass(columns, bad, beta, l2);
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const factor = cholesky(now.information, size);
    if (typeof factor === 'number') return E.left(singular(columns, factor, now.farthest));
    const step = solve(factor, now.gradient);
    const still = largest(step) <= TOLERANCE * (1 + largest(beta));
    if (still) return E.right(fitOf(beta, factor, { iterations: iteration, logLikelihood: now.logLikelihood }));
    for (let halving = 0; ; halving++) {
      const next = beta.map((value, j) => value + step[j]! / 2 ** halving);
      const after = yield* pass(columns, bad, next, l2);
      // A step that is not finite compares as false and is halved too. Rounding in a sum of n terms is no step uphill.
      if (after.objective <= now.objective + 1e-12 * Math.abs(now.objective)) {
        [beta, now] = [next, after];
        break;
      }
      if (halving === MAX_HALVINGS) return E.left(notConverged);
    }
  }
  return E.left(now.farthest > SEPARATED && l2 === 0 ? separable : notConverged);
}

const startOf = (bad: Outcome, size: number): Float64Array => {
  const bads = bad.reduce((sum, value) => sum + value, 0);
  const beta = new Float64Array(size);
  beta[0] = Math.log(bads / (bad.length - bads));
  return beta;
};

const largest = (values: Float64Array): number => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);

/** What one pass over the rows gives at some coefficients. */
interface Pass {
  /** Minus the penalised log-likelihood. */
  readonly objective: number;
  readonly logLikelihood: number;
  readonly gradient: Float64Array;
  /** size × size, the lower half. */
  readonly information: Float64Array;
  /** The largest log odds in size. */
  readonly farthest: number;
}

function* pass(columns: readonly WoeColumn[], bad: Outcome, beta: Float64Array, l2: number): Steps<Pass> {
  const size = beta.length;
  const rows = bad.length;
  const x = new Float64Array(columns.length * BLOCK);
  const [eta, weight, residual, weighted] = [0, 1, 2, 3].map(() => new Float64Array(BLOCK)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const gradient = new Float64Array(size);
  const information = new Float64Array(size * size);
  let [logLikelihood, farthest] = [0, 0];
  for (let from = 0; from < rows; from += BLOCK) {
    const count = Math.min(BLOCK, rows - from);
    gather(columns, from, count, x);
    eta.fill(beta[0]!);
    for (let j = 1; j < size; j++) {
      const [b, at] = [beta[j]!, (j - 1) * BLOCK];
      for (let i = 0; i < count; i++) eta[i]! += b * x[at + i]!;
    }
    let [residuals, weights, likelihood] = [0, 0, 0];
    for (let i = 0; i < count; i++) {
      const odds = Math.exp(-Math.abs(eta[i]!));
      const p = eta[i]! < 0 ? odds / (1 + odds) : 1 / (1 + odds);
      const y = bad[from + i]!;
      weight[i] = odds / (1 + odds) / (1 + odds);
      residual[i] = y - p;
      // ln p or ln(1 − p), without cancellation.
      const signed = y === 1 ? eta[i]! : -eta[i]!;
      likelihood -= (signed < 0 ? -signed : 0) + Math.log1p(odds);
      residuals += residual[i]!;
      weights += weight[i]!;
      farthest = Math.max(farthest, Math.abs(eta[i]!));
    }
    logLikelihood += likelihood;
    gradient[0]! += residuals;
    information[0]! += weights;
    for (let j = 1; j < size; j++) {
      const at = (j - 1) * BLOCK;
      let first = 0;
      for (let i = 0; i < BLOCK; i++) {
        weighted[i] = weight[i]! * x[at + i]!;
        first += weighted[i]!;
      }
      gradient[j]! += dot(residual, 0, x, at);
      information[j * size]! += first;
      for (let k = 1; k <= j; k++) information[j * size + k]! += dot(weighted, 0, x, (k - 1) * BLOCK);
    }
    yield { done: from + count, total: rows };
  }
  let penalty = 0;
  for (let j = 1; j < size; j++) {
    penalty += (l2 / 2) * beta[j]! * beta[j]!;
    gradient[j]! -= l2 * beta[j]!;
    information[j * size + j]! += l2;
  }
  return { objective: penalty - logLikelihood, logLikelihood, gradient, information, farthest };
}

const fitOf = (
  beta: Float64Array,
  factor: Float64Array,
  rest: { readonly iterations: number; readonly logLikelihood: number },
): LogisticFit => {
  const variances = inverseDiagonal(factor, beta.length);
  const [intercept, ...coefficients] = Array.from(beta, (estimate, j): Coefficient => {
    const standardError = Math.sqrt(variances[j]!);
    return { estimate, standardError, pValue: twoSided(estimate / standardError) };
  });
  return { intercept: intercept!, coefficients, ...rest };
};

/** Log odds beyond this are a probability within 10^−6 of 0 or 1: no honest scorecard gives them, a separable sample does. */
const SEPARATED = 14;

const separable: LogisticError = {
  _tag: 'Separable',
  message:
    'the characteristics tell goods and bads apart without error, so the coefficients grow without end; set l2 above 0, merge bins, or leave out a characteristic that knows the outcome',
};

const notConverged: LogisticError = {
  _tag: 'NotConverged',
  message: 'the coefficients still move after the last iteration; raise maxIterations or set l2 above 0',
};

const singular = (columns: readonly WoeColumn[], row: number, farthest: number): LogisticError => {
  if (farthest > SEPARATED || row === 0) return separable;
  const characteristic = columns[row - 1]!.name;
  return {
    _tag: 'Collinear',
    characteristic,
    message: `${characteristic} is constant or a combination of the characteristics before it; leave it out, or set l2 above 0`,
  };
};
