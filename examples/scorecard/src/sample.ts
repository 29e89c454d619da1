import { basename } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { E, type Either } from '@vouchsafe/core';
import {
  categoricalColumn,
  type DataColumn,
  type DataTable,
  numericColumn,
  type Outcome,
  quoteIdentifier,
} from '@vouchsafe/scorecard';

/** Subjects with an outcome. */
export interface Sample {
  readonly title: string;
  readonly table: DataTable;
  readonly bad: Outcome;
}

export interface BadSample {
  readonly _tag: 'BadSample';
  readonly message: string;
}

/** Reads a CSV file: a column of numbers becomes numeric, any other categorical; empty cells are missing. */
export const readSample = async (
  file: string,
  { outcome, bad, exclude }: { readonly outcome: string; readonly bad: string; readonly exclude: readonly string[] },
): Promise<Either<BadSample, Sample>> => {
  const refuse = (message: string): Either<BadSample, never> => E.left({ _tag: 'BadSample', message });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const result = await connection.runAndReadAll('SELECT * FROM read_csv($file)', { file });
    const columns = result.getColumnsObject();
    const { [outcome]: typed, ...others } = columns;
    if (typed === undefined) return refuse(`the file has no column "${outcome}"; it has ${Object.keys(columns).join(', ')}`);
    // As it is written in the file: DuckDB would read yes and no as true and false.
    const types = `{'${outcome.replaceAll("'", "''")}': 'VARCHAR'}`;
    const raw = await connection.runAndReadAll(
      `SELECT ${quoteIdentifier(outcome)} AS outcome FROM read_csv($file, types = ${types})`,
      { file },
    );
    const outcomes = raw.getColumnsObject()['outcome']!;
    const names = Object.keys(others).filter((name) => !exclude.includes(name));
    const table = new Map(names.map((name) => [name, columnOf(others[name]!)] as const));
    return E.right({ title: basename(file), table, bad: Uint8Array.from(outcomes, (value) => (String(value) === bad ? 1 : 0)) });
  } catch {
    return refuse('the file cannot be read as CSV; check the path and that its first line names the columns');
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

const columnOf = (values: readonly unknown[]): DataColumn => {
  const numeric = values.every((value) => value === null || typeof value === 'number' || typeof value === 'bigint');
  return numeric
    ? numericColumn(values.map((value) => (value === null ? null : Number(value))))
    : categoricalColumn(values.map((value) => (value === null ? null : String(value))));
};
