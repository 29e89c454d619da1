import { PRESENT } from '@vouchsafe/core';

/**
 * One column of what a `signal` answers about one subject: a total over all lenders, or how many lenders stand in each bucket. The querier's `ColumnTotal` is of
 * this shape.
 */
export type SubjectTotal =
  | { readonly kind: 'count' | 'flag' | 'amount'; readonly column: string; readonly total: number }
  | {
      readonly kind: 'bucket';
      readonly column: string;
      readonly buckets: readonly { readonly bucket: string; readonly total: number }[];
    };

/** What is known of one subject: a number or a level a characteristic, `null` for a value that is absent. */
export type SubjectValues = ReadonlyMap<string, number | string | null>;

/**
 * The characteristics of a subject from its `signal` totals:
 * - a count, flag or amount: the total, in the column's own unit;
 * - a bucket column: under its own name the last bucket that a lender put the subject in (catalogues list buckets from best to worst), `null` if none did; and under
 *   `column:bucket` how many lenders did.
 *
 * A total of 0 is a value. Where nobody knows the subject (`present` is 0) no total says anything, and the score says so.
 */
export const subjectValues = (totals: readonly SubjectTotal[]): SubjectValues => {
  const values = new Map<string, number | string | null>();
  for (const total of totals) {
    if (total.kind !== 'bucket') {
      values.set(total.column, total.total);
      continue;
    }
    const filled = total.buckets.filter(({ total: lenders }) => lenders > 0);
    values.set(total.column, filled[filled.length - 1]?.bucket ?? null);
    for (const { bucket, total: lenders } of total.buckets) values.set(`${total.column}:${bucket}`, lenders);
  }
  return values;
};

/** The name of the column that counts the lenders who know a subject. */
export const PRESENCE: string = PRESENT;
