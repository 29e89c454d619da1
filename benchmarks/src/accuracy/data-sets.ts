import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  categoricalColumn,
  type DataColumn,
  type DataTable,
  numericColumn,
  type Outcome,
  selectRows,
} from '@vouchsafe/scorecard';
import { syntheticSample } from '../scorecard/sample.ts';

/** Subjects with an outcome. */
export interface DataSet {
  readonly name: string;
  readonly table: DataTable;
  readonly bad: Outcome;
}

const REAL = [
  { name: 'German credit', file: 'germancredit.csv', outcome: 'creditability', bad: 'bad', drop: '' },
  { name: 'UCI Taiwan', file: 'UCI_Credit_Card.csv', outcome: 'default.payment.next.month', bad: '1', drop: 'ID' },
] as const;

const CHARACTERISTICS = 10;
const SYNTHETIC_ROWS = 20_000;

/** The first rows of a data set, for a smaller one. */
export const firstRows = ({ name, table, bad }: DataSet, rows: number): DataSet => {
  const kept = Uint32Array.from({ length: Math.min(rows, bad.length) }, (_, i) => i);
  return {
    name,
    table: new Map([...table].map(([column, values]) => [column, selectRows(values, kept)])),
    bad: bad.subarray(0, kept.length),
  };
};

/** Synthetic subjects, and the two published data sets where the environment variable VOUCHSAFE_SHARED names the folder that has them under `data`. @param most rows of each at most */
export const dataSets = async (most?: number | undefined): Promise<readonly DataSet[]> => {
  const rows = most ?? SYNTHETIC_ROWS;
  const synthetic = { name: 'synthetic', ...syntheticSample({ rows, characteristics: CHARACTERISTICS }) };
  const folder = process.env['VOUCHSAFE_SHARED'];
  if (folder === undefined) {
    console.error('  VOUCHSAFE_SHARED names no folder: the two published data sets are left out');
    return [synthetic];
  }
  const real = await Promise.all(REAL.map((source) => read(join(folder, 'data'), source)));
  return [synthetic, ...(most === undefined ? real : real.map((data) => firstRows(data, most)))];
};

const read = async (folder: string, { name, file, outcome, bad, drop }: (typeof REAL)[number]): Promise<DataSet> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const result = await connection.runAndReadAll('SELECT * FROM read_csv($file)', { file: join(folder, file) });
    const { [outcome]: outcomes, ...columns } = result.getColumnsObject();
    const names = Object.keys(columns).filter((column) => column !== drop);
    return {
      name,
      table: new Map(names.map((column) => [column, columnOf(columns[column]!)])),
      bad: Uint8Array.from(outcomes!, (value) => (String(value) === bad ? 1 : 0)),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

const columnOf = (values: readonly unknown[]): DataColumn =>
  values.every((value) => typeof value === 'number' || typeof value === 'bigint')
    ? numericColumn(values.map(Number))
    : categoricalColumn(values.map(String));
