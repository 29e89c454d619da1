import type { BadCheckpoint, LogBroken, LogForked, LogRolledBack, NotInLog } from '@vouchsafe/audit';
import type { Aborted, Either, Secret, Signer, TaskEither, Watch } from '@vouchsafe/core';
import type { EpochSeeds } from '@vouchsafe/join';
import type { BadPrice } from '@vouchsafe/privacy';
import type { BadSuccession, Federation, Nonce } from '@vouchsafe/protocol';
import type { IngestReport } from '../ingest/index.ts';
import type { BudgetSpent, Spending } from './budgets.ts';
import type { BulkSetStore } from './bulk-sets.ts';
import type { ConsentUsed } from './consents.ts';
import type { IndexStore } from './index-store.ts';
import type {
  BulkCommitment,
  MatchCommitment,
  MatchRequestId,
  MatchSpending,
  QuotaSpent,
  StoredEvaluation,
} from './match-answers.ts';
import type { RateExceeded, RateKind, RateTerms } from './rates.ts';
import type { RowDebit } from './row-debits.ts';
import type { AuditTable, TableId, TableStore } from './table-port.ts';

/** The secrets of a holder in one epoch. */
export interface EpochSecrets extends EpochSeeds {
  /** 32 bytes: the VOPRF keys come from it. */
  readonly match: Secret;
}

/** Which epochs go on, and for how long the others can be audited. */
export interface RetireTerms {
  readonly live: readonly number[];
  /** Seconds since 1970. */
  readonly now: number;
  /** Seconds from the end of an epoch. */
  readonly auditWindow: number;
}

/** A querier's account in one epoch. */
export interface Account {
  readonly bureau: string;
  readonly epoch: number;
}

/** A query by its digest, 64 bytes. */
export interface QueryId extends Account {
  readonly digest: Uint8Array;
}

/** An answer as it left, so that the same query gets the same bytes. */
export interface StoredAnswer {
  /** C° and E_j, (1 + k) × 32 bytes. */
  readonly rows: Uint8Array;
  readonly suppressed: boolean;
  /** Its receipt (`@vouchsafe/audit`), encoded. */
  readonly receipt: Uint8Array;
}

/** Whose log it is, and the key that signs its checkpoints. */
export interface LogIdentity {
  /** `<federation>/<holder>`. */
  readonly origin: string;
  readonly signer: Signer;
  /** Public keys that signed for it before, 32 bytes each: its earlier checkpoints stand under them for good. */
  readonly formerKeys?: readonly Uint8Array[] | undefined;
}

/** What becomes durable before an answer leaves, all of it or nothing: debit, answer, log entry, receipt. */
export interface Commitment extends QueryId {
  /** Which consent receipt the query used, 32 bytes; it is then used up for every other query. */
  readonly consent?: Uint8Array | undefined;
  readonly charge: Spending;
  /** The querier's whole budget of the epoch. */
  readonly cap: Spending;
  /** How fast the querier may ask, where the policy says it. */
  readonly rate?: RateTerms | undefined;
  /** What the query takes from the rows that it matched, where rows have budgets of their own. */
  readonly rows?: RowDebit | undefined;
  readonly answer: Omit<StoredAnswer, 'receipt'>;
  /** The log entry, encoded. */
  readonly entry: Uint8Array;
  /** What opens the entry's commitment to |M|, for the auditor only: the salt and the count. Kept encrypted. */
  readonly opening: Uint8Array;
}

