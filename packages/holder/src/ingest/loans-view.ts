import { INTEGER, VARCHAR } from '@duckdb/node-api';
import { type Catalogue, createPace, E, type Either, type Watch } from '@vouchsafe/core';
import { canonicalIdentifier, fieldsOf, type Identifier, type IdentifierField, type IdentifierRules } from '@vouchsafe/identity';
import { LOANS_COLUMNS } from '@vouchsafe/protocol';
import { type DataFile, type FileColumn, locateFile, writtenReader } from './data-file.ts';
import { type Engine, explain, openEngine } from './engine.ts';
import { type BadColumn, badColumn, badQuery } from './errors.ts';
import { LOAN_FIELDS, loanSql, PERSON_SQL, PERSONS_SQL, REJECTED_SQL, spellingSql, writtenSql } from './loans-sql.ts';
import type { RawValue, RecordSource, SourceRecord } from './record-source.ts';
import type { RejectedRow, RowFault } from './rejected.ts';

/** A lender's canonical `loans` table: one row per loan, as it stood on a day. */
export interface LoansOptions {
  /** CSV (RFC 4180, UTF-8, header line), Parquet or JSON lines. */
  readonly file: DataFile;
  /** The day that the file describes, ISO: months on book are counted up to it, and no date may lie after it. */
  readonly asOf: string;
  /** The currency of all amounts, e.g. `CNY`; a row in another one is rejected, since sums over currencies mean nothing. */
  readonly currency: string;
}

/**
 * The built-in view: loans grouped by person, whatever way the person's identifier is written in each row. A row that cannot be used (identifier, unknown code,
 * negative amount, bad date, second `loan_id`, …) is rejected with its number and the others count; a person all of whose rows are rejected is not in the table.
 */
export const loansView = (options: LoansOptions): RecordSource => ({
  open: async function* ({ catalogue, watch, ...rules }) {
    const wrong = wrongOption(options) ?? wrongColumn(catalogue);
    if (wrong !== undefined) return yield E.left(wrong);
    const file = await locateFile(options.file);
    if (E.isLeft(file)) return yield file;
    const engine = await openEngine(watch);
    try {
      const fields = fieldsOf(rules.scheme);
      const reader = await writtenReader(engine, file.right);
      if (E.isLeft(reader)) return yield reader;
      const names = namesInFile({ columns: reader.right.columns, fields });
      if (E.isLeft(names)) return yield names;
      await engine.run(writtenSql({ from: reader.right.from, names: names.right, fields }));
      const identifiers = await namePersons({ engine, rules, fields, watch });
      await engine.run(loanSql({ ...options, fields }));
      yield* rejectedOf(engine);
      yield* personsOf(engine, identifiers);
    } catch (error) {
      yield E.left(explain(error, { watch, file: file.right.path }));
    } finally {
      await engine.close();
    }
  },
});

