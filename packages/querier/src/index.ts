export type { Rejected, Totals } from './ask.ts';
export { type Auditor, type AuditorOptions, createAuditor, type LogVerdict, type VerifyRequest } from './auditor.ts';
export type { NotOpened, OpenError, OpenQuestion, RequestedOpening } from './auditor-open.ts';
export type { NoSuchTable, SampledPerson, SampleError, SampleQuestion, SampleResult } from './auditor-sample.ts';
export type { AuditedError, AuditedQuestion, AuditedStatement } from './auditor-statement.ts';
export { folderCache, type IndexCache, memoryCache } from './cache/index.ts';
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
  IndexNotSigned,
  IndexRolledBack,
  ModelMisfit,
  NobodyCounted,
  NoSubjects,
  NotBinned,
  NotSynced,
  OutOfStep,
  ProofRefused,
  RootMismatch,
  UnknownScheme,
} from './errors.ts';
export type { FitBinsError, FittedBins } from './fit-bins.ts';
export { logOf } from './log-follower.ts';
export type { MatchError, MatchResult } from './match.ts';
export type { CannotOpenQuery, OpeningNotLogged, OpenQueryError } from './open-query.ts';
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
export type { ConsentQuestion, ConsentRequestError } from './request-consent.ts';
export type { AmountTotal, ColumnTotal, CountTotal, HistogramTotal, Uncertainty } from './results.ts';
export type { Score, ScoreError } from './score.ts';
export type { ComparedStatement, NoSuchHolder, StatementError, StatementQuestion } from './statement.ts';
export {
  createQuerierStore,
  type IndexPin,
  type IndexPins,
  type KeptBatch,
  type KeptQuery,
  type KeptReceipt,
  type LinkId,
  type LinkState,
  type LinkStore,
  memoryStore,
  type PinnedIndexes,
  type QuerierStore,
  type RetireTerms,
  type SentBatches,
  type SortedRows,
} from './store/index.ts';
export type { SyncError, SyncReport } from './sync.ts';
export type { Exchange, Fetch } from './transport.ts';
