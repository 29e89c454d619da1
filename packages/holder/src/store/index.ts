export { affordable, type BudgetSpent, type Spending } from './budgets.ts';
export type { IndexStore, StoredIndex } from './index-store.ts';
export { memoryStore } from './memory.ts';
export { createHolderStore } from './over-kv.ts';
export type {
  Account,
  CannotReadLog,
  Commitment,
  EpochSecrets,
  HolderStore,
  LogFault,
  LogIdentity,
  QueryId,
  RetireTerms,
  StoredAnswer,
  StoredLog,
} from './port.ts';
export type { LoggedEntry, TableId, TableStage, TableState, TableStore } from './table-port.ts';
