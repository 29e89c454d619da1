import { E, type Either } from '@vouchsafe/core';
import type { FileFormat } from '@vouchsafe/holder/files';
import { badInput, type Failure } from '../exit.ts';

const ENDINGS: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.csv$/i, 'csv'],
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(jsonl|ndjson)$/i, 'jsonl'],
];

/** The format that the ending of a file's name tells, if it tells one. */
export const formatOf = (path: string): FileFormat | undefined => ENDINGS.find(([ending]) => ending.test(path))?.[1];

/** The same for a file that has to be one of rows. */
export const rowsFormat = (path: string): Either<Failure, FileFormat> => {
  const format = formatOf(path.replace(/\.gz$/i, ''));
  return format === undefined
    ? E.left(badInput(`${path}: its ending does not tell its format, name a file that ends in .csv, .parquet or .jsonl`))
    : E.right(format);
};
