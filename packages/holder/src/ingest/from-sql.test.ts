import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Catalogue, E } from '@vouchsafe/core';
import { syntheticRid } from '@vouchsafe/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { fromSql, type SqlOptions } from './from-sql.ts';
import { ingestAll } from './ingest.test.fixture.ts';

const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-sql-'));
afterAll(() => rm(folder, { recursive: true }));
const catalogue: Catalogue = {
  cohortCap: 1000,
  columns: [
    { kind: 'amount', name: 'owed', unit: 1, max: 1_000 },
    { kind: 'flag', name: 'late' },
  ],
};
const saved = async (name: string, content: string): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const read = (options: SqlOptions) => ingestAll({ source: fromSql(options), catalogue, scheme: 'cn-rid' });
const rightOf = async (options: SqlOptions) => {
  const got = await read(options);
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right;
};

const payments = await saved(
  'payments.csv',
  ['national_id,amount,when_paid', ...[1, 1, 2, 3].map((n, i) => `${syntheticRid(n)},${i}.30,2026-01-0${i + 1}`)].join('\n'),
);
const people = await saved(
  'people.jsonl',
  [1, 2, 3].map((n) => JSON.stringify({ id: syntheticRid(n), blocked: n === 2 })).join('\n'),
);

describe('fromSql', () => {
  it('joins and aggregates files of different formats', async () => {
    const { ids, values, report } = await rightOf({
      files: { payments, people },
      sql: `SELECT id AS national_id, sum(CAST(amount AS DECIMAL(12, 2))) AS owed, any_value(blocked) AS late, 'not asked for' AS more
            FROM payments JOIN people ON national_id = id GROUP BY id ORDER BY id DESC; `,
    });
    const expected = [
      [1, 2, 0],
      [2, 2, 1],
      [3, 3, 0],
    ].sort((a, b) => (syntheticRid(a[0]!) > syntheticRid(b[0]!) ? -1 : 1));
    expect(ids.map((id) => Buffer.from(id).toString())).toEqual(expected.map(([n]) => `cn-rid:${syntheticRid(n!)}`));
    expect([...values]).toEqual(expected.flatMap(([, owed, late]) => [1, owed, late]));
    expect(report).toMatchObject({ rows: 3, rejected: 0 });
  });

  it('leaves no digit out of an identifier that a file calls by another name', async () => {
    const rows = [1, 2].map((n) => `0${n}23;1;98765432109876543210;${n}.50;${syntheticRid(n)}`);
    const own = await saved('own.csv', ['branch;count;account;owed;ID_NO', ...rows].join('\r\n'));
    const { values } = await rightOf({
      files: { own },
      sql: `SELECT CAST(ID_NO AS VARCHAR) AS national_id, owed * 2 AS owed, branch IN ('0123', '0223') AND account = '98765432109876543210' AND count + 1 = 2 AS late FROM own ORDER BY owed`,
    });
    expect([...values]).toEqual([1, 3, 1, 1, 5, 1]);
  });

  it('takes every kind of number exactly, and names the row that the query names', async () => {
    const kinds = [
      'CAST(7 AS HUGEINT)',
      'CAST(7.5 AS DOUBLE)',
      'CAST(7.499 AS DECIMAL(9, 3))',
      'CAST(7 AS UTINYINT)',
      "'7.4'",
      'NULL',
      "'seven'",
    ];
    const rows = kinds.map(
      (sql, i) =>
        `SELECT '${syntheticRid(i)}' AS national_id, CAST(${sql} AS VARCHAR) AS owed, NULL AS late, ${100 + i} AS "row"`,
    );
    const { values, report } = await rightOf({ sql: rows.join(' UNION ALL ') });
    expect([...values].filter((_, i) => i % 3 === 1)).toEqual([7, 8, 7, 7, 7, 0]);
    expect(report.rejectedRows).toEqual([{ row: 106, column: 'owed', reason: 'notADecimal' }]);
    expect(report.empty).toEqual({ owed: 1, late: 6 });
  });

  it('rejects the second row of a person: the query must say how they add up', async () => {
    const { report } = await rightOf({
      files: { payments },
      sql: 'SELECT national_id, amount AS owed, false AS late FROM payments',
    });
    expect(report).toMatchObject({
      rows: 4,
      subjects: 3,
      rejectedRows: [{ row: 2, column: 'national_id', reason: 'duplicate' }],
    });
  });

  it('reads identifiers of a CSV file as text, whatever they look like', async () => {
    const file = await saved('digits.csv', 'national_id,owed,late\n112345678909,1,true\n');
    expect(await rightOf({ files: { t: file }, sql: 'SELECT * FROM t' })).toMatchObject({
      report: { reasons: { 'national_id: length': 1 } },
    });
    const got = await read({ sql: `SELECT * FROM read_csv('${file}')` });
    expect(got).toMatchObject({ left: { _tag: 'BadColumn', column: 'national_id' } });
  });

  it('does not mistake a query that fails half-way for a smaller book', async () => {
    const late = 'CASE WHEN range = 199000 THEN CAST(CAST(range AS VARCHAR) || $$x$$ AS INTEGER) ELSE 1 END';
    const got = await read({
      sql: `SELECT CAST(range AS VARCHAR) AS national_id, ${late} AS owed, NULL AS late FROM range(200000)`,
    });
    expect(got).toMatchObject({ left: { _tag: 'MalformedFile' } });
    expect(JSON.stringify(got)).not.toContain('199000');
  });

  it('stops a query that runs when asked', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const sql = `SELECT CAST(count(*) AS VARCHAR) AS national_id, 1 AS owed, true AS late FROM range(100000000) a, range(1000) b WHERE (a.range * b.range) % 7 = 3`;
    const got = await ingestAll({ source: fromSql({ sql }), catalogue, scheme: 'cn-rid', watch: { signal: stop.signal } });
    expect(got).toMatchObject({ left: { _tag: 'Aborted' } });
  });

  it.each([
    ['SELEC 1', 'BadQuery', 'syntax'],
    ['SELECT 1; SELECT 2', 'BadQuery', 'syntax'],
    ['SELECT nothing FROM payments', 'BadQuery', 'nothing'],
    ['SELECT national_id FROM elsewhere', 'BadQuery', 'elsewhere'],
    ["SELECT * FROM read_csv('/nowhere.csv')", 'BadQuery', 'path'],
    ["SELECT * FROM 'https://example.com/x.parquet'", 'BadQuery', 'Missing Extension'],
    ['DROP VIEW payments', 'BadQuery', 'syntax'],
    ['SELECT amount AS owed FROM payments', 'BadColumn', 'national_id'],
    ['SELECT national_id, amount AS owed FROM payments', 'BadColumn', 'late'],
    ['SELECT national_id FROM payments', 'BadColumn', 'columns "owed", "late"'],
    ['SELECT 7 AS national_id, 1 AS owed, true AS late', 'BadColumn', 'CAST(… AS VARCHAR) AS national_id'],
  ])('%s: %s', async (sql, tag, says) => {
    const got = await read({ files: { payments }, sql });
    expect(got).toMatchObject({ left: { _tag: tag, message: expect.stringContaining(says) } });
    expect(JSON.stringify(got)).not.toContain(syntheticRid(1).slice(0, 10));
  });

  it('refuses a table name that is none, and files that are not there', async () => {
    const sql = 'SELECT 1';
    expect(await read({ sql, files: { 'x" AS SELECT 1; --': payments } })).toMatchObject({ left: { _tag: 'BadQuery' } });
    expect(await read({ sql, files: { x: join(folder, 'none.csv') } })).toMatchObject({ left: { _tag: 'UnreadableFile' } });
  });
});

