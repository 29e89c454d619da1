// Files of rows (CSV, Parquet, JSON lines), as `fromSql` and `loansView` read them: for programs that read a list of people or a sample by the same rules.
export {
  type DataFile,
  type FileColumn,
  type FileFormat,
  type LocatedFile,
  locateFile,
  type WrittenReader,
  writtenReader,
} from './ingest/data-file.ts';
export { type Chunk, type Engine, explain, literal, openEngine, quoted } from './ingest/engine.ts';
export type { BadColumn, IngestError } from './ingest/errors.ts';
