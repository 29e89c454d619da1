import { E, type Either } from '@vouchsafe/core';
import { LEVEL } from './binning.ts';
import type { BadData, OneClass } from './errors.ts';

/** Numbers, one a row. `NaN` is a missing value; infinite values are refused. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly values: Float64Array;
}

/** One of a list of levels a row. */
export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly levels: readonly string[];
  /** Positions in `levels`; −1 is a missing value. */
  readonly codes: Int32Array;
}

/** One characteristic of all rows. */
export type DataColumn = NumericColumn | CategoricalColumn;

/** Characteristics by name, all of the same length. */
export type DataTable = ReadonlyMap<string, DataColumn>;

/** One a row: 1 for a bad, 0 for a good. */
export type Outcome = Uint8Array;

/** A categorical column has at most this many levels: more is an identifier, not a characteristic. */
export const MAX_LEVELS = 10_000;

/** Numbers as a column; `null`, `undefined` and `NaN` are missing. */
export const numericColumn = (values: readonly (number | null | undefined)[]): NumericColumn => ({
  kind: 'numeric',
  values: Float64Array.from(values, (value) => value ?? Number.NaN),
});

/** Texts as a column; `null` and `undefined` are missing. Levels are sorted by code unit, so that they do not depend on the order of the rows. */
export const categoricalColumn = (values: readonly (string | null | undefined)[]): CategoricalColumn => {
  const levels = [...new Set(values.filter((value) => value !== null && value !== undefined))].sort();
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  return {
    kind: 'categorical',
    levels,
    codes: Int32Array.from(values, (value) => (value === null || value === undefined ? -1 : codeOf.get(value)!)),
  };
};

/** How many rows a column has. */
export const rowsOf = (column: DataColumn): number => (column.kind === 'numeric' ? column.values.length : column.codes.length);

/** Some rows of a column, in the order of `rows`. */
export const selectRows = (column: DataColumn, rows: Uint32Array): DataColumn =>
  column.kind === 'numeric'
    ? { kind: 'numeric', values: Float64Array.from(rows, (row) => column.values[row]!) }
    : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) };

/** Refuses a column that cannot be binned: infinite values, codes that name no level, levels twice or too many. */
export const checkColumn = (characteristic: string, column: DataColumn): Either<BadData, DataColumn> => {
  const bad = (what: string): Either<BadData, never> =>
    E.left({ _tag: 'BadData', message: `${characteristic}: ${what}`, characteristic });
  if (column.kind === 'numeric') {
    for (let i = 0; i < column.values.length; i++)
      if (Math.abs(column.values[i]!) === Number.POSITIVE_INFINITY)
        return bad('has infinite values; make them missing (NaN) or a finite special value');
    return E.right(column);
  }
  const { levels, codes } = column;
  if (levels.length > MAX_LEVELS) return bad(`has more than ${MAX_LEVELS} levels; an identifier is no characteristic`);
  if (new Set(levels).size !== levels.length) return bad('names a level twice');
  if (!levels.every((level) => LEVEL.test(level)))
    return bad('has a level with control characters or of more than 500 characters');
  for (let i = 0; i < codes.length; i++)
    if (codes[i]! < -1 || codes[i]! >= levels.length) return bad('has a code that names no level (missing is −1)');
  return E.right(column);
};

/**
 * Checks an outcome against the number of rows.
 * @returns how many goods and bads there are
 */
export const checkOutcome = (
  bad: Outcome,
  rows: number,
): Either<BadData | OneClass, { readonly good: number; readonly bad: number }> => {
  if (bad.length !== rows)
    return E.left({ _tag: 'BadData', message: `the outcome has ${bad.length} rows, the characteristics have ${rows}` });
  let bads = 0;
  for (let i = 0; i < rows; i++) {
    if (bad[i]! > 1) return E.left({ _tag: 'BadData', message: 'an outcome is 0 (good) or 1 (bad)' });
    bads += bad[i]!;
  }
  if (rows === 0) return E.left({ _tag: 'BadData', message: 'there are no rows' });
  if (bads === 0 || bads === rows)
    return E.left({
      _tag: 'OneClass',
      message: `all ${rows} rows are ${bads === 0 ? 'good' : 'bad'}: widen the sample until both outcomes occur`,
    });
  return E.right({ good: rows - bads, bad: bads });
};
