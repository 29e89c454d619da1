import type { IdentifierField } from '@vouchsafe/identity';
import { literal, quoted } from './engine.ts';
import { type CodeSet, MAX_MONTHS, MONTHLY_CODES } from './monthly-codes.ts';
import type { RowFault } from './rejected.ts';

/** The columns of the canonical `loans` table that every file has, besides the identifying ones. */
export const LOAN_FIELDS = [
  'loan_id',
  'product',
  'opened_on',
  'closed_on',
  'currency',
  'limit',
  'principal',
  'balance',
  'past_due',
  'history',
  'code_set',
] as const;

const PRODUCTS = ['revolving', 'instalment', 'mortgage', 'bnpl', 'guarantee'];
const CODE_SETS = Object.keys(MONTHLY_CODES) as CodeSet[];
/** How many months back late months and the worst status are looked for. */
const LATE_MONTHS = 24;
const WORST_MONTHS = 12;

type LoanField = (typeof LOAN_FIELDS)[number];

/**
 * Table `written`: the file's rows in its order (`row` from 1), as text. Identifying fields stay as they are; white space around the others is cut off, and
 * what is empty then is NULL.
 * @param names what each column is called in `from`
 */
export const writtenSql = ({
  from,
  names,
  fields,
}: {
  readonly from: string;
  readonly names: ReadonlyMap<string, string>;
  readonly fields: readonly IdentifierField[];
}): string => {
  const text = (name: string): string => `CAST(${quoted(names.get(name)!)} AS VARCHAR)`;
  const identifying = fields.map((field) => `${text(field)} AS ${quoted(field)}`);
  const others = LOAN_FIELDS.map((name) => `nullif(trim(${text(name)}, E' \\t\\r\\n'), '') AS ${quoted(name)}`);
  return `CREATE TABLE written AS SELECT row_number() OVER () AS "row", ${[...identifying, ...others].join(', ')} FROM ${from}`;
};

/** Table `spelling`: every way in which identifying fields are written, once, numbered in the order of the file. */
export const spellingSql = (fields: readonly IdentifierField[]): string => {
  const names = fields.map(quoted).join(', ');
  return `CREATE TABLE spelling AS SELECT row_number() OVER (ORDER BY "row") - 1 AS spelling, * FROM (SELECT ${names}, min("row") AS "row" FROM written GROUP BY ${names})`;
};

/** Table `person`: for each spelling the person (a number), or what is wrong with it. */
export const PERSON_SQL: string = 'CREATE TABLE person (spelling INTEGER, person INTEGER, fault VARCHAR)';

/** The first thing that is wrong with a row, as `column reason`: the tests stand in the order in which a reader would make them. */
const faultSql = ({ asOf, currency }: { readonly asOf: string; readonly currency: string }): string => {
  const when = (test: string, column: LoanField, reason: RowFault): string => `WHEN ${test} THEN '${column} ${reason}'`;
  const missing = (column: LoanField): string => when(`${quoted(column)} IS NULL`, column, 'missing');
  const oneOf = (column: LoanField, values: readonly string[]): string =>
    when(`${quoted(column)} NOT IN (${values.map(literal).join(', ')})`, column, 'unknownValue');
  const amount = (column: LoanField): string[] => [
    when(`regexp_full_match(${quoted(column)}, '-\\d.*')`, column, 'negative'),
    when(`NOT regexp_full_match(${quoted(column)}, '\\d{1,13}(\\.\\d{1,18})?(e-\\d{1,3})?')`, column, 'notADecimal'),
  ];
  const date = (column: LoanField): string[] => [
    when(`${quoted(column)} IS NOT NULL AND ${dateSql(column)} IS NULL`, column, 'notADate'),
    when(`${dateSql(column)} > DATE ${literal(asOf)}`, column, 'afterAsOf'),
  ];
  return [
    'CASE WHEN fault IS NOT NULL THEN fault',
    missing('loan_id'),
    when('row_number() OVER (PARTITION BY loan_id ORDER BY "row") > 1', 'loan_id', 'duplicate'),
    ...[missing('product'), oneOf('product', PRODUCTS)],
    ...[missing('opened_on'), ...date('opened_on'), ...date('closed_on')],
    when(`${dateSql('closed_on')} < ${dateSql('opened_on')}`, 'closed_on', 'beforeOpening'),
    ...[missing('currency'), oneOf('currency', [currency])],
    // What was granted is stated as a limit or as a principal, so one of them can be empty.
    when(`"limit" IS NULL AND product = 'revolving'`, 'limit', 'missing'),
    ...[missing('balance'), missing('past_due')],
    ...[...amount('limit'), ...amount('principal'), ...amount('balance'), ...amount('past_due')],
    ...[missing('code_set'), oneOf('code_set', CODE_SETS)],
    when(`length(history) > ${MAX_MONTHS}`, 'history', 'tooLong'),
    when(`${knownMonthsSql} < length(history)`, 'history', 'unknownCode'),
    'END',
  ].join(' ');
};

