import { type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import { aborted, createPace, type Watch } from '@vouchsafe/core';
import { badQuery, type IngestError, type MalformedFile } from './errors.ts';

/**
 * Downloads nothing: an extension that is not in the binary (network file systems among them) is an error. Spills nothing: a temporary file would hold
 * identifiers in the clear, so a query that does not fit into memory fails instead.
 */
const SETTINGS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  temp_directory: '',
};

/** One in-memory DuckDB for one reading of a source. Its work runs on threads of its own. */
export interface Engine {
  readonly run: (sql: string) => Promise<void>;
  /** Names and types of the columns that a query gives. */
  readonly describe: (sql: string) => Promise<ReadonlyMap<string, string>>;
  /**
   * A query's rows in chunks of at most 2,048. The result is complete in DuckDB's memory before the first chunk comes: a streamed result that fails half-way
   * ends without an error in this client (node-api 1.5), and would pass for a smaller book.
   */
  readonly chunks: (sql: string) => AsyncGenerator<Chunk>;
  readonly append: (table: string, types: readonly DuckDBType[], rows: readonly (readonly DuckDBValue[])[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Some rows of a result, at most 2,048, each with its values in the order of the columns. */
export interface Chunk {
  readonly rows: readonly (readonly DuckDBValue[])[];
  /** Of the whole result. */
  readonly total: number;
}

/** Opens an engine; an abort of the watch interrupts the query that runs. */
export const openEngine = async (watch?: Watch): Promise<Engine> => {
  const instance = await DuckDBInstance.create(':memory:', SETTINGS);
  const connection = await instance.connect();
  const interrupt = (): void => connection.interrupt();
  watch?.signal?.addEventListener('abort', interrupt);
  const run = (sql: string): ReturnType<DuckDBConnection['run']> => {
    watch?.signal?.throwIfAborted();
    return connection.run(sql);
  };
  return {
    run: async (sql) => void (await run(sql)),
    describe: async (sql) => {
      const rows = await (await run(`DESCRIBE ${sql}`)).getRows();
      return new Map(rows.map(([name, type]) => [String(name), String(type)]));
    },
    chunks: async function* (sql) {
      const result = await run(sql);
      const total = result.rowCount;
      const pace = createPace();
      let seen = 0;
      for await (const chunk of result) {
        watch?.signal?.throwIfAborted();
        seen += chunk.rowCount;
        const rows: DuckDBValue[][] = [];
        for (let row = 0; row < chunk.rowCount; row++) {
          rows.push(chunk.getRowValues(row));
          if (pace.due()) await pace.rest();
        }
        yield { rows, total };
      }
      if (seen !== total) throw new RangeError('a result of DuckDB ended early');
    },
    append: async (table, types, rows) => {
      const appender = await connection.createAppender(table);
      const chunk = DuckDBDataChunk.create(types, rows.length);
      chunk.setRows(rows);
      appender.appendDataChunk(chunk);
      appender.closeSync();
    },
    close: async () => {
      watch?.signal?.removeEventListener('abort', interrupt);
      // Closing waits for the engine's threads to end, a tenth of a second. So they are sent away before, where nobody waits.
      await connection.run('SET threads TO 1').catch(() => undefined);
      connection.closeSync();
      instance.closeSync();
    },
  };
};

/** A text as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A name as an SQL identifier. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * What an exception of DuckDB means. Its messages quote lines of the file and values, so only what is known to hold none is taken from them: the line number,
 * and for an error in the query the first line, which speaks of the query.
 * @param file named in the message when the failure is the file's
 */
export const explain = (
  error: unknown,
  { watch, file }: { readonly watch?: Watch | undefined; readonly file?: string },
): IngestError => {
  const text = error instanceof Error ? error.message : '';
  if (watch?.signal?.aborted || text.startsWith('INTERRUPT')) return aborted;
  const query = /^(Parser|Binder|Catalog|Missing Extension|Not implemented) Error: ([^\n]{1,200})/.exec(text);
  if (query) return badQuery(`DuckDB refuses the query: ${query[1]} error, ${query[2]!.split('Candidate')[0]!.trim()}`);
  const line = /CSV Error on Line: (\d+)|in line (\d+)/.exec(text);
  if (line) return malformedFile(file, Number(line[1] ?? line[2]));
  if (/^(Conversion|Invalid Input|Serialization) Error/.test(text)) return malformedFile(file);
  if (text.startsWith('IO Error'))
    return badQuery('DuckDB cannot open a file that the query names: check its path and that this process may read it');
  if (text.startsWith('Out of Memory'))
    return { _tag: 'SourceFailed', message: 'the records do not fit into memory: select fewer columns, or split the file' };
  return {
    _tag: 'SourceFailed',
    message: 'DuckDB could not read the records; its message is not repeated here, as it may quote them',
  };
};

/** A file that breaks off or contradicts itself. @param line from 1 */
export const malformedFile = (file?: string, line?: number): MalformedFile => ({
  _tag: 'MalformedFile',
  message: `${file === undefined ? 'a file' : `"${file}"`} cannot be read to its end${line === undefined ? '' : `: see line ${line}`}; it must be UTF-8, every row with as many fields as the header, quotes and line ends alike throughout (RFC 4180), no line over 2 MB, and every value of its column's type`,
  ...(line === undefined ? {} : { line }),
});
