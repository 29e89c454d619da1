import { csprng, type Rng, Secret } from '@vouchsafe/core';
import type { EpochSeeds } from '@vouchsafe/join';

/** A bureau's durable state, as the SDK sees it. */
export interface QuerierStore {
  /** The epoch's two seeds: drawn when first asked for, the same from then on. Without them the epoch's tables cannot be read again. */
  epochSeeds(epoch: number): Promise<EpochSeeds>;
  /** Overwrites what is secret. */
  close(): Promise<void>;
}

/** State that ends with the process. */
export const memoryStore = (rng: Rng = csprng): QuerierStore => {
  const seeds = new Map<number, EpochSeeds>();
  return {
    epochSeeds: async (epoch) => {
      const own = seeds.get(epoch) ?? { join: new Secret(rng(32)), value: new Secret(rng(32)) };
      seeds.set(epoch, own);
      return own;
    },
    close: async () => {
      for (const { join, value } of seeds.values()) for (const secret of [join, value]) secret.wipe();
      seeds.clear();
    },
  };
};
