import { DuckDBInstance } from '@duckdb/node-api';
import { type DataColumn, type DataTable, quoteIdentifier, rowsOf, type Scorecard, scoreSelect } from '@vouchsafe/scorecard';

const BATCH = 500;

/** Scores the table with the scorecard's SQL in DuckDB. @returns n scores; `NaN` where SQL gives NULL */
export const scoreInDuckDb = async (scorecard: Scorecard, table: DataTable): Promise<Float64Array> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const columns = [...table];
    const types = columns.map(([name, { kind }]) => `${quoteIdentifier(name)} ${kind === 'numeric' ? 'DOUBLE' : 'VARCHAR'}`);
    await connection.run(`CREATE TABLE subjects (row INTEGER, ${types.join(', ')})`);
    const rows = rowsOf(columns[0]![1]);
    for (let from = 0; from < rows; from += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, rows - from) }, (_, i) => from + i);
      const values = batch.map((row) => `(${[String(row), ...columns.map(([, column]) => literal(column, row))].join(', ')})`);
      await connection.run(`INSERT INTO subjects VALUES ${values.join(', ')}`);
    }
    const result = await connection.runAndReadAll(
      `${scoreSelect({ scorecard, from: 'subjects', keep: ['row'] })} ORDER BY "row"`,
    );
    const { score } = result.getColumnsObject();
    return Float64Array.from(score!, (value) => (typeof value === 'number' ? value : Number.NaN));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

const literal = (column: DataColumn, row: number): string => {
  if (column.kind === 'numeric') return Number.isNaN(column.values[row]) ? 'NULL' : column.values[row]!.toExponential();
  const level = column.levels[column.codes[row]!];
  return level === undefined ? 'NULL' : `'${level.replaceAll("'", "''")}'`;
};
