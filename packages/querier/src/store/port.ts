import type { Either } from '@vouchsafe/core';
import type { EpochSeeds } from '@vouchsafe/join';
import type { BadSuccession, Federation } from '@vouchsafe/protocol';
import type { LinkId, LinkStore } from './link-port.ts';
import type { IndexPins } from './pins.ts';

/**
 * A bureau's durable state, as the SDK sees it. `createQuerierStore` keeps it over any `Kv`; a shared database may stand behind the interface itself. What resolves is on
 * disk; a promise rejects when the state cannot be written or read.
 */
export interface QuerierStore {
  /** Remembers the document; refuses one that may not follow the one before. */
  adopt(federation: Federation): Promise<Either<BadSuccession, void>>;
  /** The epoch's two seeds: drawn when first asked for, the same from then on. Without them the epoch's tables cannot be read again. */
  epochSeeds(epoch: number): Promise<EpochSeeds>;
  /** The bureau's side of the table sealed with one holder. @param slots V */
  link(id: LinkId, slots: number): LinkStore;
  /** Which index of each holder is in use. */
  readonly pins: IndexPins;
  /** The last checkpoint that was seen of a holder's log, a signed note; none before the first. */
  checkpoint(holder: string): Promise<Uint8Array | undefined>;
  /** Remembers a checkpoint that was verified to continue the last one. */
  remember(holder: string, checkpoint: Uint8Array): Promise<void>;
  /** Overwrites what is secret. */
  close(): Promise<void>;
}
