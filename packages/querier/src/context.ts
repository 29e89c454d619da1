import { type Catalogue, type Slot, slotsOf } from '@vouchsafe/core';
import type { Group } from '@vouchsafe/group';
import { rowBytes } from '@vouchsafe/join';
import { type Epoch, type Federation, federationHash, rosterOf } from '@vouchsafe/protocol';
import type { Acknowledger } from './acknowledging.ts';
import type { IndexCache } from './cache/index.ts';
import type { Link } from './link.ts';
import type { LogFollower } from './log-follower.ts';
import type { QuerierStore } from './store/index.ts';
import type { Target, Transport } from './transport.ts';

/** What every step of a querier needs in one epoch, made once. */
export interface QuerierContext {
  readonly id: string;
  readonly federation: Federation;
  readonly federationHash: Uint8Array;
  readonly epoch: Epoch;
  readonly catalogue: Catalogue;
  readonly slots: readonly Slot[];
  /** The holders of the roster, in its order. */
  readonly roster: readonly Target[];
  /** What is set up with each holder in this epoch, by `scheme/holder`. */
  readonly links: Map<string, Link>;
  readonly store: QuerierStore;
  /** Files of the holders' tag indexes. */
  readonly cache: IndexCache;
  readonly transport: Transport;
  readonly logs: LogFollower;
  readonly acknowledger: Acknowledger;
  readonly group: Group;
  /** Rows asked for, or sent, at a time while sealing. */
  readonly chunkRows: number;
}

/** Of the rows of a message while sealing: a quarter of a second's work for one thread of a compiled backend, and far below the limit of a body. */
const CHUNK_BYTES = 512 * 1024;

export const createContext = (
  parts: Pick<
    QuerierContext,
    'id' | 'federation' | 'epoch' | 'links' | 'store' | 'cache' | 'transport' | 'logs' | 'acknowledger' | 'group'
  > & {
    readonly chunkRows?: number | undefined;
  },
): QuerierContext => {
  const slots = slotsOf(parts.federation.catalogue);
  return {
    ...parts,
    chunkRows: Math.max(1, Math.min(parts.chunkRows ?? 1024, 1024, Math.floor(CHUNK_BYTES / rowBytes(slots.length)))),
    federationHash: federationHash(parts.federation),
    catalogue: parts.federation.catalogue,
    slots,
    roster: rosterOf(parts.federation, parts.epoch).map(({ holder, url }) => ({ holder, url })),
  };
};
