import { csprng, E, type KvFailure, type Rng, type TaskEither } from '@vouchsafe/core';
import { type Keyring, openKeyring, type Unlock, type UnlockError, type WeakPassphrase } from '@vouchsafe/core/at-rest';
import type { OpenStoreError } from './errors.ts';
import { type LmdbKv, openLmdbKv } from './open-lmdb-kv.ts';

/** Whose state a store is. */
export type StoreUse = 'holder' | 'bureau' | 'auditor';

/** Version of what each party keeps in a store. */
const VERSIONS: Readonly<Record<StoreUse, number>> = { holder: 2, bureau: 1, auditor: 1 };

/** An open store with its keyring: what `createHolderStore` and `createQuerierStore` take. */
export interface OpenStore {
  readonly kv: LmdbKv;
  readonly keyring: Keyring;
}

/**
 * Opens a party's store, or makes it: the folder, the lock that keeps a second process out, the keyring.
 * @param unlock what opens the keyring; losing it is losing the epoch's keys
 */
export const openStore =
  (
    { folder, use, unlock }: { readonly folder: string; readonly use: StoreUse; readonly unlock: Unlock },
    rng: Rng = csprng,
  ): TaskEither<OpenStoreError | UnlockError | WeakPassphrase | KvFailure, OpenStore> =>
  async () => {
    // Rows of some hundred bytes that are loaded once are most of what is in it.
    const kv = await openLmdbKv({ folder, format: { name: use, version: VERSIONS[use] }, pageSize: 16_384 })();
    if (E.isLeft(kv)) return kv;
    const keyring = await openKeyring({ kv: kv.right, unlock }, rng)();
    if (E.isLeft(keyring)) {
      await kv.right.close();
      return keyring;
    }
    return E.right({ kv: kv.right, keyring: keyring.right });
  };
