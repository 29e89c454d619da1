export type { Rejected, Totals } from './ask.ts';
export { type Auditor, type AuditorOptions, createAuditor, type LogVerdict, type VerifyRequest } from './auditor.ts';
export type { CannotOpen, NotAMember } from './cannot-open.ts';
export type {
  AskError,
  BadGroups,
  BadResponse,
  BothOutcomes,
  HolderDown,
  HolderFault,
  HolderRefused,
  HoldersFailed,
  ModelMisfit,
  NobodyCounted,
  NoSubjects,
  NotBinned,
  NotSynced,
  OutOfStep,
  UnknownScheme,
} from './errors.ts';
export type { FitBinsError, FittedBins } from './fit-bins.ts';
export { logOf } from './log-follower.ts';
export type { MatchError, MatchResult } from './match.ts';
export {
  type AggregateRequest,
  createQuerier,
  type Epsilon,
  type FitBinsRequest,
  type MatchRequest,
  type Querier,
  type QuerierOptions,
  type QuoteQuestion,
  type ScoreRequest,
  type SignalRequest,
} from './querier.ts';
export type { QuoteError, Quotes } from './quote.ts';
export type { AmountTotal, ColumnTotal, CountTotal, HistogramTotal, Uncertainty } from './results.ts';
export type { Score, ScoreError } from './score.ts';
export { createQuerierStore, memoryStore, type QuerierStore } from './store/index.ts';
export type { SyncError, SyncReport } from './sync.ts';
export type { Exchange, Fetch } from './transport.ts';
