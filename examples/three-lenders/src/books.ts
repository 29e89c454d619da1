import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { E, type Either } from '@vouchsafe/core';
import { canonicalIdentifier } from '@vouchsafe/identity';
import {
  LOAN_COLUMNS,
  type Loan,
  loansCsv,
  syntheticLenders,
  syntheticOutcomes,
  syntheticPopulation,
  syntheticRid,
} from '@vouchsafe/testkit';
import type { Options } from './options.ts';

/** A lender's own file, and the same loans again for the check against the truth: only this demo has all of them in one place. */
export interface Book {
  readonly lender: string;
  readonly file: string;
  readonly loans: readonly Loan[];
}

/** The lenders' records and the people the bureau will ask about. */
export interface Books {
  readonly books: readonly Book[];
  readonly applicants: readonly Applicant[];
  /** People with a file, so that the bureau knows who did not pay; empty for the user's own files, of which no outcome is known. */
  readonly sample: readonly Applicant[];
  /** Those of the sample who agreed that their lenders are asked about them, so that a model can be made. */
  readonly consented: readonly Applicant[];
  /** Where the files are. */
  readonly folder: string;
}

export interface Applicant {
  readonly national_id: string;
  /** Unknown for people of the user's own files. */
  readonly hasBureauFile?: boolean;
  /** Did not pay in the year after the books were read. Of applicants it is the truth that nobody knows yet; unknown for people of the user's own files. */
  readonly bad?: boolean;
  /** The hidden risk that both books and outcome come from. */
  readonly risk?: number;
}

/** Why there is nothing to ask. */
export interface NoBooks {
  readonly _tag: 'NoBooks';
  readonly message: string;
}

const APPLICANTS = 300;
const SAMPLE = 3000;
const CONSENTED = 150;

/** Makes people and writes each lender's `loans.csv`, or reads the user's own files. */
export const openBooks = (options: Options): Promise<Either<NoBooks, Books>> =>
  options.data === undefined ? makeBooks(options) : readBooks(options.data);

/** Names of the lenders of a synthetic population, known before it is made. */
export const syntheticNames = (lenders: number): readonly string[] =>
  Array.from({ length: lenders }, (_, i) => `lender-${String.fromCharCode(97 + i)}`);

const makeBooks = async ({ customers, lenders, seed, asOf }: Options): Promise<Either<NoBooks, Books>> => {
  // Twice as many people as customers of one lender: lenders overlap, and some people are known to none.
  const population = syntheticPopulation({ seed, people: Math.max(APPLICANTS, 2 * customers), noFileShare: 0.46 });
  const made = syntheticLenders({ population, lenders, customersPerLender: customers, seed, asOf });
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-demo-'));
  const names = syntheticNames(lenders);
  const books: Book[] = [];
  for (const [i, { loans }] of made.entries()) {
    const lender = names[i]!;
    const file = join(folder, lender, 'loans.csv');
    await mkdir(join(folder, lender));
    await writeFile(file, loansCsv(loans), { mode: 0o600 });
    books.push({ lender, file, loans });
  }
  const bad = syntheticOutcomes({ population, seed });
  const people = population.map(({ national_id, hasBureauFile, risk }, i) => ({
    national_id,
    hasBureauFile,
    risk,
    bad: bad[i] === 1,
  }));
  const applicants = spread(people, APPLICANTS);
  const asked = new Set(applicants);
  const others = people.filter((person) => person.hasBureauFile && !asked.has(person));
  const sample = spread(others, SAMPLE);
  return E.right({ books, applicants, sample, consented: spread(sample, CONSENTED), folder });
};

const readBooks = async (folder: string): Promise<Either<NoBooks, Books>> => {
  const names = await readdir(folder).catch(() => undefined);
  if (!names) return E.left(noBooks(`there is no folder ${folder}`));
  const files = names.filter((name) => name.toLowerCase().endsWith('.csv')).sort();
  if (files.length < 2) return E.left(noBooks(`${folder} has ${files.length} CSV files: one for each lender, two at least`));
  const books: Book[] = [];
  for (const name of files.slice(0, 10)) {
    const file = resolve(folder, name);
    const loans = await readLoans(file);
    if (E.isLeft(loans)) return loans;
    const lender = basename(name)
      .slice(0, -4)
      .toLowerCase()
      .replace(/[^a-z0-9.-]/g, '-');
    books.push({
      lender: /^[a-z0-9]/.test(lender) ? lender.slice(0, 40) : `lender-${books.length + 1}`,
      file,
      loans: loans.right,
    });
  }
  books.sort((a, b) => (a.lender < b.lender ? -1 : 1));
  const people = [...new Set(books.flatMap(({ loans }) => loans.map(({ national_id }) => national_id)))].sort();
  // Nine tenths from the files, one tenth strangers.
  const known = spread(people, Math.floor(APPLICANTS * 0.9));
  const strangers = Array.from({ length: APPLICANTS - known.length }, (_, i) => syntheticRid(i));
  return E.right({
    books,
    applicants: [...known, ...strangers].map((national_id) => ({ national_id })),
    sample: [],
    consented: [],
    folder,
  });
};

/** The rows of a file as text, read without our own view so that the truth does not depend on it; identifiers in canonical form, unusable rows left out. */
const readLoans = async (file: string): Promise<Either<NoBooks, readonly Loan[]>> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll('SELECT * FROM read_csv($file, all_varchar = true, header = true)', { file });
    const rows = reader.getRowObjects() as readonly Readonly<Record<string, string | null>>[];
    const missing = LOAN_COLUMNS.find((column) => rows[0] && !(column in rows[0]));
    if (missing !== undefined) return E.left(noBooks(`${file} has no column "${missing}" of the canonical loans table`));
    return E.right(
      rows.flatMap((row) => {
        const id = canonicalIdentifier({ scheme: 'cn-rid', raw: { national_id: row['national_id'] ?? null } });
        if (E.isLeft(id)) return [];
        const national_id = new TextDecoder().decode(id.right).slice('cn-rid:'.length);
        const text = Object.fromEntries(LOAN_COLUMNS.map((column) => [column, row[column] ?? '']));
        return [{ ...text, national_id } as unknown as Loan];
      }),
    );
  } catch {
    return E.left(noBooks(`${file} is no CSV file with a header line`));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

/** `count` of the items, evenly spread over the list. */
const spread = <A>(items: readonly A[], count: number): readonly A[] =>
  items.length <= count ? items : Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);

const noBooks = (message: string): NoBooks => ({ _tag: 'NoBooks', message });