/** An ISO date, or a time stamp at midnight, as Parquet files have it; NULL for anything else. */
const dateSql = (column: LoanField): string =>
  `CASE WHEN regexp_full_match(${quoted(column)}, '\\d{4}-\\d{2}-\\d{2}( 00:00:00)?') THEN TRY_CAST(left(${quoted(column)}, 10) AS DATE) END`;

/** How many codes of `history` are known before the first that is not. */
const knownMonthsSql: string = `CASE code_set ${CODE_SETS.map(
  (set) => `WHEN '${set}' THEN length(regexp_extract(history, '^[${Object.keys(MONTHLY_CODES[set]).join('')}]*'))`,
).join(' ')} END`;

/** The history in days-past-due classes, a character a month. */
const classesSql: string = `CASE code_set ${CODE_SETS.map(
  (set) =>
    `WHEN '${set}' THEN translate(history, ${literal(Object.keys(MONTHLY_CODES[set]).join(''))}, ${literal(Object.values(MONTHLY_CODES[set]).join(''))})`,
).join(' ')} END`;

/** Table `loan`: each row with its person and its fault, and its amounts, months and classes where it has none. */
export const loanSql = (options: {
  readonly asOf: string;
  readonly currency: string;
  readonly fields: readonly IdentifierField[];
}): string => {
  const same = options.fields
    .map((field) => `written.${quoted(field)} IS NOT DISTINCT FROM spelling.${quoted(field)}`)
    .join(' AND ');
  const whose = `SELECT written.*, person.person, person.fault FROM written JOIN spelling ON ${same} JOIN person USING (spelling)`;
  const amount = (column: LoanField): string =>
    `coalesce(TRY_CAST(${quoted(column)} AS DECIMAL(38, 18)), 0) AS ${quoted(column)}`;
  const opened = dateSql('opened_on');
  const asOf = `DATE ${literal(options.asOf)}`;
  const months = `(year(${asOf}) - year(${opened})) * 12 + month(${asOf}) - month(${opened}) - CAST(day(${asOf}) < day(${opened}) AS INTEGER)`;
  return `CREATE TABLE loan AS SELECT "row", person, ${faultSql(options)} AS fault, ${knownMonthsSql} + 1 AS position, product, closed_on IS NULL AS open, ${amount(
    'limit',
  )}, ${amount('balance')}, ${amount('past_due')}, ${months} AS months, ${classesSql} AS classes FROM (${whose})`;
};

/** The rejected rows in the order of the file: row, `column reason`, position in the history. */
export const REJECTED_SQL: string =
  'SELECT CAST("row" AS DOUBLE), fault, CAST(position AS INTEGER) FROM loan WHERE fault IS NOT NULL ORDER BY "row"';

const worstSql = `CASE ${['7', '6', '5', '4', '3', '2', '1', '0'].map((c) => `WHEN contains(right(classes, ${WORST_MONTHS}), '${c}') THEN ${c}`).join(' ')} END`;

/** One row per person, in the order of the file: person, first row, then the view's columns in the order of {@link LOANS_COLUMNS}. */
export const PERSONS_SQL: string = `SELECT person, CAST(min("row") AS DOUBLE),
  CAST(count(*) FILTER (open) AS VARCHAR),
  CAST(sum(balance) AS VARCHAR),
  CAST(coalesce(sum("limit") FILTER (product = 'revolving'), 0) AS VARCHAR),
  CAST(sum(past_due) AS VARCHAR),
  CAST(sum(length(regexp_replace(right(coalesce(classes, ''), ${LATE_MONTHS}), '[^2-7]', '', 'g'))) AS VARCHAR),
  CAST(max(months) AS VARCHAR),
  CASE WHEN max(${worstSql}) IS NULL THEN 'none' WHEN max(${worstSql}) BETWEEN 4 AND 6 THEN '4-6' ELSE CAST(max(${worstSql}) AS VARCHAR) END
  FROM loan WHERE fault IS NULL GROUP BY person ORDER BY min("row")`;
