import { record } from '@vouchsafe/core';
import * as t from 'io-ts';
import { Positive } from './finite.ts';

/**
 * What becomes of a bin with goods or bads only, whose weight of evidence would be infinite. Totals are taken after the change, so that shares add up to 1.
 * - `replace`: a count of zero in a bin that has rows becomes `by` (R's `scorecard` takes 0.99).
 * - `add`: `by` is added to both counts of every bin that has rows (often 0.5).
 * - `refuse`: an error names the bin.
 * A bin without any row is not touched by this rule, see {@link Conventions.emptyBin}.
 */
export type ZeroCells =
  | { readonly rule: 'replace'; readonly by: number }
  | { readonly rule: 'add'; readonly by: number }
  | { readonly rule: 'refuse' };

/** The conventions on which published figures differ. They are written into every model, so that nobody has to guess. */
export interface Conventions {
  /** The sign of the weight of evidence: the logarithm of good share over bad share, or of bad share over good share. */
  readonly woe: 'ln(good/bad)' | 'ln(bad/good)';
  readonly zeroCells: ZeroCells;
  /** A bin without any row when the model was fitted: it has no evidence either way (WOE 0), or whoever falls into it gets no score. */
  readonly emptyBin: 'neutral' | 'noScore';
}

export const ZeroCells: t.Type<ZeroCells, unknown, unknown> = t.union(
  [
    record<Extract<ZeroCells, { rule: 'replace' }>>('replace', { rule: t.literal('replace'), by: Positive }, {}),
    record<Extract<ZeroCells, { rule: 'add' }>>('add', { rule: t.literal('add'), by: Positive }, {}),
    record<Extract<ZeroCells, { rule: 'refuse' }>>('refuse', { rule: t.literal('refuse') }, {}),
  ],
  'zero-cell rule',
);

export const Conventions: t.Type<Conventions, unknown, unknown> = record<Conventions>(
  'Conventions',
  {
    woe: t.keyof({ 'ln(good/bad)': null, 'ln(bad/good)': null }),
    zeroCells: ZeroCells,
    emptyBin: t.keyof({ neutral: null, noScore: null }),
  },
  {},
);

/** WOE = ln(good share / bad share), so that more is better; zero counts become 0.5; a bin never seen gives no score. */
export const CONVENTIONS: Conventions = {
  woe: 'ln(good/bad)',
  zeroCells: { rule: 'replace', by: 0.5 },
  emptyBin: 'noScore',
};
