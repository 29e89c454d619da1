import { E } from '@vouchsafe/core';
import { fromSql, loansView, type RecordSource } from '@vouchsafe/holder';
import { badInput } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { readText } from '../read-file.ts';
import type { RecordsConfig } from './config.ts';

const MAX_SQL_BYTES = 1024 * 1024;

/** The records that the configuration names. Nothing of them is read yet. */
export const recordSource = async (records: RecordsConfig): Result<RecordSource> => {
  if (records.kind === 'loans') {
    const { file, format, asOf, currency } = records;
    return E.right(loansView({ file: format === undefined ? file : { path: file, format }, asOf, currency }));
  }
  const sql = await readText(records.sql, MAX_SQL_BYTES);
  if (E.isRight(sql) && sql.right.trim() === '')
    return E.left(badInput(`${records.sql} is empty: it takes one SELECT, which gives one row a person`));
  return E.isLeft(sql) ? sql : E.right(fromSql({ sql: sql.right, files: records.files }));
};
