import { type Catalogue, type Slot, slotsOf } from '@vouchsafe/core';
import type { Group } from '@vouchsafe/group';
import type { MaskSecret } from '@vouchsafe/join';
import { type Epoch, type Federation, federationHash } from '@vouchsafe/protocol';
import type { NoiseStock } from './noise-stock.ts';
import { type Policy, policyHash } from './policy.ts';
import type { Release } from './release-tick.ts';
import type { Records } from './sampling.ts';
import type { HolderStore, LogIdentity } from './store/index.ts';

/** What every step of a holder needs in one epoch, made once. */
export interface HolderContext {
  readonly id: string;
  readonly federation: Federation;
  readonly federationHash: Uint8Array;
  readonly epoch: Epoch;
  readonly catalogue: Catalogue;
  readonly slots: readonly Slot[];
  readonly policy: Policy;
  /** SHA-256 of the policy's one encoding: stands in each log entry. */
  readonly policyHash: Uint8Array;
  readonly masks: readonly MaskSecret[];
  /** Whose log, and the key that signs it; signs responses too. */
  readonly log: LogIdentity;
  readonly store: HolderStore;
  readonly group: Group;
  /** Sealed tables are padded to a multiple of this many rows, tag indexes likewise. */
  readonly padTo: number;
  /** Where the records are read again for the auditor's samples. */
  readonly records: Records;
  /** Noise that is there before a query is. */
  readonly noise: NoiseStock;
  readonly release: Release;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export const createContext = (
  parts: Omit<HolderContext, 'federationHash' | 'catalogue' | 'slots' | 'policyHash'>,
): HolderContext => ({
  ...parts,
  federationHash: federationHash(parts.federation),
  catalogue: parts.federation.catalogue,
  slots: slotsOf(parts.federation.catalogue),
  policyHash: policyHash(parts.policy),
});

/** Seconds since 1970, as the log counts. */
export const secondsOf = ({ clock }: HolderContext): number => Math.floor(clock() / 1000);