const wrongOption = ({ asOf, currency }: LoansOptions): ReturnType<typeof badQuery> | undefined => {
  const day = new Date(`${asOf}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(asOf) || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== asOf)
    return badQuery('asOf is an ISO date, such as 2026-06-30');
  return /^[A-Za-z]{3}$/.test(currency) ? undefined : badQuery('currency is a code of three letters, such as CNY');
};

const wrongColumn = (catalogue: Catalogue): BadColumn | undefined => {
  const known = new Set(LOANS_COLUMNS.map(({ name }) => name));
  const strange = catalogue.columns.find(({ name }) => !known.has(name));
  return (
    strange &&
    badColumn(
      strange.name,
      `the loans view has no column "${strange.name}" (it has ${[...known].join(', ')}): use fromSql for another catalogue`,
    )
  );
};

/** The columns that there are stay unsaid: in a file without a header line they would be somebody's data. */
const missingColumns = ({
  missing,
  needed,
  columns,
}: {
  readonly missing: readonly string[];
  readonly needed: readonly string[];
  readonly columns: readonly FileColumn[];
}): string => {
  const what = `the file has no column ${missing.map((name) => `"${name}"`).join(', ')}`;
  const way = 'a query of your own (fromSql; "sql" in a holder.toml) reads any other file';
  // One field that holds another separator.
  const other = columns.length === 1 ? /[;\t|]/.exec(columns[0]!.name)?.[0] : undefined;
  if (other !== undefined)
    return `${what}: its fields seem to have ${SEPARATORS[other]} between them, and a table of loans has commas; ${way}`;
  return missing.length === needed.length
    ? `${what}, none that is needed: has it a header line? If its columns have other names: ${way}`
    : `${what}: its header line must name ${missing.length === 1 ? 'it' : 'them'}; ${way}`;
};

const SEPARATORS: Readonly<Record<string, string>> = { ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

/** What each column that is needed is called in the reader. Names are compared without regard to case. */
const namesInFile = ({
  columns,
  fields,
}: {
  readonly columns: readonly FileColumn[];
  readonly fields: readonly IdentifierField[];
}): Either<BadColumn, ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  const needed = [...fields, ...LOAN_FIELDS];
  const named = (name: string): readonly FileColumn[] => columns.filter((column) => column.name.trim().toLowerCase() === name);
  const [missing, ...others] = needed.filter((name) => named(name).length === 0);
  if (missing !== undefined)
    return E.left(badColumn(missing, missingColumns({ missing: [missing, ...others], needed, columns })));
  for (const name of needed) {
    const [own, second] = named(name) as [FileColumn, FileColumn?];
    if (second !== undefined) return E.left(badColumn(name, `the file has two columns "${name}": leave one`));
    if (own.type !== 'VARCHAR' && fields.some((field) => field === name))
      return E.left(
        badColumn(name, `column "${name}" is not text in this file: a number has lost leading zeros, so write it as text`),
      );
    found.set(name, own.as);
  }
  return E.right(found);
};

/**
 * Fills table `person`. The identifier rules are TypeScript, so every spelling takes one trip through it (a DuckDB function of our own would run on the event
 * loop 2,048 rows at a time), and rows with different spellings of one person get one number.
 * @returns the canonical identifier of each person by number
 */
const namePersons = async ({
  engine,
  rules,
  fields,
  watch,
}: {
  readonly engine: Engine;
  readonly rules: IdentifierRules;
  readonly fields: readonly IdentifierField[];
  readonly watch?: Watch | undefined;
}): Promise<readonly Identifier[]> => {
  await engine.run(spellingSql(fields));
  await engine.run(PERSON_SQL);
  const identifiers: Identifier[] = [];
  const numbers = new Map<string, number>();
  const pace = createPace();
  let done = 0;
  const name = (raw: readonly unknown[]): readonly [person: number | null, fault: string | null] => {
    const id = canonicalIdentifier({
      ...rules,
      raw: Object.fromEntries(fields.map((field, i) => [field, raw[i] as string | null])),
    });
    if (E.isLeft(id)) return [null, `${id.left.field} ${id.left.reason}`];
    const key = Buffer.from(id.right).toString('latin1');
    const number = numbers.get(key) ?? identifiers.push(id.right) - 1;
    numbers.set(key, number);
    return [number, null];
  };
  const names = fields.map((field) => `"${field}"`).join(', ');
  for await (const { rows, total } of engine.chunks(
    `SELECT CAST(spelling AS INTEGER), ${names} FROM spelling ORDER BY spelling`,
  )) {
    const named: [number, number | null, string | null][] = [];
    for (const [spelling, ...raw] of rows) {
      named.push([spelling as number, ...name(raw)]);
      if (pace.due()) await pace.rest();
    }
    await engine.append('person', [INTEGER, INTEGER, VARCHAR], named);
    done += rows.length;
    watch?.onProgress?.({ task: 'identifiers', done, total });
  }
  return identifiers;
};

const rejectedOf = async function* (engine: Engine) {
  for await (const { rows } of engine.chunks(REJECTED_SQL)) {
    const rejected = rows.map(([row, fault, position]): RejectedRow => {
      const [column, reason] = (fault as string).split(' ') as [string, RowFault];
      return { row: row as number, column, reason, ...(reason === 'unknownCode' ? { position: position as number } : {}) };
    });
    yield E.right({ records: [], rejected });
  }
};

const personsOf = async function* (engine: Engine, identifiers: readonly Identifier[]) {
  const names = LOANS_COLUMNS.map(({ name }) => name);
  let used = await usedRows(engine);
  for await (const { rows, total } of engine.chunks(PERSONS_SQL)) {
    const records = rows.map(
      ([person, row, ...cells]): SourceRecord => ({
        row: row as number,
        identifier: identifiers[person as number]!,
        values: Object.fromEntries(names.map((name, i) => [name, cells[i] as RawValue])),
      }),
    );
    yield E.right({ records, rows: used, total });
    used = 0;
  }
};

const usedRows = async (engine: Engine): Promise<number> => {
  let used = 0;
  for await (const { rows } of engine.chunks('SELECT CAST(count(*) AS DOUBLE) FROM loan WHERE fault IS NULL'))
    used = rows[0]![0] as number;
  return used;
};
