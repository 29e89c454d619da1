import type { Either, Secret } from '@vouchsafe/core';
import type { EpochSeeds } from '@vouchsafe/join';
import type { BadSuccession, Federation } from '@vouchsafe/protocol';
import type { LinkId, LinkStore } from './link-port.ts';

/** Which epochs go on, and for how long the others can be audited. */
export interface RetireTerms {
  readonly live: readonly number[];
  /** Seconds since 1970. */
  readonly now: number;
  /** Seconds from the end of an epoch. */
  readonly auditWindow: number;
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
  /** The last checkpoint that was seen of a holder's log, a signed note; none before the first. */
  checkpoint(holder: string): Promise<Uint8Array | undefined>;
  /** Remembers a checkpoint that was verified to continue the last one. */
  remember(holder: string, checkpoint: Uint8Array): Promise<void>;
  /** Overwrites what is secret. */
  close(): Promise<void>;
}
