import type { Either, Secret } from '@vouchsafe/core';
import type { EpochSeeds } from '@vouchsafe/join';
import type { BadSuccession, Federation } from '@vouchsafe/protocol';
import type { LinkId, LinkStore } from './link-port.ts';
import type { IndexPins } from './pins.ts';
import type { SentBatches } from './sent-batches.ts';

/** Which epochs go on, and for how long the others can be audited. */
export interface RetireTerms {
  readonly live: readonly number[];
  /** Seconds since 1970. */
  readonly now: number;
  /** Seconds from the end of an epoch. */
  readonly auditWindow: number;
}

/** The receipt of an answer. */
export interface KeptReceipt {
  readonly holder: string;
  /** Of the entry in the holder's log. */
  readonly index: number;
  /** As it came (`@vouchsafe/audit`). */
  readonly receipt: Uint8Array;
}

/** A query that was asked. */
export interface KeptQuery {
  readonly epoch: number;
  /** 64 bytes. */
  readonly digest: Uint8Array;
}

/**
 * A bureau's durable state, as the SDK sees it. `createQuerierStore` keeps it over any `Kv`; a shared database may stand behind the interface itself. What resolves is on
 * disk; a promise rejects when the state cannot be written or read.
 */
export interface QuerierStore {
  /** Remembers the document; refuses one that may not follow the one before. */
  adopt(federation: Federation): Promise<Either<BadSuccession, void>>;
  /** The epoch's two seeds: drawn when first asked for, the same from then on. Without them the epoch's tables cannot be read again. */
  epochSeeds(epoch: number): Promise<EpochSeeds>;
  /** The epoch's join seed: also when the epoch is over, as long as it may be audited. The caller wipes it. */
  joinSeed(epoch: number): Promise<Secret | undefined>;
  /**
   * Epochs that are not live are over: their links and value seeds are removed; the join seed stays until the audit window ends. May be called again, and goes on where a
   * call before it was broken off.
   */
  retire(epochs: RetireTerms): Promise<void>;
  /** The bureau's side of the table sealed with one holder. @param slots V */
  link(id: LinkId, slots: number): LinkStore;
  /** Which index of each holder is in use. */
  readonly pins: IndexPins;
  /** Batches of `match` on their way, and what they were answered. */
  readonly sent: SentBatches;
  /** The last checkpoint that was seen of a holder's log, a signed note; none before the first. */
  checkpoint(holder: string): Promise<Uint8Array | undefined>;
  /** Remembers a checkpoint that was verified to continue the last one. */
  remember(holder: string, checkpoint: Uint8Array): Promise<void>;
  /**
   * Keeps a receipt for an answer, to be counter-signed; one that is kept already stays as it is.
   * @param checkpoint that it brought, to be remembered in the same commit
   */
  keepReceipt(receipt: KeptReceipt, checkpoint?: Uint8Array): Promise<void>;
  /** Receipts of a holder that it has no counter-signature for yet, at most `count`. */
  unacknowledged(holder: string, count: number): Promise<readonly KeptReceipt[]>;
  /** The holder has the counter-signatures. */
  acknowledged(holder: string, indexes: readonly number[]): Promise<void>;
  /** Receipts of a holder's answers from an index on, rising, at most `count`. */
  receipts(holder: string, page: { readonly from: number; readonly count: number }): Promise<readonly KeptReceipt[]>;
  /** Keeps who a query is about, encrypted, before it is asked: without it the bureau could not open the query to the auditor. */
  keepQuery(query: KeptQuery, ids: readonly Uint8Array[]): Promise<void>;
  /** The canonical identifiers of a query's subjects; none when it was not asked here or is forgotten. */
  keptQuery(query: KeptQuery): Promise<readonly Uint8Array[] | undefined>;
  /** Overwrites what is secret. */
  close(): Promise<void>;
}
