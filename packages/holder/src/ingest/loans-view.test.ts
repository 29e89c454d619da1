import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Catalogue, E, type Progress, slotsOf } from '@vouchsafe/core';
import type { Scheme } from '@vouchsafe/identity';
import { LOANS_COLUMNS } from '@vouchsafe/protocol';
import {
  expectedColumns,
  type Loan,
  loansCsv,
  type SubjectColumns,
  syntheticLenders,
  syntheticPopulation,
  syntheticRid,
} from '@vouchsafe/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { type AllSubjects, ingestAll } from './ingest.test.fixture.ts';
import { loansView } from './loans-view.ts';
import { MONTHLY_CODES } from './monthly-codes.ts';

const asOf = '2026-06-30';
const catalogue: Catalogue = { cohortCap: 1000, columns: LOANS_COLUMNS };
const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-loans-'));
afterAll(() => rm(folder, { recursive: true }));
let files = 0;
let loans = 0;

const save = async (content: string | Uint8Array, ending = 'csv'): Promise<string> => {
  const file = join(folder, `${++files}.${ending}`);
  await writeFile(file, content);
  return file;
};

const read = (file: string, { scheme = 'cn-rid' as Scheme, watch = {} } = {}) =>
  ingestAll({ source: loansView({ file, asOf, currency: 'CNY' }), catalogue, scheme, watch });

const tableOf = async (...args: Parameters<typeof read>): Promise<AllSubjects> => {
  const got = await read(...args);
  if (E.isLeft(got)) throw new Error(got.left.message);
  return got.right;
};

/** Each person's columns by identifier, read back from the slots. */
const columnsOf = (table: AllSubjects): ReadonlyMap<string, SubjectColumns> => {
  const slots = slotsOf(catalogue);
  return new Map(
    table.ids.map((id, i) => {
      const row = table.values.subarray(i * slots.length, (i + 1) * slots.length);
      expect(row[0]).toBe(1);
      const singles = slots.filter((slot) => slot.holds === 'value').map((slot) => [slot.column, row[slot.index]]);
      const buckets = slots.filter((slot) => slot.holds === 'bucket' && row[slot.index] === 1);
      expect(buckets).toHaveLength(1);
      const value = Buffer.from(id).toString();
      return [
        value.slice(value.indexOf(':') + 1),
        { ...Object.fromEntries(singles), worstStatus: buckets[0]!.bucket } as SubjectColumns,
      ];
    }),
  );
};

const loan = (change: Partial<Record<keyof Loan, string>> = {}): Loan =>
  ({
    national_id: syntheticRid(1),
    phone: '+8615400000001',
    name: 'A',
    loan_id: `L${++loans}`,
    product: 'instalment',
    opened_on: '2024-01-15',
    closed_on: '',
    currency: 'CNY',
    limit: '0.00',
    principal: '1000.00',
    balance: '500.00',
    past_due: '0.00',
    history: 'NNN',
    code_set: 'pboc',
    ...change,
  }) as Loan;

const population = syntheticPopulation({ seed: 'view', people: 3_000 });
const lenders = syntheticLenders({ population, lenders: 2, customersPerLender: 1_500, seed: 'view', asOf });

