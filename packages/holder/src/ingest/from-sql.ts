import { type Catalogue, E } from '@vouchsafe/core';
import { fieldsOf, type Scheme } from '@vouchsafe/identity';
import { type DataFile, locateFile, typedReader } from './data-file.ts';
import { type Engine, explain, openEngine, quoted } from './engine.ts';
import { type BadColumn, badColumn, badQuery } from './errors.ts';
import type { RawValue, RecordSource, SourceRecord } from './record-source.ts';

/** A query over a lender's files. */
export interface SqlOptions {
  /**
   * One SELECT of DuckDB's SQL, with one row per person: the identifying fields of the scheme (`national_id`, `phone`, `name`, as text), the catalogue's columns
   * by their names, and `row` (a whole number) if a rejection is to name another number than the row's place in the result. Further columns are not read.
   * The query is trusted: it may read what this process may read.
   */
  readonly sql: string;
  /** Files that the query can name as tables. Their paths are never part of its text. */
  readonly files?: Readonly<Record<string, DataFile>> | undefined;
}

const TABLE_NAME = /^[A-Za-z_]\w{0,62}$/;
const ROW = 'row';

/**
 * A source over any query that DuckDB can run on CSV, Parquet or JSON-lines files, e.g.
 * `SELECT national_id, sum(balance) AS outstanding FROM loans GROUP BY national_id` with `files: { loans: 'loans.parquet' }`.
 */
export const fromSql = ({ sql, files = {} }: SqlOptions): RecordSource => ({
  open: async function* ({ scheme, catalogue, watch }) {
    const engine = await openEngine(watch);
    let file: string | undefined;
    try {
      for (const [name, given] of Object.entries(files)) {
        if (!TABLE_NAME.test(name))
          return yield E.left(badQuery('a table name is a letter and then letters, digits and underscores'));
        file = typeof given === 'string' ? given : given.path;
        const located = await locateFile(given);
        if (E.isLeft(located)) return yield located;
        await engine.run(`CREATE VIEW ${quoted(name)} AS SELECT * FROM ${await typedReader(engine, located.right)}`);
      }
      // From here on an error can be of any of the files, or of one that the query opens itself.
      if (Object.keys(files).length !== 1) file = undefined;
      // A closing semicolon is a habit; another statement behind it is a syntax error inside the parentheses.
      const query = `(${sql.trim().replace(/;$/, '')}\n)`;
      const columns = await engine.describe(`SELECT * FROM ${query}`);
      const bad = badColumnOf({ columns, scheme, catalogue });
      if (bad !== undefined) return yield E.left(bad);
      yield* recordsOf({ engine, query, scheme, names: catalogue.columns.map(({ name }) => name), numbered: columns.has(ROW) });
    } catch (error) {
      yield E.left(explain(error, { watch, ...(file === undefined ? {} : { file }) }));
    } finally {
      await engine.close();
    }
  },
});

/** The first column that the query should give and does not, or gives in a form that has lost something. */
const badColumnOf = ({
  columns,
  scheme,
  catalogue,
}: {
  readonly columns: ReadonlyMap<string, string>;
  readonly scheme: Scheme;
  readonly catalogue: Catalogue;
}): BadColumn | undefined => {
  for (const field of fieldsOf(scheme)) {
    const type = columns.get(field);
    if (type === undefined) return badColumn(field, `scheme ${scheme} needs the column "${field}": select it under this name`);
    if (type !== 'VARCHAR')
      return badColumn(
        field,
        `column "${field}" is a ${type} and not text: select CAST(… AS VARCHAR) AS ${field}, if no digit was lost before it came here (in a CSV file a column in which a value begins with 0 is text already)`,
      );
  }
  const missing = catalogue.columns.map(({ name }) => name).filter((name) => !columns.has(name));
  if (missing.length === 0) return undefined;
  const [what, them, names] = missing.length === 1 ? ['column', 'it', 'this name'] : ['columns', 'them', 'these names'];
  return badColumn(
    missing[0]!,
    `the query gives no ${what} ${missing.map((name) => `"${name}"`).join(', ')}, which the catalogue has: select ${them} under ${names}`,
  );
};

/** Everything travels as text, so that no number is rounded between DuckDB and the quantiser. */
const recordsOf = async function* ({
  engine,
  query,
  scheme,
  names,
  numbered,
}: {
  readonly engine: Engine;
  readonly query: string;
  readonly scheme: Scheme;
  readonly names: readonly string[];
  readonly numbered: boolean;
}) {
  const fields = fieldsOf(scheme);
  const selected = [...fields, ...names, ...(numbered ? [ROW] : [])].map((name) => `CAST(${quoted(name)} AS VARCHAR)`).join(', ');
  let row = 0;
  for await (const { rows, total } of engine.chunks(`SELECT ${selected} FROM ${query}`)) {
    const records = rows.map((cells): SourceRecord => {
      row += 1;
      const stated = numbered ? Number(cells[fields.length + names.length]) : row;
      return {
        row: Number.isSafeInteger(stated) ? stated : row,
        identifier: Object.fromEntries(fields.map((field, i) => [field, cells[i] as string | null])),
        values: Object.fromEntries(names.map((name, i) => [name, cells[fields.length + i] as RawValue])),
      };
    });
    yield E.right({ records, total });
  }
};
