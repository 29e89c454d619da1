import { csprng, type Kv, kvKey, type Rng, Secret } from '@vouchsafe/core';
import { type Keyring, keptSecret } from '@vouchsafe/core/at-rest';
import type { EpochSeeds } from '@vouchsafe/join';
import { adoptFederation } from '@vouchsafe/protocol';
import { createLinkStore } from './links.ts';
import { createIndexPins } from './pins.ts';
import type { QuerierStore } from './port.ts';

const SECRETS = 'secrets';
const CHECKPOINTS = 'checkpoints';

/** The bureau's state over any ordered store. @param keyring seals what must not lie readable on a disk */
export const createQuerierStore = (
  { kv, keyring }: { readonly kv: Kv; readonly keyring: Keyring },
  rng: Rng = csprng,
): QuerierStore => {
  const open = new Map<number, Promise<EpochSeeds>>();

  const openEpoch = async (epoch: number): Promise<EpochSeeds> => {
    const both = await keptSecret({ kv, keyring, place: { table: SECRETS, key: kvKey(epoch) }, bytes: 64 }, rng);
    const bytes = both.reveal();
    const seeds = { join: new Secret(bytes.slice(0, 32)), value: new Secret(bytes.slice(32)) };
    both.wipe();
    return seeds;
  };

  return {
    adopt: (federation) => adoptFederation(kv, federation),

    epochSeeds: (epoch) => {
      const own = open.get(epoch) ?? openEpoch(epoch);
      open.set(epoch, own);
      return own;
    },

    link: (id, slots) => createLinkStore({ kv, id, slots }),

    pins: createIndexPins(kv),

    checkpoint: async (holder) => kv.read((reader) => reader.get(CHECKPOINTS, kvKey(holder))),

    remember: (holder, checkpoint) => kv.commit((writer) => writer.put(CHECKPOINTS, kvKey(holder), checkpoint)),

    close: async () => {
      for (const opened of open.values()) for (const secret of Object.values(await opened)) (secret as Secret).wipe();
      open.clear();
      keyring.close();
      await kv.close();
    },
  };
};
