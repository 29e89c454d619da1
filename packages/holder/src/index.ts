// The columns of `loansView`. They stand in `protocol`, since the federation document carries them.
export { LOANS_COLUMNS } from '@vouchsafe/protocol';
export type { BadDocuments, NotThisHolder } from './documents.ts';
export { type BadAdoption, type BadSetup, createHolder, type Holder, type HolderOptions } from './holder.ts';
export {
  fromIterable,
  fromSql,
  type IngestError,
  type IngestReport,
  loansView,
  printRejected,
  printReport,
  type RawValue,
  type RecordSource,
  type RejectedRow,
  type SourceRecord,
} from './ingest/index.ts';
export type { LoadError, LoadReport } from './load.ts';
export { type BadPolicy, MINIMUM_COHORT_FLOOR, Policy, type QuerierGrant, readPolicy, type TotalsGrant } from './policy.ts';
export {
  type Account,
  type BudgetSpent,
  type CannotReadLog,
  type Commitment,
  createHolderStore,
  type EpochSecrets,
  type HolderStore,
  type LogFault,
  type LogIdentity,
  memoryStore,
  type QueryId,
  type RetireTerms,
  type Spending,
  type StoredAnswer,
  type StoredLog,
  type TableId,
  type TableState,
  type TableStore,
} from './store/index.ts';
