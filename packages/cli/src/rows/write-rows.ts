import { BIGINT, BOOLEAN, DOUBLE, type DuckDBType, type DuckDBValue, VARCHAR } from '@duckdb/node-api';
import { E } from '@vouchsafe/core';
import { type FileFormat, literal, openEngine, quoted } from '@vouchsafe/holder/files';
import { interrupted } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { exists, fileExists } from '../read-file.ts';
import type { World } from '../world.ts';
import { createFileWith } from '../write-file.ts';
import { rowsFormat } from './file-kind.ts';

/** A column of a result. */
export interface ResultColumn {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'whole' | 'flag';
}

/** A cell: null where nothing is known. */
export type ResultCell = string | number | boolean | null;

const TYPES: Readonly<Record<ResultColumn['kind'], { readonly type: DuckDBType; readonly sql: string }>> = {
  text: { type: VARCHAR, sql: 'VARCHAR' },
  number: { type: DOUBLE, sql: 'DOUBLE' },
  whole: { type: BIGINT, sql: 'BIGINT' },
  flag: { type: BOOLEAN, sql: 'BOOLEAN' },
};

const COPY: Readonly<Record<FileFormat, string>> = {
  csv: 'FORMAT csv, HEADER true',
  parquet: 'FORMAT parquet',
  jsonl: 'FORMAT json',
};

/** Rows of one chunk, at most what DuckDB takes. */
const CHUNK = 2048;

/** Could results be written there? Asked before anything is paid for. */
export const mayWriteRows = async (path: string): Result<void> => {
  const format = rowsFormat(path);
  if (E.isLeft(format)) return format;
  return (await exists(path)) ? E.left(fileExists(path)) : E.right(undefined);
};

/** Writes rows as CSV, Parquet or JSON lines, by the ending of the file's name: whole or not at all, for its owner only, and never over a file that is there. */
export const writeRows = async (
  {
    path,
    columns,
    rows,
  }: { readonly path: string; readonly columns: readonly ResultColumn[]; readonly rows: readonly (readonly ResultCell[])[] },
  { signal }: World,
): Result<void> => {
  const format = rowsFormat(path);
  if (E.isLeft(format)) return format;
  const written = await createFileWith(path, async (beside) => {
    const engine = await openEngine({ signal });
    try {
      const types = columns.map(({ kind }) => TYPES[kind]);
      await engine.run(`CREATE TABLE results (${columns.map(({ name }, i) => `${quoted(name)} ${types[i]!.sql}`).join(', ')})`);
      const cells = (row: readonly ResultCell[]): DuckDBValue[] =>
        row.map((cell, i) => (columns[i]!.kind === 'whole' && typeof cell === 'number' ? BigInt(cell) : cell));
      for (let from = 0; from < rows.length; from += CHUNK)
        await engine.append(
          'results',
          types.map(({ type }) => type),
          rows.slice(from, from + CHUNK).map(cells),
        );
      await engine.run(`COPY results TO ${literal(beside)} (${COPY[format.right]})`);
    } catch (error) {
      throw Object.assign(new Error('the rows were not written'), { code: codeOf(error) });
    } finally {
      await engine.close();
    }
  });
  return E.isLeft(written) && signal.aborted ? E.left(interrupted) : written;
};

const CODES = {
  'No space left on device': 'ENOSPC',
  'Permission denied': 'EACCES',
  'No such file or directory': 'ENOENT',
  'Is a directory': 'EISDIR',
};

/** What the system said, from DuckDB's words, which quote the path. */
const codeOf = (error: unknown): string | undefined => {
  const text = error instanceof Error ? error.message : '';
  return Object.entries(CODES).find(([words]) => text.includes(words))?.[1];
};
