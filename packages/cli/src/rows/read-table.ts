import { E, type Watch } from '@vouchsafe/core';
import { type Engine, explain, locateFile, openEngine, type WrittenReader, writtenReader } from '@vouchsafe/holder/files';
import { badInput, EXIT, type Failure, failure, interrupted } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { rowsFormat } from './file-kind.ts';

/** A file of rows that is open: its columns as they are written in it, and a database over it. */
export interface OpenTable extends WrittenReader {
  readonly engine: Engine;
}

/** Opens a file of rows (CSV, Parquet or JSON lines) for the time of a work. What goes wrong is told without a value of it. */
export const withTable = async <A>(path: string, watch: Watch, work: (table: OpenTable) => Result<A>): Result<A> => {
  const format = rowsFormat(path);
  if (E.isLeft(format)) return format;
  const file = await locateFile({ path, format: format.right });
  if (E.isLeft(file)) return E.left(failure(file.left, EXIT.unreachable));
  const engine = await openEngine(watch);
  try {
    const reader = await writtenReader(engine, file.right);
    if (E.isLeft(reader)) return E.left(failure(reader.left, EXIT.usage));
    return await work({ ...reader.right, engine });
  } catch (error) {
    return E.left(tableFailure(path, explain(error, { watch, file: path })));
  } finally {
    await engine.close();
  }
};

const tableFailure = (path: string, error: { readonly _tag: string; readonly message: string }): Failure =>
  error._tag === 'Aborted' ? interrupted : badInput(`${path} cannot be read: ${error.message}`);

/** The column of that name, without regard to case and white space. The names that there are stay unsaid: in a file without a header line they would be somebody's data. */
export const columnNamed = ({ columns }: WrittenReader, name: string): WrittenReader['columns'][number] | undefined => {
  const wanted = name.trim().toLowerCase();
  return columns.find((column) => column.name.trim().toLowerCase() === wanted);
};
