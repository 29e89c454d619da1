import { readFile } from 'node:fs/promises';
import type { Column } from '@vouchsafe/core';
import { fromIterable, type RecordSource } from '@vouchsafe/holder';
import { expect } from 'vitest';
import { openFederation, PURPOSE, raw, SCHEME, unwrap } from './federation.test.fixture.ts';

/** The folder of data sets, when there is one; it holds `data/UCI_Credit_Card.csv`. */
export const folder: string | undefined = process.env['VOUCHSAFE_SHARED'];

const OFFSET = 200_000;
const STATUSES = ['-2', '-1', '0', '1', '2', '3-8'];
const COLUMNS: readonly Column[] = [
  { kind: 'amount', name: 'LIMIT_BAL', unit: 1, max: 1_000_000 },
  { kind: 'amount', name: 'BILL_AMT1', unit: 1, max: 1_200_000, offset: OFFSET },
  { kind: 'bucket', name: 'PAY_0', buckets: STATUSES },
];

/** So large that noise of this sensitivity is zero but for a chance below 2^-100000: what is compared is arithmetic. */
const EPSILON = 1e12;
const policy = {
  version: 1,
  minimumCohort: 50,
  queriers: [
    {
      bureau: 'bureau',
      totals: {
        purposes: [PURPOSE],
        columns: ['present', ...COLUMNS.map(({ name }) => name)],
        aggregate: { epsilonPerQuery: EPSILON, epsilonPerEpoch: EPSILON },
      },
    },
  ],
};

interface Row {
  readonly id: number;
  readonly limit: number;
  readonly bill: number;
  readonly status: string;
}

const readRows = async (count: number): Promise<readonly Row[]> => {
  const [header, ...lines] = (await readFile(`${folder}/data/UCI_Credit_Card.csv`, 'utf8')).trim().split(/\r?\n/);
  const names = header!.split(',').map((name) => name.replaceAll('"', ''));
  const at = (name: string): number => names.indexOf(name);
  return lines.slice(0, count).map((line, id) => {
    const cells = line.split(',').map((cell) => Number(cell.replaceAll('"', '')));
    const status = cells[at('PAY_0')]!;
    return { id, limit: cells[at('LIMIT_BAL')]!, bill: cells[at('BILL_AMT1')]!, status: status >= 3 ? '3-8' : String(status) };
  });
};

const sourceOf = (rows: readonly Row[]): RecordSource =>
  fromIterable(() =>
    rows.map(({ id, limit, bill, status }) => ({
      row: id + 1,
      identifier: raw(id),
      values: { LIMIT_BAL: limit, BILL_AMT1: bill, PAY_0: status },
    })),
  );

/**
 * Splits the first rows of the data set over three holders whose rows overlap by a third, and compares sums and a histogram over a cohort with those of the pooled rows.
 */
export const checkRealData = async (count: number): Promise<void> => {
  const rows = await readRows(count);
  expect(rows).toHaveLength(count);
  expect(rows.some(({ bill }) => bill < 0)).toBe(true);
  // Each holder has its third and, of the next one, another third.
  const third = count / 3;
  const share = (from: number): readonly Row[] =>
    Array.from({ length: third + third / 3 }, (_, i) => rows[Math.floor(from + i) % count]!);
  const shares = { ant: share(0), bee: share(third), cat: share(2 * third) };
  const { querier } = await openFederation({
    tables: { ant: sourceOf(shares.ant), bee: sourceOf(shares.bee), cat: sourceOf(shares.cat) },
    columns: COLUMNS,
    policies: { ant: policy, bee: policy, cat: policy },
    padTo: 100,
    cohortCap: 20_000,
  });
  unwrap(await querier.sync()());
  // Every third person, and a hundred whom nobody knows.
  const cohort = [
    ...rows.filter(({ id }) => id % 3 === 0).map(({ id }) => id),
    ...Array.from({ length: 100 }, (_, i) => count + i),
  ];
  const result = unwrap(
    await querier.aggregate({
      scheme: SCHEME,
      purpose: PURPOSE,
      cohort: cohort.map(raw),
      columns: ['present', 'LIMIT_BAL', 'BILL_AMT1', 'PAY_0'],
      epsilon: EPSILON,
    })(),
  );
  const pooled = Object.values(shares).flatMap((own) => own.filter(({ id }) => id % 3 === 0));
  const sum = (of: (row: Row) => number): number => pooled.reduce((total, row) => total + of(row), 0);
  expect(result.suppressed).toEqual([]);
  expect(result.columns).toMatchObject([
    { column: 'present', total: pooled.length },
    { column: 'LIMIT_BAL', total: sum(({ limit }) => limit) },
    { column: 'BILL_AMT1', total: sum(({ bill }) => bill) },
    {
      column: 'PAY_0',
      buckets: STATUSES.map((bucket) => ({ bucket, total: sum(({ status }) => (status === bucket ? 1 : 0)) })),
    },
  ]);
};
