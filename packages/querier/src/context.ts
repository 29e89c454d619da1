import { type Catalogue, type Slot, slotsOf } from '@vouchsafe/core';
import type { Group } from '@vouchsafe/group';
import { type Federation, federationHash, rosterKeys } from '@vouchsafe/protocol';
import type { Link } from './link.ts';
import type { QuerierStore } from './store.ts';
import type { Target, Transport } from './transport.ts';

/** What every step of a querier needs, made once. */
export interface QuerierContext {
  readonly id: string;
  readonly federation: Federation;
  readonly federationHash: Uint8Array;
  readonly catalogue: Catalogue;
  readonly slots: readonly Slot[];
  /** The holders of the roster, in its order. */
  readonly roster: readonly Target[];
  /** What is set up with each holder, by `scheme/holder`. */
  readonly links: Map<string, Link>;
  readonly store: QuerierStore;
  readonly transport: Transport;
  readonly group: Group;
}

export const createContext = (
  parts: Pick<QuerierContext, 'id' | 'federation' | 'store' | 'transport' | 'group'>,
): QuerierContext => ({
  ...parts,
  federationHash: federationHash(parts.federation),
  catalogue: parts.federation.catalogue,
  slots: slotsOf(parts.federation.catalogue),
  roster: rosterKeys(parts.federation).map(({ holder, url }) => ({ holder, url })),
  links: new Map(),
});
