export { checkRecords } from './check-records.ts';
export type { DataFile, FileFormat } from './data-file.ts';
export type { BadColumn, BadQuery, IngestError, MalformedFile, NoSubject, SourceFailed, UnreadableFile } from './errors.ts';
export { fromSql, type SqlOptions } from './from-sql.ts';
export { type Ingested, type IngestOptions, ingest, type SubjectBatch } from './ingest.ts';
export { type LoansOptions, loansView } from './loans-view.ts';
export { type CodeSet, type DpdClass, MONTHLY_CODES } from './monthly-codes.ts';
export { noSubjectIn } from './no-subject.ts';
export {
  fromIterable,
  type RawValue,
  type RecordBatch,
  type RecordSource,
  type SourceRecord,
  type SourceRequest,
} from './record-source.ts';
export { printRejected, type RejectedRow, type RowFault } from './rejected.ts';
export { type IngestReport, MAX_LISTED, printReport } from './report.ts';
