import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { E, type Either } from '@vouchsafe/core';
import type { IdentifierField } from '@vouchsafe/identity';
import { headerNames } from './csv-header.ts';
import { type Engine, literal, malformedFile, quoted } from './engine.ts';
import type { MalformedFile, UnreadableFile } from './errors.ts';

/** What a file of records can be: CSV (RFC 4180, UTF-8, header line), Parquet, or JSON lines. */
export type FileFormat = 'csv' | 'parquet' | 'jsonl';

/** A file of records. A bare path is one whose ending tells the format. */
export type DataFile = string | { readonly path: string; readonly format: FileFormat };

/** A file that is there and can be opened, by its absolute path. */
export interface LocatedFile {
  readonly path: string;
  readonly format: FileFormat;
}

const ENDINGS: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.csv(\.gz)?$/i, 'csv'],
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(jsonl|ndjson)(\.gz)?$/i, 'jsonl'],
];

/** Finds a file before DuckDB is asked to, so that a path is only ever a local file. */
export const locateFile = async (file: DataFile): Promise<Either<UnreadableFile, LocatedFile>> => {
  const given = typeof file === 'string' ? file : file.path;
  const bad = (message: string): Either<UnreadableFile, never> => E.left({ _tag: 'UnreadableFile', file: given, message });
  const format = typeof file === 'string' ? ENDINGS.find(([ending]) => ending.test(given))?.[1] : file.format;
  if (format === undefined) return bad(`the ending of "${given}" does not tell its format: state csv, parquet or jsonl`);
  const path = resolve(given);
  try {
    if (!(await stat(path)).isFile()) return bad(`"${given}" is not a file`);
    await access(path, constants.R_OK);
  } catch {
    return bad(`there is no file "${given}" that this process may read`);
  }
  return E.right({ path, format });
};

/** The path as a literal in which nothing is a pattern: `*`, `?` and `[` in a file's name stand for themselves. */
const exactly = (path: string): string => literal(path.replace(/[*?[]/g, (character) => `[${character}]`));

/** Identifiers are never guessed to be numbers or dates: leading zeros would be lost. */
const IDENTIFYING: readonly IdentifierField[] = ['national_id', 'phone', 'name'];

/** A table function over the file, with the types that the file has, or that DuckDB finds in a CSV file where no digit is lost by it. */
export const typedReader = async (engine: Engine, file: LocatedFile): Promise<string> => {
  const path = exactly(file.path);
  if (file.format === 'parquet') return `read_parquet(${path})`;
  if (file.format === 'jsonl') return `read_ndjson(${path}, sample_size = -1)`;
  const reader = (types: string): string => `read_csv(${path}, header = true, comment = '', sample_size = -1${types})`;
  const found = await engine.describe(`SELECT * FROM ${reader('')}`);
  const numbers = [...found].filter(([name, type]) => NUMBERS.test(type) && !isIdentifying(name)).map(([name]) => name);
  const digits =
    numbers.length === 0 ? [] : await withDigitsToLose(engine, { names: numbers, from: reader(', all_varchar = true') });
  const kept = [...found.keys()].filter((name) => isIdentifying(name) || digits.includes(name));
  return reader(kept.length === 0 ? '' : `, types = {${kept.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ')}}`);
};

const NUMBERS = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UBIGINT|DOUBLE)$/;
const isIdentifying = (name: string): boolean => IDENTIFYING.some((field) => field === name);

/** Columns that DuckDB would take for numbers and whose digits are not a number's: some value begins with 0, or has more digits than a number keeps. They identify something, under a name of the lender's. */
const withDigitsToLose = async (
  engine: Engine,
  { names, from }: { readonly names: readonly string[]; readonly from: string },
): Promise<readonly string[]> => {
  const tests = names.map((name) => `bool_or(regexp_full_match(trim(${quoted(name)}), '0\\d+|\\d{19,}'))`);
  for await (const { rows } of engine.chunks(`SELECT ${tests.join(', ')} FROM ${from}`))
    return names.filter((_, i) => rows[0]![i] === true);
  return [];
};

/** A column of a file. */
export interface FileColumn {
  /** As the file has it. */
  readonly name: string;
  readonly type: string;
  /** What the column is called in {@link WrittenReader.from}. */
  readonly as: string;
}

/** A file's columns, and a table function over it that gives every column as it is written. */
export interface WrittenReader {
  readonly columns: readonly FileColumn[];
  readonly from: string;
}

/** One dialect, RFC 4180, without guessing: nothing is a comment, and two readings of one file cannot differ. */
const DIALECT = `header = true, delim = ',', quote = '"', escape = '"', comment = '', skip = 0, nullstr = '', strict_mode = true, auto_detect = false`;
/** A line as one field: no text has the unit separator in it. */
const LINES = `header = false, delim = E'\\x1f', quote = '', escape = '', comment = '', strict_mode = false, auto_detect = false, columns = {line: 'VARCHAR'}`;

/** Reads without interpreting: CSV columns are text, others have the file's types. */
export const writtenReader = async (engine: Engine, file: LocatedFile): Promise<Either<MalformedFile, WrittenReader>> => {
  if (file.format !== 'csv') {
    const from = await typedReader(engine, file);
    const columns = [...(await engine.describe(`SELECT * FROM ${from}`))].map(([name, type]) => ({ name, type, as: name }));
    return E.right({ columns, from });
  }
  const path = exactly(file.path);
  let names: readonly string[] | undefined;
  for await (const { rows } of engine.chunks(`SELECT line FROM read_csv(${path}, ${LINES}) LIMIT 1`))
    names = headerNames(String(rows[0]![0]));
  if (names === undefined) return E.left(malformedFile(file.path, 1));
  // Names of our own: the header's may be twice the same, or, when the header line is missing, somebody's data.
  const columns = names.map((name, i) => ({ name, type: 'VARCHAR', as: `c${i}` }));
  const types = columns.map(({ as }) => `${as}: 'VARCHAR'`).join(', ');
  return E.right({ columns, from: `read_csv(${path}, ${DIALECT}, columns = {${types}})` });
};
