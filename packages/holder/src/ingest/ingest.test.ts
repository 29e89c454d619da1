import { type Catalogue, E, type Progress } from '@vouchsafe/core';
import type { Scheme } from '@vouchsafe/identity';
import { syntheticPhone, syntheticRid } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { ingestAll } from './ingest.test.fixture.ts';
import { fromIterable, type RecordSource, type SourceRecord } from './record-source.ts';
import { printRejected } from './rejected.ts';
import { MAX_LISTED, printReport } from './report.ts';

const catalogue: Catalogue = { cohortCap: 100, columns: [{ kind: 'count', name: 'loans', max: 20 }] };
const rid = syntheticRid;

const record = (row: number, national_id: string | null, loans: number | null = 1): SourceRecord => ({
  row,
  identifier: { national_id, phone: syntheticPhone(row) },
  values: { loans },
});

const read = (source: RecordSource, scheme: Scheme = 'cn-rid', watch = {}) => ingestAll({ source, catalogue, scheme, watch });

const rightOf = async (...args: Parameters<typeof read>) => {
  const got = await read(...args);
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right;
};

describe('ingest', () => {
  it('gives ids and values of the good records in their order, and a report of the others', async () => {
    const rows = [
      record(1, rid(1), 2),
      record(2, `${rid(2).slice(0, 6)} ${rid(2).slice(6).toLowerCase()}`, 30),
      record(3, `${rid(3).slice(0, 17)}${rid(3).endsWith('1') ? '2' : '1'}`),
      record(4, null),
      record(5, rid(1)),
      record(6, rid(6), null),
      record(7, rid(7), 1.5),
      record(8, rid(7), 7),
    ];
    const { ids, values, report } = await rightOf(fromIterable(() => rows));
    expect(ids.map((id) => Buffer.from(id).toString())).toEqual([1, 2, 6, 7].map((n) => `cn-rid:${rid(n)}`));
    expect([...values]).toEqual([1, 2, 1, 20, 1, 0, 1, 7]);
    expect(report).toEqual({
      scheme: 'cn-rid',
      rows: 8,
      subjects: 4,
      rejected: 4,
      reasons: {
        'national_id: checkDigit': 1,
        'national_id: missing': 1,
        'national_id: duplicate': 1,
        'loans: notWhole': 1,
      },
      rejectedRows: [
        { row: 3, column: 'national_id', reason: 'checkDigit' },
        { row: 4, column: 'national_id', reason: 'missing' },
        { row: 5, column: 'national_id', reason: 'duplicate' },
        { row: 7, column: 'loans', reason: 'notWhole' },
      ],
      clamped: { loans: 1 },
      empty: { loans: 1 },
    });
    expect(printReport(report)).toBe(
      'cn-rid: 8 rows, 4 subjects, 4 rows rejected\n  rejected: national_id: checkDigit 1, national_id: missing 1, loans: notWhole 1, national_id: duplicate 1\n  clamped: loans 1\n  empty, taken as zero: loans 1',
    );
    expect(report.rejectedRows.map(printRejected)).toEqual([
      'row 3: national_id is not usable as an identifier (checkDigit)',
      'row 4: national_id is empty',
      'row 5: national_id stands in an earlier row already: merge the rows (in SQL, GROUP BY), or remove one',
      'row 7: loans is no whole number',
    ]);
  });

  it('reads a source again for another scheme, and generators too', async () => {
    const source = fromIterable(async function* () {
      yield record(1, rid(1));
      yield record(2, rid(1));
    });
    expect((await rightOf(source)).ids).toHaveLength(1);
    const { ids } = await rightOf(source, 'e164');
    expect(ids.map((id) => Buffer.from(id).toString())).toEqual([`e164:${syntheticPhone(1)}`, `e164:${syntheticPhone(2)}`]);
  });

  it('has an empty table for an empty source', async () => {
    const { ids, values, report } = await rightOf(fromIterable(() => []));
    expect([ids.length, values.length, report.rows]).toEqual([0, 0, 0]);
  });

  it('keeps what a throwing source says to itself', async () => {
    const source = fromIterable(function* () {
      yield record(1, rid(1));
      throw new TypeError(`cannot read ${rid(2)}`);
    });
    const got = await read(source);
    expect(got).toMatchObject({ left: { _tag: 'SourceFailed' } });
    expect(JSON.stringify(got)).toContain('TypeError');
    expect(JSON.stringify(got)).not.toContain(rid(2));
  });

  it('counts all rejected rows and lists the first of them', async () => {
    const many = MAX_LISTED + 5;
    const { report } = await rightOf(fromIterable(() => Array.from({ length: many }, (_, i) => record(i + 1, null))));
    expect([report.rejected, report.rejectedRows.length, report.reasons['national_id: missing']]).toEqual([
      many,
      MAX_LISTED,
      many,
    ]);
  });

  it('tells progress, leaves the event loop its turns, and stops when asked', async () => {
    const people = 20_000;
    const source = fromIterable(function* () {
      for (let i = 1; i <= people; i++) yield record(i, rid(i));
    });
    const told: Progress[] = [];
    let turns = 0;
    const ticker = setInterval(() => turns++, 1);
    const { ids } = await rightOf(source, 'cn-rid', { onProgress: (progress: Progress) => told.push(progress) });
    clearInterval(ticker);
    expect(ids).toHaveLength(people);
    expect(told.at(-1)).toEqual({ task: 'ingest', done: people, total: 0 });
    // Without pauses a timer would not get a single turn.
    expect(turns).toBeGreaterThan(10);

    const stop = new AbortController();
    const stopped = await read(source, 'cn-rid', {
      signal: stop.signal,
      onProgress: ({ done }: Progress) => done >= 1_000 && stop.abort(),
    });
    expect(stopped).toMatchObject({ left: { _tag: 'Aborted' } });
  });
});
