import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { E } from '@vouchsafe/core';
import { LOANS_COLUMNS } from '@vouchsafe/protocol';
import { LOAN_COLUMNS, type Loan, loansCsv, syntheticRid } from '@vouchsafe/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { headerNames } from './csv-header.ts';
import type { DataFile } from './data-file.ts';
import { ingestAll } from './ingest.test.fixture.ts';
import { loansView } from './loans-view.ts';

const catalogue = { cohortCap: 1000, columns: LOANS_COLUMNS };
const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-hostile-'));
afterAll(() => rm(folder, { recursive: true }));
const secret = 'Zhang-Secret';

const loan = (n: number, change: Partial<Record<keyof Loan, string>> = {}): Loan =>
  ({
    ...{
      national_id: syntheticRid(n),
      phone: '',
      name: secret,
      loan_id: `L${n}`,
      product: 'instalment',
      opened_on: '2024-01-15',
      closed_on: '',
    },
    ...{
      currency: 'CNY',
      limit: '',
      principal: '10',
      balance: '100.00',
      past_due: '0',
      history: 'N',
      code_set: 'pboc',
      ...change,
    },
  }) as Loan;
const csv = loansCsv([1, 2, 3].map((n) => loan(n)));

const read = async (file: DataFile) => {
  const got = await ingestAll({ source: loansView({ file, asOf: '2026-06-30', currency: 'CNY' }), catalogue, scheme: 'cn-rid' });
  // Whatever is wrong with a file, nothing that stands in it may come out in an error.
  if (E.isLeft(got)) expect(JSON.stringify(got.left)).not.toMatch(new RegExp(`${secret}|${syntheticRid(1).slice(0, 12)}`));
  return got;
};
const saved = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const rowsOf = async (file: DataFile): Promise<number> => {
  const got = await read(file);
  if (E.isLeft(got)) throw new Error(got.left.message);
  expect(got.right.ids).toHaveLength(got.right.report.rows);
  return got.right.report.rows;
};