const shared = process.env['VOUCHSAFE_SHARED'];

describe.skipIf(!shared)(
  'a public data set of real accounts (UCI, credit card clients in Taiwan; needs VOUCHSAFE_SHARED)',
  () => {
    it('comes in with one query: negative balances by an offset, repayment status as a bucket, identifiers made in TypeScript', async () => {
      const uci = join(shared ?? '', 'data', 'UCI_Credit_Card.csv');
      const ids = await saved(
        'ids.csv',
        `id,national_id\n${Array.from({ length: 30_000 }, (_, i) => `${i + 1},${syntheticRid(i + 1)}`).join('\n')}\n`,
      );
      const statuses = ['-2', '-1', '0', '1', '2', '3', '4', '5', '6', '7', '8'];
      const columns: Catalogue['columns'] = [
        { kind: 'amount', name: 'limit', unit: 1_000, max: 1_000 },
        { kind: 'amount', name: 'bill', unit: 1_000, max: 1_200, offset: 200 },
        { kind: 'bucket', name: 'status', buckets: statuses },
        { kind: 'flag', name: 'bad' },
      ];
      const source = fromSql({
        files: { uci, ids },
        sql: `SELECT national_id, LIMIT_BAL AS "limit", BILL_AMT1 AS bill, PAY_0 AS status, "default.payment.next.month" AS bad FROM uci JOIN ids ON ids.id = uci.ID`,
      });
      const got = await ingestAll({ source, catalogue: { cohortCap: 100_000, columns }, scheme: 'cn-rid' });
      if (E.isLeft(got)) throw new Error(got.left.message);
      const { values, report } = got.right;
      expect(report).toMatchObject({ rows: 30_000, subjects: 30_000, rejected: 0, clamped: {}, empty: {} });
      const totals = new Array<number>(15).fill(0);
      for (let i = 0; i < values.length; i++) totals[i % 15]! += values[i]!;
      expect(totals[0]).toBe(30_000);
      expect(totals.slice(3, 14).reduce((sum, n) => sum + n)).toBe(30_000);
      expect(totals[14]).toBe(6_636);
      // The offset goes off again: the mean bill is 51,223 New Taiwan dollars.
      expect(Math.abs(totals[2]! / 30_000 - 200 - 51.223)).toBeLessThan(0.02);
    });
  },
);
