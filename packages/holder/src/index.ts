// The columns of `loansView`. They stand in `protocol`, since the federation document carries them.
export { LOANS_COLUMNS } from '@vouchsafe/protocol';
export type { BadDocuments, NotThisHolder } from './documents.ts';
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
export {
  type BadPolicy,
  type ConsentRule,
  DEFAULT_MATCH_QUOTA,
  MINIMUM_COHORT_FLOOR,
  Policy,
  type QuerierGrant,
  type Reciprocity,
  readPolicy,
  type Tier,
  type TotalsGrant,
} from './policy.ts';
export {
  type Account,
  type BudgetSpent,
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
  type QueryId,
  type QuotaSpent,
  type RetireTerms,
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