describe('files that are unusual and right', () => {
  it.each([
    ['a byte order mark', `\ufeff${csv}`],
    ['line feeds alone', csv.replaceAll('\r\n', '\n')],
    ['no line end at the end', csv.trimEnd()],
    [
      'a quoted header in another case',
      csv.replace(/^.*?\r\n/, `${LOAN_COLUMNS.map((c) => `"${c.toUpperCase()}"`).join(',')}\r\n`),
    ],
    ['fields that nobody asked for', csv.replaceAll('\r\n', ',"x,\r\ny"\r\n').replace(',"x,\r\ny"\r\n', ',extra\r\n')],
    ['quotes, commas and line breaks in a name', loansCsv([1, 2, 3].map((n) => loan(n, { name: `"${n}", \r\n a 'b' ; --` })))],
    [
      'rows that begin like a comment',
      loansCsv([1, 2, 3].map((n) => loan(n)))
        .replaceAll('L1', '#L1')
        .replaceAll(syntheticRid(1), ` ${syntheticRid(1)}`),
    ],
    ['NUL characters', loansCsv([1, 2, 3].map((n) => loan(n, { name: 'a\u0000b' })))],
    ['a field of a megabyte', loansCsv([loan(1, { name: 'x'.repeat(1_000_000) }), loan(2), loan(3)])],
  ])('%s', async (what, content) => {
    expect(await rowsOf(await saved(`${what}.csv`, content))).toBe(3);
  });

  it('a first column that begins with #, in the header and below', async () => {
    const columns = ['#', ...LOAN_COLUMNS].join(',');
    const lines = csv.split('\r\n').slice(1, 4);
    expect(await rowsOf(await saved('hash.csv', `${columns}\r\n${lines.map((line) => `#1,${line}`).join('\r\n')}`))).toBe(3);
  });

  it('a compressed file, and a name in which every character is a pattern, a quote or a blank', async () => {
    expect(await rowsOf(await saved('loans.csv.gz', gzipSync(csv)))).toBe(3);
    expect(await rowsOf(await saved("we[i]rd * ?'; DROP TABLE x; --.csv", csv))).toBe(3);
    // As a pattern, the second name would find both.
    await saved('star.csv', csv);
    expect(await rowsOf(await saved('st*r.csv', csv))).toBe(3);
    expect(await rowsOf({ path: await saved('loans', csv), format: 'csv' })).toBe(3);
  });

  it('a header and nothing else', async () => {
    expect(await rowsOf(await saved('header.csv', `${LOAN_COLUMNS.join(',')}\r\n`))).toBe(0);
  });

  it('many rows, numbered as in the file and in the order of the file', async () => {
    const count = 20_000;
    const bad = (i: number): boolean => i % 6_000 === 7;
    const rows = Array.from({ length: count }, (_, i) =>
      loan(i, { national_id: syntheticRid(i % 100), currency: bad(i) ? 'USD' : 'CNY' }),
    );
    const got = await read(await saved('many.csv', loansCsv(rows)));
    if (E.isLeft(got)) throw new Error(got.left.message);
    expect(got.right.report.rejectedRows.map(({ row }) => row)).toEqual([8, 6_008, 12_008, 18_008]);
    // Subjects come in the order of their first rows; the first row of number 7 was rejected.
    const order = [...Array.from({ length: 100 }, (_, i) => i).filter((i) => i !== 7), 7];
    expect(got.right.ids.map((id) => Buffer.from(id).toString())).toEqual(order.map((i) => `cn-rid:${syntheticRid(i)}`));
    expect(got.right.report).toMatchObject({ rows: count, subjects: 100, rejected: 4 });
  });
});

describe('files that are wrong', () => {
  const [header, first, second, third] = csv.split('\r\n') as [string, string, string, string];
  it.each([
    ['a row with a field too few', [header, first, second.slice(0, second.lastIndexOf(',')), third].join('\n'), 3],
    ['a row with a field too many', [header, first, `${second},x`, third].join('\n'), 3],
    ['a quote that is never closed', [header, first, second.replace(secret, `"${secret}`), third].join('\n'), 3],
    ['text behind a closing quote', [header, `"${syntheticRid(1)}"x${first.slice(18)}`, second].join('\n'), 2],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from(`${header}\n${first}\n`), Buffer.from([0xff, 0xfe, 0x0a])]),
      undefined,
    ],
    ['UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le'), 1],
    ['a line of three megabytes', [header, first.replace(secret, secret.repeat(250_000)), second].join('\n'), undefined],
    ['no content', '', 1],
    ['zeros', new Uint8Array(5_000), undefined],
  ])('%s: says so, with the line where it is known', async (what, content, line) => {
    const got = await read(await saved(`${what}.csv`, content));
    expect(got).toMatchObject({ left: { _tag: 'MalformedFile' } });
    if (line !== undefined) expect(got).toMatchObject({ left: { line } });
  });

  it('a break 200,000 lines down', async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => first.replace('L1', `L${i}`));
    const got = await read(await saved('late.csv', [header, ...lines, 'x,y', first].join('\n')));
    expect(got).toMatchObject({ left: { _tag: 'MalformedFile', line: 200_002 } });
  });

  it.each(['national_id', 'history', 'past_due'])('no column %s: names it, and not the columns there are', async (column) => {
    const got = await read(await saved('column.csv', csv.replace(column, 'other')));
    expect(got).toMatchObject({ left: { _tag: 'BadColumn', column } });
  });

  it('no header line: the first row is not repeated as a list of names', async () => {
    expect(await read(await saved('headless.csv', [first, second].join('\n')))).toMatchObject({
      left: { _tag: 'BadColumn', column: 'national_id' },
    });
  });

  it('one column twice', async () => {
    const got = await read(await saved('twice.csv', csv.replace('phone', 'balance')));
    expect(got).toMatchObject({
      left: { _tag: 'BadColumn', column: 'balance', message: expect.stringContaining('two columns') },
    });
  });

  it.each([
    [';', 'semicolons'],
    ['\t', 'tabs'],
    ['|', 'bars'],
  ])('another delimiter, %j: says which, and what reads it', async (delimiter, name) => {
    const got = await read(await saved('delimiter.csv', csv.replaceAll(',', delimiter)));
    expect(got).toMatchObject({ left: { _tag: 'BadColumn', message: expect.stringContaining(`${name} between`) } });
    expect(JSON.stringify(got)).toContain('query of your own');
  });

  it('several columns that are missing are named at once', async () => {
    const got = await read(await saved('columns.csv', csv.replace('balance', 'saldo').replace('history', 'past')));
    expect(got).toMatchObject({ left: { message: expect.stringMatching(/no column "balance", "history".*name them/) } });
    expect(JSON.stringify(got)).not.toMatch(/saldo|past"/);
  });

  it('an identifier that is a number in a typed file', async () => {
    const line = JSON.stringify({ ...loan(1), national_id: 770000195001010000 });
    expect(await read(await saved('number.jsonl', `${line}\n`))).toMatchObject({
      left: { _tag: 'BadColumn', column: 'national_id' },
    });
  });

  it('JSON lines and Parquet that are none', async () => {
    const broken = `${JSON.stringify(loan(1))}\n{"national_id": "${secret}\n`;
    expect(await read(await saved('broken.jsonl', broken))).toMatchObject({ left: { _tag: 'MalformedFile' } });
    expect(await read(await saved('broken.parquet', csv))).toMatchObject({ left: { _tag: 'MalformedFile' } });
    expect(await read(await saved('cut.csv.gz', gzipSync(csv).subarray(0, 60)))).toMatchObject({
      left: { _tag: expect.any(String) },
    });
  });

  it('no file, a folder, an unknown ending, an address', async () => {
    await mkdir(join(folder, 'folder.csv'));
    for (const file of ['missing.csv', 'folder.csv', 'loans.xlsx', 'a\u0000b.csv'])
      expect(await read(join(folder, file))).toMatchObject({ left: { _tag: 'UnreadableFile', file: join(folder, file) } });
    expect(await read('https://example.com/loans.csv')).toMatchObject({ left: { _tag: 'UnreadableFile' } });
  });
});

describe('headerNames', () => {
  it('reads quoted and bare names', () => {
    expect(headerNames('\ufeffa,"b, ""c""",,d\r')).toEqual(['a', 'b, "c"', '', 'd']);
    expect(headerNames('')).toEqual(['']);
    expect(headerNames('"a"b,c')).toBeUndefined();
    expect(headerNames('"a,b')).toBeUndefined();
    expect(headerNames('a\u0000,b')).toBeUndefined();
    expect(headerNames(','.repeat(5_000))).toBeUndefined();
  });
});
