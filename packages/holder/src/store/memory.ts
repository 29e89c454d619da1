import { csprng, E, memoryKv, type Rng, Secret } from '@vouchsafe/core';
import { openKeyring } from '@vouchsafe/core/at-rest';
import { createHolderStore } from './over-kv.ts';
import type { HolderStore } from './port.ts';

/** State that ends with the process, for tests and demos. */
export const memoryStore = async (rng: Rng = csprng): Promise<HolderStore> => {
  const kv = memoryKv();
  const keyring = await openKeyring({ kv, unlock: { key: new Secret(rng(32)) } }, rng)();
  if (E.isLeft(keyring)) throw new Error(keyring.left.message);
  return createHolderStore({ kv, keyring: keyring.right }, rng);
};
