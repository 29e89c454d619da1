// The columns of `loansView`. They stand in `protocol`, since the federation document carries them.
export { LOANS_COLUMNS } from '@vouchsafe/protocol';
export type { BulkLimits } from './bulk-sessions.ts';
export { type CannotCheckPolicy, checkPolicy, type PolicyCheck } from './check-policy.ts';
export type { BadDocuments, NotThisHolder } from './documents.ts';
export type { DryRun, ExpectedNoise, PolicyQuestion, Standing } from './dry-run.ts';
export { type BadAdoption, type BadSetup, createHolder, type Holder, type HolderOptions } from './holder.ts';
export type { BudgetStatus, EpochStatus, HolderStatus, TableStatus } from './holder-status.ts';
export {
  checkRecords,
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
export type { Answered, Observer, RequestKind } from './observing.ts';
export type { CannotVerifyLog, HolderLog, VerifiedLog } from './own-log.ts';
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
export { DEFAULT_TICK, type LateAnswer, NO_TICK, type ReleaseTick, stepMs } from './release-tick.ts';
export {
  type Account,
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
  type LogFault,
  type LogIdentity,
  type MatchCommitment,
  type MatchedOpening,
  type MatchQuota,
  type MatchRequestId,
  type MatchSpending,
  memoryStore,
  type PricedTable,
  type QueryId,
  type QuotaSpent,
  type RateExceeded,
  type RateTerms,
  type RetireTerms,
  type RowDebit,
  type RowLedger,
  type RowPrice,
  type Spending,
  type StoredAcknowledgement,
  type StoredAnswer,
  type StoredEvaluation,
  type StoredLog,
  type TableId,
  type TableStage,
  type TableState,
  type TableStore,
} from './store/index.ts';