describe('loansView', () => {
  it.each(lenders.map((lender) => [lender.name, lender] as const))(
    'agrees with the plain computation for every person of %s',
    async (_, lender) => {
      const table = await tableOf(await save(loansCsv(lender.loans)));
      expect(columnsOf(table)).toEqual(expectedColumns(lender.loans, asOf));
      expect(table.report).toMatchObject({ rows: lender.loans.length, subjects: 1_500, rejected: 0, reasons: {} });
      // All columns move, so equality says something.
      const seen = [...columnsOf(table).values()];
      for (const { name } of LOANS_COLUMNS)
        expect(new Set(seen.map((one) => one[name as keyof SubjectColumns])).size).toBeGreaterThan(4);
      expect(Object.keys(table.report.clamped).length).toBeGreaterThan(0);
    },
  );

  it('groups by the canonical identifier, however each row writes it', async () => {
    const noisy = (id: string, i: number): string =>
      [
        id,
        ` ${id.slice(0, 6)}-${id.slice(6)}`,
        id.toLowerCase(),
        [...id].map((c) => String.fromCodePoint(c.codePointAt(0)! + 0xfee0)).join(''),
      ][i % 4]!;
    const { loans } = lenders[0]!;
    const written = loans.map((one, i) => ({
      ...one,
      national_id: noisy(one.national_id, i),
      phone: one.phone.replace('+86', '+86 '),
    }));
    const file = await save(loansCsv(written));
    expect(columnsOf(await tableOf(file))).toEqual(expectedColumns(loans, asOf));
    const byPhone = new Map([
      ...expectedColumns(
        loans.map((one) => ({ ...one, national_id: one.phone })),
        asOf,
      ),
    ]);
    expect(columnsOf(await tableOf(file, { scheme: 'e164' }))).toEqual(byPhone);
  });

  it('reads Parquet and JSON lines alike, with the types that those have', async () => {
    const { loans } = lenders[1]!;
    const csv = await save(loansCsv(loans));
    const lines = loans.map(({ balance, closed_on, ...rest }) =>
      JSON.stringify({ ...rest, balance: Number(balance), closed_on: closed_on || null }),
    );
    const jsonl = await save(`${lines.join('\n')}\n`, 'jsonl');
    const parquet = join(folder, 'loans.parquet');
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(
      `COPY (SELECT * REPLACE (CAST(balance AS DOUBLE) AS balance, CAST(past_due AS DECIMAL(12, 2)) AS past_due, CAST(opened_on AS TIMESTAMP) AS opened_on, CAST(nullif(closed_on, '') AS DATE) AS closed_on) FROM read_csv('${csv}', all_varchar = true)) TO '${parquet}'`,
    );
    const expected = expectedColumns(loans, asOf);
    expect(columnsOf(await tableOf(jsonl))).toEqual(expected);
    expect(columnsOf(await tableOf(parquet))).toEqual(expected);
  });

  it('sets bad rows aside with row number and reason, never the value, and goes on', async () => {
    const id = syntheticRid(1);
    const bad: readonly (readonly [Partial<Record<keyof Loan, string>>, string])[] = [
      [{ national_id: `${id.slice(0, 17)}?` }, 'national_id characters'],
      [{ national_id: '' }, 'national_id missing'],
      [{ national_id: '9'.repeat(100_000) }, 'national_id tooLong'],
      [{ loan_id: ' ' }, 'loan_id missing'],
      [{ loan_id: 'first' }, 'loan_id duplicate'],
      [{ product: 'payday' }, 'product unknownValue'],
      [{ opened_on: '' }, 'opened_on missing'],
      [{ opened_on: '15/01/2024' }, 'opened_on notADate'],
      [{ opened_on: '2024-02-30' }, 'opened_on notADate'],
      [{ opened_on: '2026-07-01' }, 'opened_on afterAsOf'],
      [{ closed_on: 'open' }, 'closed_on notADate'],
      [{ closed_on: '2024-01-14' }, 'closed_on beforeOpening'],
      [{ currency: 'USD' }, 'currency unknownValue'],
      [{ product: 'revolving', limit: '' }, 'limit missing'],
      [{ balance: '' }, 'balance missing'],
      [{ balance: '-0.01' }, 'balance negative'],
      [{ balance: '1,000.00' }, 'balance notADecimal'],
      [{ balance: '1\u00002' }, 'balance notADecimal'],
      [{ balance: '99999999999999' }, 'balance notADecimal'],
      [{ principal: 'n/a' }, 'principal notADecimal'],
      [{ past_due: 'NaN' }, 'past_due notADecimal'],
      [{ code_set: 'PBOC' }, 'code_set unknownValue'],
      [{ history: 'N'.repeat(61) }, 'history tooLong'],
      [{ history: 'NN0' }, 'history unknownCode 3'],
      [{ history: 'xN' }, 'history unknownCode 1'],
      [{ history: '12N', code_set: 'metro2' }, 'history unknownCode 3'],
      [{ history: '0127', code_set: 'metro2' }, 'history unknownCode 4'],
      [{ history: "N'); DROP TABLE loan; --" }, 'history unknownCode 2'],
    ];
    const rows = [loan({ loan_id: 'first', balance: '100' }), ...bad.map(([change]) => loan(change)), loan({ balance: '250' })];
    const table = await tableOf(await save(loansCsv(rows)));
    expect(
      table.report.rejectedRows.map(({ row, column, reason, position }) => [row, [column, reason, position].join(' ').trim()]),
    ).toEqual(bad.map(([, reason], i) => [i + 2, reason]));
    expect(table.report).toMatchObject({ rows: bad.length + 2, subjects: 1, rejected: bad.length });
    expect(table.report.reasons).toMatchObject({
      'history: unknownCode': 5,
      'balance: notADecimal': 3,
      'opened_on: notADate': 2,
    });
    // 100 + 250, in hundreds, halves up.
    expect(columnsOf(table).get(id)!.outstanding).toBe(4);
    expect(columnsOf(table).get(id)!.openLoans).toBe(2);
    expect(JSON.stringify(table.report)).not.toContain(id.slice(0, 17));
  });

  it.each(['pboc', 'metro2'] as const)('classes every code of %s', async (code_set) => {
    const stated = {
      pboc: {
        N: '0',
        C: '0',
        '*': 'none',
        '/': 'none',
        '#': 'none',
        '1': '1',
        '2': '2',
        '3': '3',
        '4': '4-6',
        '5': '4-6',
        '6': '4-6',
        '7': '7',
        G: '7',
        D: '7',
        Z: '7',
      },
      metro2: {
        '0': '0',
        E: '0',
        B: 'none',
        D: 'none',
        '1': '2',
        '2': '3',
        '3': '4-6',
        '4': '4-6',
        '5': '4-6',
        '6': '7',
        G: '7',
        H: '7',
        J: '7',
        K: '7',
        L: '7',
      },
    }[code_set] as Readonly<Record<string, string>>;
    expect(Object.keys(MONTHLY_CODES[code_set]).sort()).toEqual(Object.keys(stated).sort());
    const codes = Object.keys(stated);
    const rows = codes.map((code, i) => loan({ national_id: syntheticRid(i), code_set, history: code }));
    const columns = columnsOf(await tableOf(await save(loansCsv(rows))));
    codes.forEach((code, i) => {
      const own = columns.get(syntheticRid(i))!;
      expect([code, own.worstStatus, own.late30]).toEqual([
        code,
        stated[code],
        ['none', '0', '1'].includes(stated[code]!) ? 0 : 1,
      ]);
    });
  });

  it('looks back 12 months for the worst status and 24 for late months, over all loans of a person', async () => {
    const months = (before: number, code: string, after: number): string => 'N'.repeat(before) + code + 'N'.repeat(after);
    const rows = [
      loan({ national_id: syntheticRid(1), history: months(5, '7', 12) }),
      loan({ national_id: syntheticRid(2), history: months(5, '3', 11) }),
      loan({ national_id: syntheticRid(2), history: months(0, '2', 23) }),
      loan({ national_id: syntheticRid(2), history: months(0, '2', 24) }),
      loan({ national_id: syntheticRid(3), history: '' }),
      loan({ national_id: syntheticRid(3), history: '', opened_on: '2026-05-31' }),
      loan({ national_id: syntheticRid(4), opened_on: '2026-05-30' }),
      loan({ national_id: syntheticRid(5), opened_on: '2026-05-31' }),
    ];
    const columns = columnsOf(await tableOf(await save(loansCsv(rows))));
    expect(columns.get(syntheticRid(1))).toMatchObject({ worstStatus: '0', late30: 1, monthsOnBook: 29 });
    expect(columns.get(syntheticRid(2))).toMatchObject({ worstStatus: '3', late30: 2 });
    expect(columns.get(syntheticRid(3))).toMatchObject({ worstStatus: 'none', late30: 0, monthsOnBook: 29, openLoans: 2 });
    // A month counts when its day is reached.
    expect([4, 5].map((n) => columns.get(syntheticRid(n))!.monthsOnBook)).toEqual([1, 0]);
  });

  it('adds up cents exactly before it rounds', async () => {
    const rows = [...Array.from({ length: 499 }, () => loan({ balance: '0.10' })), loan({ balance: '0.1' })];
    expect(columnsOf(await tableOf(await save(loansCsv(rows)))).get(syntheticRid(1))!.outstanding).toBe(1);
    const less = [...rows.slice(1), loan({ balance: '0.099999999999999999' })];
    expect(columnsOf(await tableOf(await save(loansCsv(less)))).get(syntheticRid(1))!.outstanding).toBe(0);
  });

  it('refuses options and catalogues that it cannot serve', async () => {
    const file = await save(loansCsv([loan()]));
    const tag = async (options: { asOf?: string; currency?: string }, columns = LOANS_COLUMNS) => {
      const source = loansView({ file, asOf, currency: 'CNY', ...options });
      const got = await ingestAll({ source, catalogue: { cohortCap: 10, columns }, scheme: 'cn-rid' });
      return E.isLeft(got) ? got.left._tag : 'none';
    };
    expect(await tag({})).toBe('none');
    expect(await tag({}, LOANS_COLUMNS.slice(2, 4))).toBe('none');
    expect(await tag({ asOf: '2026-02-29' })).toBe('BadQuery');
    expect(await tag({ asOf: "2026-01-01'; --" })).toBe('BadQuery');
    expect(await tag({ currency: 'yuan' })).toBe('BadQuery');
    expect(await tag({}, [{ kind: 'count', name: 'income', max: 5 }])).toBe('BadColumn');
  });

  it('tells progress of both passes and stops when asked', async () => {
    const file = await save(loansCsv(lenders[0]!.loans));
    const told: Progress[] = [];
    await tableOf(file, { watch: { onProgress: (progress: Progress) => told.push(progress) } });
    expect(told.filter(({ task }) => task === 'identifiers').at(-1)).toEqual({ task: 'identifiers', done: 1_500, total: 1_500 });
    expect(told.at(-1)).toEqual({ task: 'ingest', done: 1_500, total: 1_500 });
    for (const at of ['identifiers', 'ingest']) {
      const stop = new AbortController();
      const watch = { signal: stop.signal, onProgress: ({ task }: Progress) => task === at && stop.abort() };
      expect(await read(file, { watch })).toMatchObject({ left: { _tag: 'Aborted' } });
    }
    expect(await read(file, { watch: { signal: AbortSignal.abort() } })).toMatchObject({ left: { _tag: 'Aborted' } });
  });
});
