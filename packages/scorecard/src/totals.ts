import { PRESENT } from '@vouchsafe/core';
import { categoricalColumn, type DataColumn, type DataTable, numericColumn } from './data.ts';
import type { Scorecard } from './scorecard.ts';

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

/** The name of the column that counts the lenders who know a subject. */
export const PRESENCE: string = PRESENT;

/** Separates a bucket column from one of its buckets in the name of a characteristic; no column of a catalogue has it in its name. */
const OF = ':';

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
    for (const { bucket, total: lenders } of total.buckets) values.set(`${total.column}${OF}${bucket}`, lenders);
  }
  return values;
};

/** The columns that a `signal` has to be asked for so that the model can score: the one that counts lenders first, then the model's in its order. */
export const signalColumns = ({
  presence,
  characteristics,
}: Pick<Scorecard, 'presence' | 'characteristics'>): readonly string[] => [
  ...new Set([...(presence === null ? [] : [presence]), ...characteristics.map(({ name }) => name.split(OF)[0]!)]),
];

/** A sample's totals as characteristics, to fit a model on. */
export interface SignalTable {
  readonly table: DataTable;
  /** For each row of the table the subject's place in the sample, from 0: subjects whom no lender knows are left out. */
  readonly rows: Uint32Array;
}

/**
 * Puts the totals of many subjects, all asked for the same columns, into one table: what {@link subjectValues} says of each, a characteristic a column. A
 * model for `score` is fitted on these, since totals of this kind are what it will be applied to.
 * @param sample one `signal` a subject; `present` must be among its columns, as it always is
 * @throws RangeError for subjects that were asked for different columns
 */
export const signalTable = (sample: readonly (readonly SubjectTotal[])[]): SignalTable => {
  const values = sample.map(subjectValues);
  const asked = (totals: readonly SubjectTotal[] | undefined): string =>
    (totals ?? []).map(({ kind, column }) => `${kind} ${column}`).join();
  if (sample.some((totals) => asked(totals) !== asked(sample[0])))
    throw new RangeError('every subject of a sample is asked for the same columns in the same order');
  const rows = Uint32Array.from(values.keys()).filter((row) => Number(values[row]!.get(PRESENCE)) >= 1);
  const columnOf = (name: string, kind: 'numeric' | 'categorical'): DataColumn => {
    const own = Array.from(rows, (row) => values[row]!.get(name) ?? null);
    return kind === 'categorical' ? categoricalColumn(own as (string | null)[]) : numericColumn(own as (number | null)[]);
  };
  const table = new Map<string, DataColumn>();
  for (const total of sample[0] ?? []) {
    table.set(total.column, columnOf(total.column, total.kind === 'bucket' ? 'categorical' : 'numeric'));
    for (const { bucket } of total.kind === 'bucket' ? total.buckets : []) {
      const name = `${total.column}${OF}${bucket}`;
      table.set(name, columnOf(name, 'numeric'));
    }
  }
  return { table, rows };
};
