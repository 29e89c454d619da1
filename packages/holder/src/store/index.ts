export { affordable, type BudgetSpent, type Spending } from './budgets.ts';
export type { BulkSetStore } from './bulk-sets.ts';
export { type ConsentUsed, stillFree } from './consents.ts';
export type { IndexStore, OutputBatch, StoredIndex } from './index-store.ts';
export { keysOfLog } from './log.ts';
export {
  affordableMatch,
  type BulkCommitment,
  type MatchCommitment,
  type MatchQuota,
  type MatchRequestId,
  type MatchSpending,
  type QuotaSpent,
  type StoredEvaluation,
} from './match-answers.ts';
export { memoryStore } from './memory.ts';
export { createHolderStore } from './over-kv.ts';
export type {
  Account,
  Admission,
  CannotCommit,
  CannotReadLog,
  Commitment,
  EpochSecrets,
  HolderStore,
  LogFault,
  LogIdentity,
  MatchedOpening,
  QueryId,
  RetireTerms,
  StoredAcknowledgement,
  StoredAnswer,
  StoredLog,
} from './port.ts';
export { type RateExceeded, type RateKind, type RateTerms, withinRate } from './rates.ts';
export type { RowDebit, RowPrice } from './row-debits.ts';
export type { PricedTable, RowLedger } from './row-ledger.ts';
export type { AuditTable, LoggedEntry, TableId, TableStage, TableState, TableStore } from './table-port.ts';
