import type { Catalogue } from '@vouchsafe/core';
import { plusMinus, priceOf } from '@vouchsafe/privacy';
import type { TableRow } from '../report.ts';
import { EPSILONS, HOLDERS, noiseOfTotal, quantile, quantileInterval } from './noise.ts';
import { right } from './right.ts';

/** Of a cohort of so many people, each known to one holder. */
const COHORT = 10_000;
/** What is asked: how many, and how much they owe. Amounts count in hundreds, up to 200,000 each. */
const CATALOGUE: Catalogue = {
  cohortCap: COHORT,
  columns: [{ kind: 'amount', name: 'outstanding', unit: 100, max: 2000 }],
};
const COLUMNS = ['present', 'outstanding'] as const;
/** A typical person owes this, in units: the error of the sum is told relative to it. */
const MEAN_UNITS = 200;
const TRUTH: Readonly<Record<string, number>> = { present: COHORT, outstanding: COHORT * MEAN_UNITS };

/**
 * The error of an `aggregate` of two columns against ε: 95 % of answers are nearer to the truth than this, by theory (what the answer states as ±) and by draws of the real
 * sampler, with the interval that so many draws leave.
 */
export const measureTotals = (draws: number): readonly TableRow[] =>
  EPSILONS.flatMap(({ value, exact }) => {
    const price = right(priceOf({ epsilon: exact, catalogue: CATALOGUE, columns: COLUMNS }));
    return price.columns.map(({ column, slots }) => {
      const { scale } = slots[0]!;
      const theory = plusMinus({ scale, holders: HOLDERS });
      const errors = Array.from({ length: draws }, () => Math.abs(noiseOfTotal(scale))).sort((a, b) => a - b);
      const measured = quantileInterval(errors, theory.confidence);
      const share = (units: number): number => units / TRUTH[column]!;
      return {
        epsilon: value,
        column,
        truth: TRUTH[column]!,
        draws,
        theory: share(theory.halfWidth),
        measured: share(quantile(errors, theory.confidence)),
        low: share(measured.low),
        high: share(measured.high),
        within: errors.filter((error) => error <= theory.halfWidth).length / draws,
      };
    });
  });
