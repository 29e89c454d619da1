import { type Catalogue, type Slot, slotsOf } from '@vouchsafe/core';
import type { Group } from '@vouchsafe/group';
import type { MaskSecret } from '@vouchsafe/join';
import { type Federation, federationHash } from '@vouchsafe/protocol';
import type { Policy } from './policy.ts';
import type { HolderStore } from './store.ts';

/** What every step of a holder needs, made once. */
export interface HolderContext {
  readonly id: string;
  readonly federation: Federation;
  readonly federationHash: Uint8Array;
  readonly catalogue: Catalogue;
  readonly slots: readonly Slot[];
  readonly policy: Policy;
  readonly masks: readonly MaskSecret[];
  readonly store: HolderStore;
  readonly group: Group;
  /** Sealed tables are padded to a multiple of this many rows, tag indexes likewise. */
  readonly padTo: number;
}

export const createContext = (parts: Omit<HolderContext, 'federationHash' | 'catalogue' | 'slots'>): HolderContext => ({
  ...parts,
  federationHash: federationHash(parts.federation),
  catalogue: parts.federation.catalogue,
  slots: slotsOf(parts.federation.catalogue),
});
