import { E, type Either } from '@vouchsafe/core';
import { literal, quoted } from '@vouchsafe/holder/files';
import { categoricalColumn, type DataColumn, type DataTable, numericColumn, type Outcome } from '@vouchsafe/scorecard';
import { badInput, type Failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { columnNamed, type OpenTable, withTable } from '../rows/read-table.ts';
import type { World } from '../world.ts';

/** Where an outcome stands, and what a bad is called there. */
export interface OutcomeColumn {
  readonly column: string;
  readonly bad: string;
}

/** Rows of a file as characteristics, with their outcome where one was asked for. */
export interface Sample {
  readonly rows: number;
  readonly table: DataTable;
  readonly bad?: Outcome | undefined;
  /** By name: one text a row. */
  readonly carried: ReadonlyMap<string, readonly (string | null)[]>;
}

/** A column to be read, and how: as numbers or as levels; undefined: as numbers when every value of it is one. */
export interface Wanted {
  readonly name: string;
  readonly kind?: DataColumn['kind'] | undefined;
}

interface Found extends Wanted {
  readonly as: string;
  readonly kind: DataColumn['kind'];
}

/** Empty cells are missing values, in every format. */
const written = (as: string): string => `nullif(trim(CAST(${quoted(as)} AS VARCHAR)), '')`;

/**
 * Reads characteristics from a CSV, Parquet or JSON lines file.
 * @param wanted which columns; all but the outcome and those excluded when it is not given
 */
export const readSample = (
  {
    path,
    wanted,
    exclude = [],
    outcome,
    carry = [],
  }: {
    readonly path: string;
    readonly wanted?: readonly Wanted[] | undefined;
    readonly exclude?: readonly string[] | undefined;
    readonly outcome?: OutcomeColumn | undefined;
    readonly carry?: readonly string[] | undefined;
  },
  { signal }: World,
): Result<Sample> =>
  withTable(path, { signal }, async (table) => {
    const all =
      wanted ??
      table.columns
        .map(({ name }) => ({ name: name.trim() }))
        .filter(({ name }) => ![outcome?.column, ...exclude].includes(name));
    const missing = [...all.map(({ name }) => name), ...(outcome ? [outcome.column] : []), ...exclude, ...carry].find(
      (name) => !columnNamed(table, name),
    );
    if (missing !== undefined) return E.left(badInput(`${path} has no column "${missing}": look at its header line`));
    const found: Found[] = [];
    for (const one of all) {
      const { as } = columnNamed(table, one.name)!;
      const kind = await kindOf(table, { ...one, as });
      if (E.isLeft(kind)) return E.left(badInput(`${path}: ${kind.left}`));
      found.push({ name: one.name, as, kind: kind.right });
    }
    const texts = [...(outcome ? [outcome.column] : []), ...carry].map((name) => written(columnNamed(table, name)!.as));
    const read = await readCells(table, found, texts);
    const [outcomes] = outcome ? read.texts : [];
    const bad = outcome && badOf(path, outcome, outcomes!);
    if (bad && E.isLeft(bad)) return bad;
    const carried = read.texts.slice(outcome ? 1 : 0);
    return E.right({
      rows: read.rows,
      table: new Map(found.map(({ name, kind }, i) => [name, columnOf(kind, read.values[i]!)])),
      bad: bad?.right,
      carried: new Map(carry.map((name, i) => [name, carried[i]!])),
    });
  });

/** Is every value of the column a number? A column of numbers that the model knows as numbers must be one. */
const kindOf = async (
  { engine, from }: OpenTable,
  { name, as, kind }: Wanted & { readonly as: string },
): Promise<Either<string, DataColumn['kind']>> => {
  if (kind === 'categorical') return E.right(kind);
  const text = written(as);
  const count = `SELECT count(*) FILTER (${text} IS NOT NULL AND try_cast(${text} AS DOUBLE) IS NULL), count(${text}) FROM ${from}`;
  let odd = 0;
  let values = 0;
  for await (const { rows } of engine.chunks(count)) [odd, values] = rows[0]!.map(Number) as [number, number];
  if (odd === 0 && (values > 0 || kind === 'numeric')) return E.right('numeric');
  return kind === undefined
    ? E.right('categorical')
    : E.left(`column "${name}" is of numbers in the model, and ${odd} of its values are none`);
};

const readCells = async ({ engine, from }: OpenTable, found: readonly Found[], texts: readonly string[]) => {
  const selected = [
    ...found.map(({ as, kind }) => (kind === 'numeric' ? `CAST(${written(as)} AS DOUBLE)` : written(as))),
    ...texts,
  ];
  const cells = selected.map((): (string | number | null)[] => []);
  let count = 0;
  for await (const { rows } of engine.chunks(`SELECT ${selected.length === 0 ? literal('') : selected.join(', ')} FROM ${from}`))
    for (const row of rows) {
      count += 1;
      for (const [i, values] of cells.entries()) values.push(row[i] as string | number | null);
    }
  return { rows: count, values: cells.slice(0, found.length), texts: cells.slice(found.length) as (string | null)[][] };
};

const columnOf = (kind: DataColumn['kind'], values: readonly (string | number | null)[]): DataColumn =>
  kind === 'numeric' ? numericColumn(values as (number | null)[]) : categoricalColumn(values as (string | null)[]);

const badOf = (path: string, { column, bad }: OutcomeColumn, values: readonly (string | null)[]): Either<Failure, Outcome> => {
  const empty = values.filter((value) => value === null).length;
  return empty > 0
    ? E.left(badInput(`${path}: ${empty} rows have no outcome in column "${column}": leave them out`))
    : E.right(Uint8Array.from(values, (value) => (value === bad ? 1 : 0)));
};
