import type { VoprfClient } from '@vouchsafe/oprf';
import type { TagIndex } from '@vouchsafe/psi/index';
import type { Paid } from './paid.ts';
import type { SealedLink } from './seal-with.ts';

/** A holder's tag index, verified, with the client for its pinned key. */
export interface MatchLink {
  readonly client: VoprfClient;
  readonly index: TagIndex;
  /** What was paid for under this key. */
  readonly paid: Paid;
}

/** What a bureau has set up with one holder for one scheme. */
export interface Link {
  /** May this bureau ask for totals there? */
  readonly totals: boolean;
  /** Absent when the holder does not let this bureau match. */
  readonly match?: MatchLink | undefined;
  /** Identifiers of the holder that a bulk match goes against; absent when it does not let this bureau match in bulk. */
  readonly bulk?: number | undefined;
  readonly sealed?: SealedLink | undefined;
  /** Everything that the holder offers here is in place. */
  readonly complete?: true | undefined;
}
