import { decodeShape, E, type Either, list, record, text, whole } from '@vouchsafe/core';
import type { SampledPerson, SampleResult } from '@vouchsafe/querier';
import { badInput, EXIT, type Failure } from '../exit.ts';
import type { Outcome, Result } from '../outcome.ts';
import { readText } from '../read-file.ts';
import { bars, figure, table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { createFile } from '../write-file.ts';
import { type AuditorCall, holderFailure, knownHolder, withAuditor } from './with-auditor.ts';

/** What `audit sample` was told. */
export interface SampleOptions extends AuditorCall {
  readonly holder: string;
  readonly querier: string;
  readonly scheme: string;
  readonly epoch: number;
  readonly rows: number;
  readonly records?: string | undefined;
  readonly out?: string | undefined;
}

interface BookRow {
  readonly id: string;
  readonly values: readonly number[];
}

const BookRow = record<BookRow>(
  'a line of records',
  { id: text('an identifier', /^.{1,512}$/), values: list(whole(0, 2 ** 32 - 1), 2000) },
  {},
);

const MAX_RECORDS_BYTES = 512 * 1024 * 1024;

export const auditSample = async (options: SampleOptions, world: World): Result => {
  const books = options.records === undefined ? E.right(undefined) : await readBooks(options.records);
  if (E.isLeft(books)) return books;
  return withAuditor(options, world, async ({ auditor, federation }) => {
    const known = knownHolder(federation, options.holder);
    if (E.isLeft(known)) return known;
    const { holder, querier, scheme, epoch, rows } = options;
    const own = books.right;
    const records = own && (async (id: Uint8Array) => own.get(new TextDecoder().decode(id)));
    const progress = bars(world.stderr);
    const question = { holder, querier, scheme, epoch, rows, records, signal: world.signal, onProgress: progress.show };
    const result = await auditor
      .sample(question)()
      .finally(() => progress.end());
    if (E.isLeft(result)) return E.left(holderFailure(holder, result.left));
    if (options.out !== undefined) {
      const written = await createFile(options.out, result.right.rows.map((row) => `${JSON.stringify(rowJson(row))}\n`).join(''));
      if (E.isLeft(written)) return written;
    }
    return E.right(reportOf(options, result.right));
  });
};

const readBooks = async (path: string): Promise<Either<Failure, ReadonlyMap<string, readonly number[]>>> => {
  const all = await readText(path, MAX_RECORDS_BYTES);
  if (E.isLeft(all)) return all;
  const books = new Map<string, readonly number[]>();
  for (const [i, line] of all.right.split('\n').entries()) {
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return E.left(badInput(`${path}: line ${i + 1} is not JSON`));
    }
    const row = decodeShape(BookRow, value);
    if (E.isLeft(row)) return E.left(badInput(`${path}: line ${i + 1}: ${row.left.message}`));
    books.set(row.right.id, row.right.values);
  }
  return E.right(books);
};

const rowJson = ({ index, kind, fault, id, values, books }: SampledPerson): Readonly<Record<string, unknown>> => ({
  row: index,
  kind,
  ...(id === undefined ? {} : { id: new TextDecoder().decode(id), values }),
  ...(fault === undefined ? {} : { fault }),
  ...(books === undefined ? {} : { books }),
});

const reportOf = ({ holder, out, records }: SampleOptions, result: SampleResult): Outcome => {
  const { tableRows, rows, padding, bad, detection, found95, found99 } = result;
  const wrong = rows.filter(({ fault, books }) => fault !== undefined || (books !== undefined && books !== 'same'));
  return {
    exit: bad > 0 ? EXIT.bad : EXIT.fine,
    text: [
      table(
        ['rows of the table', 'drawn', 'records', 'padding', 'bad'],
        [[tableRows, rows.length, rows.length - padding, padding, bad].map((value) => figure(value))],
      ),
      table(
        ['had so many rows been bad', 'one would be among those drawn with probability'],
        detection.map((one) => [figure(one.bad), one.probability.toFixed(4)]),
      ),
      ...wrong.slice(0, 20).map(({ index, fault, books }) => `row ${index}: ${fault ?? books}`),
      bad > 0
        ? `VERDICT: ${bad} of the ${rows.length} rows drawn from ${holder} are not what they should be.`
        : `VERDICT: all rows drawn from ${holder} are what its log committed to${records === undefined ? '; they were not held against raw records' : ' and what the records say'}. ${figure(found99)} bad rows or more would have been found with probability 0.99, ${figure(found95)} with 0.95. A single chosen one would not.`,
      ...(out === undefined ? [] : [`${out}: the rows. They name people.`]),
    ].join('\n'),
    json: {
      holder,
      tableRows,
      drawn: rows.length,
      padding,
      bad,
      detection,
      found95,
      found99,
      faults: wrong.map(({ index, fault, books }) => ({ row: index, fault: fault ?? books })),
    },
  };
};
