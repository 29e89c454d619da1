import { setImmediate } from 'node:timers/promises';
import { bytesUpTo, E, type Kv, kvKey, kvPrefix, list, readStored, Secret, wipeRange, writeStored } from '@vouchsafe/core';
import type { Keyring } from '@vouchsafe/core/at-rest';
import type { QuerierStore } from './port.ts';

const QUERIES = 'queries';
/** Identifiers in one sealed piece: a few milliseconds of encryption. */
const PIECE = 1024;

const Ids = list(bytesUpTo(512), PIECE);

/** Who queries were about, sealed under the store's key. */
export const createQueryStore = ({
  kv,
  keyring,
}: {
  readonly kv: Kv;
  readonly keyring: Keyring;
}): Pick<QuerierStore, 'keepQuery' | 'keptQuery'> => ({
  keepQuery: async ({ epoch, digest }, ids) => {
    // A repeated query is kept already, and nothing in it can have changed under its digest.
    const { from, to } = kvPrefix(epoch, digest);
    if (kv.read((reader) => [...reader.range(QUERIES, { from, to, limit: 1 })].length > 0)) return;
    const pieces: { readonly key: Uint8Array; readonly box: Uint8Array }[] = [];
    for (let at = 0; at < ids.length; at += PIECE) {
      const key = kvKey(epoch, digest, at / PIECE);
      const plain = new Secret(writeStored(Ids, ids.slice(at, at + PIECE)));
      pieces.push({ key, box: keyring.seal({ table: QUERIES, key }, plain) });
      plain.wipe();
      await setImmediate();
    }
    await kv.commit((writer) => {
      for (const { key, box } of pieces) writer.put(QUERIES, key, box);
    });
  },

  keptQuery: async ({ epoch, digest }) => {
    const pieces = kv.read((reader) => [...reader.range(QUERIES, kvPrefix(epoch, digest))]);
    const ids: Uint8Array[] = [];
    for (const { key, value } of pieces) {
      const opened = keyring.open({ table: QUERIES, key }, value);
      if (E.isLeft(opened)) throw new Error(opened.left.message);
      ids.push(...readStored(Ids, opened.right.reveal()));
      opened.right.wipe();
      await setImmediate();
    }
    return ids.length === 0 ? undefined : ids;
  },
});

/** The audit window of an epoch is over: its queries cannot be opened from now on. */
export const forgetQueries = (kv: Kv, epoch: number): Promise<void> => wipeRange(kv, QUERIES, kvPrefix(epoch));