/** A querier's counter-signature under an entry of the log. */
export interface StoredAcknowledgement {
  readonly index: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** How many of a query's cohort the holder knew, with the salt of the commitment in its log. */
export interface MatchedOpening {
  /** 32 bytes. */
  readonly salt: Uint8Array;
  readonly matched: number;
}

/** A request that was not here before. */
export interface Admission {
  /** Resolves when its nonce is on disk: no answer leaves before. Mostly it is by then, since the answer's own commit carried it. */
  readonly durable: () => Promise<void>;
}

/** The holder's log, for reading. Numbers may come from a peer. */
export interface StoredLog {
  /** The newest checkpoint, a signed note in UTF-8; none while the log is empty. */
  checkpoint(): Promise<Uint8Array | undefined>;
  /** RFC 6962 §2.1.2 proof between two sizes: hashes of 32 bytes. */
  consistency(sizes: { readonly first: number; readonly second: number }): Promise<Either<CannotReadLog, readonly Uint8Array[]>>;
  /** RFC 6962 §2.1.1 proof that an entry is in the log of that many: hashes of 32 bytes. */
  inclusion(place: { readonly index: number; readonly size: number }): Promise<Either<CannotReadLog, readonly Uint8Array[]>>;
  /** Encoded entries [from, from + count), fewer at the end and never more than a page. */
  entries(page: { readonly from: number; readonly count: number }): Promise<Either<CannotReadLog, readonly Uint8Array[]>>;
  /** Checks the whole log, from the first entry to the last. Progress counts entries. */
  verify(log: LogIdentity, watch?: Watch): TaskEither<LogFault | Aborted, void>;
}

/** Why an answer is not given though it was made: meanwhile somebody else took what it needs. */
export type CannotCommit = BudgetSpent | BadPrice | ConsentUsed | RateExceeded;
/** Why entries of the log cannot be read: there are none of that number, or the stored log is damaged. */
export type CannotReadLog = NotInLog | LogBroken;
/** Why the stored log is not taken: it is damaged, or does not go on from the checkpoint that was signed last. */
export type LogFault = BadCheckpoint | LogBroken | LogForked | LogRolledBack;

/**
 * A holder's durable state, as the SDK sees it. `createHolderStore` keeps it over any `Kv`; a shared database may stand behind the interface itself. What resolves is on
 * disk. A promise rejects when the state cannot be written or read: then the request fails, and nothing of it happened.
 */
export interface HolderStore {
  /** Remembers the document; refuses one that may not follow the one before. */
  adopt(federation: Federation): Promise<Either<BadSuccession, void>>;
  /** The epoch's secrets: drawn when first asked for, the same from then on. */
  epochSecrets(epoch: number): Promise<EpochSecrets>;
  /** The epoch's join seed: also when the epoch is over, as long as it may be audited. The caller wipes it. */
  joinSeed(epoch: number): Promise<Secret | undefined>;
  /**
   * Epochs that are not live are over: their rows, indexes and secrets are removed. What an audit needs stays until its window ends: the join seed and the stored answers.
   * May be called again, and goes on where a call before it was broken off.
   */
  retire(epochs: RetireTerms): Promise<void>;
  /**
   * Remembers a request's nonce until the request would be refused as expired anyway: from now on in this process, and durably not later than anything else that is written after it.
   * @param now milliseconds since 1970
   * @returns nothing when it was here before: a replay
   */
  admit(nonce: Nonce, now: number): Promise<Admission | undefined>;
  /** The stored answer to a digest of this querier, if it was answered before. */
  answered(query: QueryId): Promise<StoredAnswer | undefined>;
  /** What the querier has used up in the epoch. */
  spent(account: Account): Promise<Spending>;
  /** The digest of the query that used this consent receipt; none when nobody did. @param id 32 bytes */
  consented(epoch: number, id: Uint8Array): Promise<Uint8Array | undefined>;
  /**
   * One commit: checks the consent receipt, the rate and the cap, debits, appends to the log and stores the answer with its receipt. A digest that was answered meanwhile gives that answer and is not charged
   * again, so that of two equal queries at once only one pays.
   */
  commit(commitment: Commitment, log: LogIdentity): Promise<Either<CannotCommit, StoredAnswer>>;
  /** When the querier got its last new answers: milliseconds since 1970, rising. */
  answerTimes(bureau: string, kind: RateKind): Promise<readonly number[]>;
  /** The stored answer to a batch of `match`, if it was answered before. */
  evaluated(request: MatchRequestId): Promise<StoredEvaluation | undefined>;
  /** What the querier has used up of its quota. @param now milliseconds since 1970 */
  matchSpent(account: Account, now: number): Promise<MatchSpending>;
  /** One commit, as {@link HolderStore.commit}, for a batch of `match`. */
  commitEvaluation(commitment: MatchCommitment, log: LogIdentity): Promise<Either<QuotaSpent | RateExceeded, StoredEvaluation>>;
  /** One commit for a bulk match: checks the quota, debits, appends to the log. @returns the receipt, encoded */
  commitBulk(commitment: BulkCommitment, log: LogIdentity): Promise<Either<QuotaSpent, Uint8Array>>;
  /** Appends an entry that belongs to no answer. @returns its receipt, encoded */
  append(entry: Uint8Array, log: LogIdentity): Promise<Uint8Array>;
  readonly log: StoredLog;
  /** Keeps a querier's counter-signatures under entries of the log. */
  acknowledge(items: readonly StoredAcknowledgement[]): Promise<void>;
  /** Those of entries from `from` on, rising, at most `count`. */
  acknowledgements(page: { readonly from: number; readonly count: number }): Promise<readonly StoredAcknowledgement[]>;
  /** What opens a query entry's commitment to |M|: for the auditor only. None when there is no such entry. */
  opening(index: number): Promise<MatchedOpening | undefined>;
  /** What the auditor may ask about a table whose rows were all sent; none before, and when the audit window of its epoch is over. */
  auditTable(id: TableId): Promise<AuditTable | undefined>;
  /** The rows for one bureau, scheme and epoch. @param slots V */
  table(id: TableId, slots: number): Promise<TableStore>;
  /** The tag index for one scheme and epoch. */
  index(scheme: string, epoch: number): Promise<IndexStore>;
  /** The identifiers that bulk matches go against, for one scheme and epoch. */
  bulkSet(scheme: string, epoch: number): Promise<BulkSetStore>;
  /** The report of what was loaded for a scheme and epoch; none before. */
  loaded(scheme: string, epoch: number): Promise<IngestReport | undefined>;
  /** Remembers it: the records are loaded. */
  markLoaded(scheme: string, epoch: number, report: IngestReport): Promise<void>;
  /** Overwrites what is secret in memory. The store is unusable afterwards. */
  close(): Promise<void>;
}
