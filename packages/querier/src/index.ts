export type { Rejected, Totals } from './ask.ts';
export type {
  AskError,
  HolderDown,
  HolderFault,
  HolderRefused,
  HoldersFailed,
  NoSubjects,
  NotSynced,
  OutOfStep,
  UnknownScheme,
} from './errors.ts';
export type { MatchError, MatchResult } from './match.ts';
export {
  type AggregateRequest,
  createQuerier,
  type Epsilon,
  type MatchRequest,
  type NotAMember,
  type Querier,
  type QuerierOptions,
  type QuoteQuestion,
  type SignalRequest,
} from './querier.ts';
export type { QuoteError, Quotes } from './quote.ts';
export type { AmountTotal, ColumnTotal, CountTotal, HistogramTotal, Uncertainty } from './results.ts';
export { memoryStore, type QuerierStore } from './store.ts';
export type { SyncError, SyncReport } from './sync.ts';
export type { Exchange, Fetch, Identify } from './transport.ts';
