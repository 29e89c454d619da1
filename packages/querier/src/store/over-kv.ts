import { csprng, type Kv, type Rng } from '@vouchsafe/core';
import { createCover, createEpochSecrets, type Keyring } from '@vouchsafe/core/at-rest';
import { adoptFederation } from '@vouchsafe/protocol';
import { createLinkStore, retireLinks } from './links.ts';
import { createIndexPins } from './pins.ts';
import type { QuerierStore } from './port.ts';
import { createQueryStore, forgetQueries } from './queries.ts';
import { createReceiptStore } from './receipts.ts';
import { createSentBatches, retireSentBatches } from './sent-batches.ts';

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
        await retireSentBatches(kv, epoch);
        // Last: an epoch with secrets is one that still has to be cleared away.
        await epochs.end(epoch, now);
      }
      for (const epoch of await epochs.forget(Math.max(0, now - auditWindow))) await forgetQueries(kv, epoch);
    },

    link: (id, slots) =>
      createLinkStore({ kv, cover: async () => createCover((await epochs.secrets(id.epoch))[2]!, rng), id, slots }),

    pins: createIndexPins(kv),

    sent: createSentBatches(kv, async (epoch) => (await epochs.secrets(epoch))[0]!),

    ...createQueryStore({ kv, keyring }),
    ...createReceiptStore(kv),

    close: async () => {
      await epochs.close();
      keyring.close();
      await kv.close();
    },
  };
};
