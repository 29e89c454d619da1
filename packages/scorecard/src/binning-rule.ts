import type { Binning, ClosedSide, Special } from './binning.ts';
import type { Trend } from './optimal.ts';

/** What every rule that looks at the data says about the bins' edges and about values that are no quantities. */
interface Edges {
  readonly closed: ClosedSide;
  /** For a numeric characteristic. */
  readonly specials: readonly Special<number>[];
  /** For a categorical one. */
  readonly specialLevels: readonly Special<string>[];
  readonly unseen: 'missing' | 'noScore';
}

/** Bins of about equal size; a categorical characteristic gets a bin for each level. */
export interface QuantileRule extends Edges {
  readonly method: 'quantile';
  readonly bins: number;
}

/** The greatest information value under a trend and minimum sizes; levels are ordered by their bad rate first, and then need no trend. */
export interface OptimalRule extends Edges {
  readonly method: 'optimal';
  readonly trend: Trend;
  readonly maxBins: number;
  /** Of all rows, special and missing ones included: no regular bin is smaller. */
  readonly minShare: number;
  readonly minGood: number;
  readonly minBad: number;
  /** Fine quantile bins that the search starts from; the result is the optimum over their mergings. */
  readonly prebins: number;
}

/** Bins that somebody drew up. */
export interface ManualRule {
  readonly method: 'manual';
  readonly binning: Binning;
}

/** How bins are made: by quantiles, optimally, or as the caller says. */
export type BinningRule = QuantileRule | OptimalRule | ManualRule;

const EDGES: Edges = { closed: 'left', specials: [], specialLevels: [], unseen: 'noScore' };

/** Monotone, at most 8 bins of 5 % or more with a good and a bad each, over 100 pre-bins; [a, b); a level never seen gives no score. */
export const OPTIMAL: OptimalRule = {
  ...EDGES,
  method: 'optimal',
  trend: 'monotone',
  maxBins: 8,
  minShare: 0.05,
  minGood: 1,
  minBad: 1,
  prebins: 100,
};

/** Ten bins of about equal size; [a, b); a level never seen gives no score. */
export const QUANTILE: QuantileRule = { ...EDGES, method: 'quantile', bins: 10 };

/** Manual numeric breaks, closed on the left unless said otherwise. */
export const manualBreaks = (
  breaks: readonly number[],
  { closed = 'left', specials = [] }: { readonly closed?: ClosedSide; readonly specials?: readonly Special<number>[] } = {},
): ManualRule => ({ method: 'manual', binning: { kind: 'numeric', breaks, closed, specials } });

/** Manual groups of levels; a level in none of them gives no score unless said otherwise. */
export const manualGroups = (
  groups: readonly (readonly string[])[],
  {
    unseen = 'noScore',
    specials = [],
  }: { readonly unseen?: 'missing' | 'noScore'; readonly specials?: readonly Special<string>[] } = {},
): ManualRule => ({ method: 'manual', binning: { kind: 'categorical', groups, unseen, specials } });
