import type { ClosedSide } from './binning.ts';

/**
 * Breaks that cut sorted values into `bins` bins of about equal size. Each break is a value of the data: with `left` closed the first of its bin, with `right` closed
 * the last. Equal values are never parted, so that there can be fewer bins; where there are no more than `bins` distinct values, each has its own.
 * @param sorted n finite values, ascending
 * @returns strictly ascending breaks; none for an empty or constant list
 * @throws RangeError for fewer than one bin
 */
export const quantileBreaks = (sorted: Float64Array, bins: number, closed: ClosedSide): readonly number[] => {
  if (!Number.isSafeInteger(bins) || bins < 1) throw new RangeError('the number of bins is a whole number from 1');
  const distinct = fewDistinct(sorted, bins);
  // + 0 makes a negative zero zero.
  if (distinct !== undefined) return (closed === 'left' ? distinct.slice(1) : distinct.slice(0, -1)).map((value) => value + 0);
  const n = sorted.length;
  const breaks: number[] = [];
  for (let j = 1; j < bins; j++) {
    const value = closed === 'left' ? sorted[Math.floor((j * n) / bins)]! : sorted[Math.ceil((j * n) / bins) - 1]!;
    const edge = closed === 'left' ? sorted[0]! : sorted[n - 1]!;
    if (value !== edge && value !== breaks[breaks.length - 1]) breaks.push(value + 0);
  }
  return breaks;
};

/** The distinct values, if there are at most `limit`. */
const fewDistinct = (sorted: Float64Array, limit: number): readonly number[] | undefined => {
  const values: number[] = [];
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    if (values.length === limit) return undefined;
    values.push(sorted[i]!);
  }
  return values;
};
