import { E } from '../fp.ts';
import type { Kv } from '../kv.ts';
import { csprng, type Rng } from '../rng.ts';
import { Secret } from '../secret.ts';
import type { Keyring, Place } from './keyring.ts';

/**
 * The secret of a place: drawn when it is first asked for, the same from then on. Sealed before it is written; of two who draw at the same time, the first one's counts.
 * @returns `bytes` bytes
 * @throws Error when what is stored there does not open: the store was damaged
 */
export const keptSecret = async (
  { kv, keyring, place, bytes }: { readonly kv: Kv; readonly keyring: Keyring; readonly place: Place; readonly bytes: number },
  rng: Rng = csprng,
): Promise<Secret> => {
  const { table, key } = place;
  const before = kv.read((reader) => reader.get(table, key));
  const box = before ?? (await drawn({ kv, keyring, place, bytes }, rng));
  const secret = keyring.open(place, box);
  if (E.isLeft(secret)) throw new Error(secret.left.message);
  return secret.right;
};

const drawn = async ({ kv, keyring, place, bytes }: Parameters<typeof keptSecret>[0], rng: Rng): Promise<Uint8Array> => {
  const fresh = new Secret(rng(bytes));
  const box = keyring.seal(place, fresh);
  fresh.wipe();
  return kv.commit((writer) => {
    const first = writer.get(place.table, place.key);
    if (!first) writer.put(place.table, place.key, box);
    return first ?? box;
  });
};
