import { E, type Either } from '@vouchsafe/core';
import { quoted } from '@vouchsafe/holder/files';
import { canonicalIdentifier, fieldsOf, type IdentifierField, type RawIdentifier, type Scheme } from '@vouchsafe/identity';
import { badInput, type Failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { exists, readText } from '../read-file.ts';
import type { World } from '../world.ts';
import { formatOf } from './file-kind.ts';
import { columnNamed, withTable } from './read-table.ts';

/** A list of people as it stands in a file. */
export interface PeopleFile {
  /** `-`: standard input, a person a line. */
  readonly path: string;
  readonly scheme: Scheme;
  /** Names of identifying columns that differ from the scheme's: `NAME`, or `national_id=NAME` for a scheme with several. */
  readonly column?: readonly string[] | undefined;
  /** Columns that go along into the results. */
  readonly carry?: readonly string[] | undefined;
}

/** The people, and for each what goes along. */
export interface People {
  readonly people: readonly RawIdentifier[];
  /** By name of the column: one text a person. */
  readonly carried: ReadonlyMap<string, readonly (string | null)[]>;
  /** Rows that name nobody, from 1, and why; never what stands there. */
  readonly rejected: readonly { readonly row: number; readonly reason: string }[];
}

/** For `--help`. */
export const PEOPLE_HELP = `A list of people is a CSV file (with a header line), a Parquet file or JSON lines, with the columns of the scheme (national_id, phone, name; others with --column), or a text file
with one identifier a line; - reads lines from standard input. What stands in it is in no message and no log.`;

const MAX_LINES_BYTES = 256 * 1024 * 1024;

/** Reads a list of people. A row that names nobody stays in the list, so that places are those of the file; at least one has to name somebody. */
export const readPeople = async (file: PeopleFile, world: World): Result<People> => {
  const format = formatOf(file.path.replace(/\.gz$/i, ''));
  if (format === undefined && file.path !== '-' && /^\+?[\d ]{6,}[Xx]?$/.test(file.path) && !(await exists(file.path)))
    return E.left(badInput(IDENTIFIER_AS_ARGUMENT));
  const read = await (format === undefined ? readLines(file, world) : readColumns(file, world));
  if (E.isLeft(read)) return read;
  const { people, carried } = read.right;
  const rejected = people.flatMap((raw, i) => {
    const id = canonicalIdentifier({ scheme: file.scheme, raw });
    return E.isLeft(id) ? [{ row: i + 1, reason: id.left.reason, message: id.left.message }] : [];
  });
  if (people.length === 0) return E.left(badInput(`${file.path} has no row: name a file with at least one person`));
  if (rejected.length === people.length)
    return E.left(
      badInput(
        `${file.path}: none of its ${people.length} rows names a person. Row 1: ${rejected[0]!.message}. Is it the right file, scheme and column (--scheme, --column)?`,
      ),
    );
  return E.right({ people, carried, rejected: rejected.map(({ row, reason }) => ({ row, reason })) });
};

/** Without what was given, which may be somebody. */
const IDENTIFIER_AS_ARGUMENT =
  'the list of people is a file, and there is none of that name. If that was an identifier: it is never an argument, which every user of the machine can see; put it into a file, or give - and write it to standard input';

type Listed = Omit<People, 'rejected'>;

const readLines = async ({ path, scheme, column, carry }: PeopleFile, world: World): Result<Listed> => {
  const [field, ...others] = fieldsOf(scheme);
  if (others.length > 0)
    return E.left(
      badInput(
        `${path}: scheme ${scheme} needs the columns ${fieldsOf(scheme).join(' and ')}: give a .csv, .parquet or .jsonl file`,
      ),
    );
  if (column !== undefined || carry !== undefined)
    return E.left(badInput(`${path} has no columns: --column and --carry are for .csv, .parquet and .jsonl files`));
  const text = path === '-' ? await readInput(world) : await readText(path, MAX_LINES_BYTES);
  if (E.isLeft(text)) return text;
  const lines = text.right.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  return E.right({ people: lines.map((line) => ({ [field!]: line.trim() })), carried: new Map() });
};

const readInput = async ({ input, signal }: World): Result<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    signal.throwIfAborted();
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_LINES_BYTES) return E.left(badInput('standard input has more than 256 MB: it is not what is expected here'));
    chunks.push(bytes);
  }
  return E.right(Buffer.concat(chunks).toString('utf8'));
};

const readColumns = ({ path, scheme, column = [], carry = [] }: PeopleFile, { signal }: World): Result<Listed> =>
  withTable(path, { signal }, async (table) => {
    const fields = fieldsOf(scheme);
    const named = namesOf(fields, column);
    if (E.isLeft(named)) return named;
    const found: string[] = [];
    for (const field of fields) {
      const name = named.right.get(field) ?? field;
      const one = columnNamed(table, name);
      if (one === undefined)
        return E.left(
          badInput(
            `${path} has no column "${name}", which scheme ${scheme} needs: name it with --column ${fields.length > 1 ? `${field}=` : ''}NAME`,
          ),
        );
      if (one.type !== 'VARCHAR')
        return E.left(
          badInput(`${path}: column "${name}" is a ${one.type} and not text: write it as text, a number loses leading zeros`),
        );
      found.push(one.as);
    }
    for (const name of carry) {
      const one = columnNamed(table, name);
      if (one === undefined) return E.left(badInput(`${path} has no column "${name}" to carry`));
      found.push(one.as);
    }
    const people: RawIdentifier[] = [];
    const carried = carry.map((): (string | null)[] => []);
    const selected = found.map((name) => `CAST(${quoted(name)} AS VARCHAR)`).join(', ');
    for await (const { rows } of table.engine.chunks(`SELECT ${selected} FROM ${table.from}`))
      for (const cells of rows) {
        people.push(Object.fromEntries(fields.map((field, i) => [field, cells[i] as string | null])));
        for (const [i, values] of carried.entries()) values.push(cells[fields.length + i] as string | null);
      }
    return E.right({ people, carried: new Map(carry.map((name, i) => [name, carried[i]!])) });
  });

const namesOf = (fields: readonly IdentifierField[], given: readonly string[]): Either<Failure, ReadonlyMap<string, string>> => {
  const names = new Map<string, string>();
  for (const one of given) {
    const [, field, name] = /^(national_id|phone|name)=(.+)$/s.exec(one) ?? [undefined, fields[0]!, one];
    if (fields.length > 1 && field === fields[0] && name === one)
      return E.left(
        badInput(`--column: the scheme has the columns ${fields.join(' and ')}, so say which, e.g. --column ${fields[0]}=NAME`),
      );
    if (!fields.includes(field as IdentifierField))
      return E.left(badInput(`--column: the scheme has no column ${field}; it has ${fields.join(' and ')}`));
    names.set(field!, name!);
  }
  return E.right(names);
};
