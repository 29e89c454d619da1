import type { Aborted } from '@vouchsafe/core';

/** A file that is not there, cannot be opened, or whose kind cannot be told. */
export interface UnreadableFile {
  readonly _tag: 'UnreadableFile';
  readonly message: string;
  readonly file: string;
}

/** A file that is not what its kind promises: broken CSV, JSON or Parquet, or not UTF-8. */
export interface MalformedFile {
  readonly _tag: 'MalformedFile';
  readonly message: string;
  /** Line of the file at which reading stopped, from 1, where it is known. */
  readonly line?: number;
}

/** A column that is needed is not there, or is of a kind that cannot be used. */
export interface BadColumn {
  readonly _tag: 'BadColumn';
  readonly message: string;
  readonly column: string;
}

/** A query that DuckDB refuses, or an option that makes none. */
export interface BadQuery {
  readonly _tag: 'BadQuery';
  readonly message: string;
}

/** The source stopped for a reason of its own: a caller's iterable threw, or the memory ran out. */
export interface SourceFailed {
  readonly _tag: 'SourceFailed';
  readonly message: string;
}

/** Not one row can be used: the file is empty, or another one than it should be. */
export interface NoSubject {
  readonly _tag: 'NoSubject';
  readonly message: string;
}

/** Why nothing could be ingested. None of them holds a value from the records. */
export type IngestError = UnreadableFile | MalformedFile | BadColumn | BadQuery | SourceFailed | NoSubject | Aborted;

export const badColumn = (column: string, message: string): BadColumn => ({ _tag: 'BadColumn', column, message });
export const badQuery = (message: string): BadQuery => ({ _tag: 'BadQuery', message });
