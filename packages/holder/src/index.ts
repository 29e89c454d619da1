export { type BadSetup, createHolder, type Holder, type HolderOptions, type NotThisHolder } from './holder.ts';
export {
  fromIterable,
  fromSql,
  type IngestError,
  type IngestReport,
  LOANS_COLUMNS,
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
export type { Authenticator } from './service.ts';
export {
  type BudgetSpent,
  type Commitment,
  type EpochSecrets,
  type HolderStore,
  memoryStore,
  type Spending,
  type StoredAnswer,
} from './store.ts';
