import { csprng, type Kv, kvKey, type Rng } from '@vouchsafe/core';
import { createCover, createEpochSecrets, type Keyring } from '@vouchsafe/core/at-rest';
import { adoptFederation } from '@vouchsafe/protocol';
import { createLinkStore, retireLinks } from './links.ts';
import type { QuerierStore } from './port.ts';

const CHECKPOINTS = 'checkpoints';

/** The bureau's state over any ordered store. @param keyring seals what must not lie readable on a disk */
export const createQuerierStore = (
  { kv, keyring }: { readonly kv: Kv; readonly keyring: Keyring },
  rng: Rng = csprng,
): QuerierStore => {
  const epochs = createEpochSecrets({ kv, keyring, parts: 3 }, rng);

  return {
    adopt: (federation) => adoptFederation(kv, federation),

    epochSeeds: async (epoch) => {
      const [join, value] = await epochs.secrets(epoch);
      return { join: join!, value: value! };
    },

    joinSeed: (epoch) => epochs.first(epoch),

    retire: async ({ live, now, auditWindow }) => {
      for (const epoch of epochs.over(live)) {
        await retireLinks(kv, epoch);
        // Last: an epoch with secrets is one that still has to be cleared away.
        await epochs.end(epoch, now);
      }
      await epochs.forget(Math.max(0, now - auditWindow));
    },

    link: (id, slots) =>
      createLinkStore({ kv, cover: async () => createCover((await epochs.secrets(id.epoch))[2]!, rng), id, slots }),

    checkpoint: async (holder) => kv.read((reader) => reader.get(CHECKPOINTS, kvKey(holder))),

    remember: (holder, checkpoint) => kv.commit((writer) => writer.put(CHECKPOINTS, kvKey(holder), checkpoint)),

    close: async () => {
      await epochs.close();
      keyring.close();
      await kv.close();
    },
  };
};
