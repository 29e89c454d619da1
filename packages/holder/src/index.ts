// The columns of `loansView`. They stand in `protocol`, since the federation document carries them.
export { LOANS_COLUMNS } from '@vouchsafe/protocol';
export type { BulkLimits } from './bulk-sessions.ts';
export { type CannotCheckPolicy, checkPolicy, type PolicyCheck } from './check-policy.ts';
export type { BadDocuments, Documents, NotThisHolder } from './documents.ts';
export type { DryRun, ExpectedNoise, PolicyQuestion, Standing } from './dry-run.ts';
export type { OutOfStep } from './errors.ts';
export { type BadAdoption, type BadSetup, createHolder, type Holder, type HolderOptions } from './holder.ts';
export type { BudgetStatus, EpochStatus, HolderStatus, TableStatus } from './holder-status.ts';
export {
  type BadColumn,
  type BadQuery,
  checkRecords,
  fromIterable,
  fromSql,
  type IngestError,
  type IngestReport,
  type LoansOptions,
  loansView,
  type MalformedFile,
  type NoSubject,
  printRejected,
  printReport,
  type RawValue,
  type RecordBatch,
  type RecordSource,
  type RejectedRow,
  type RowFault,
  type SourceFailed,
  type SourceRecord,
  type SourceRequest,
  type SqlOptions,
  type UnreadableFile,
} from './ingest/index.ts';
export type { LoadError, LoadReport } from './load.ts';
export type { Answered, Observer, RequestKind } from './observing.ts';
export type { CannotVerifyLog, HolderLog, VerifiedLog } from './own-log.ts';
export type { Asked } from './plan-query.ts';
export {
  type AggregateGrant,
  type ConsentRule,
  DEFAULT_MATCH_QUOTA,
  type MatchGrant,
  MINIMUM_COHORT_FLOOR,
  Policy,
  type PurposeLimit,
  policyHash,
  type QuerierGrant,
  type RateLimit,
  type Reciprocity,
  type Tier,
  type TotalsGrant,
} from './policy.ts';
export { type BadPolicy, type PolicyFault, printFault, readPolicy } from './read-policy.ts';
export { DEFAULT_TICK, type LateAnswer, NO_TICK, type QuerySize, type ReleaseTick, stepMs } from './release-tick.ts';
export {
  type Account,
  type Admission,
  type AuditTable,
  type BudgetSpent,
  type BulkCommitment,
  type BulkSetStore,
  type CannotCommit,
  type CannotReadLog,
  type Commitment,
  type ConsentUsed,
  createHolderStore,
  type EpochSecrets,
  type HolderStore,
  type IndexStore,
  type LogFault,
  type LoggedEntry,
  type LogIdentity,
  type MatchCommitment,
  type MatchedOpening,
  type MatchQuota,
  type MatchRequestId,
  type MatchSpending,
  memoryStore,
  type OutputBatch,
  type PricedTable,
  type QueryId,
  type QuotaSpent,
  type RateExceeded,
  type RateKind,
  type RateTerms,
  type RetireTerms,
  type RowDebit,
  type RowLedger,
  type RowPrice,
  type Spending,
  type StoredAcknowledgement,
  type StoredAnswer,
  type StoredEvaluation,
  type StoredIndex,
  type StoredLog,
  type TableId,
  type TableStage,
  type TableState,
  type TableStore,
} from './store/index.ts';
