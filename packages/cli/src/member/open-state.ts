import { mkdir } from 'node:fs/promises';
import { E } from '@vouchsafe/core';
import { type OpenStore, openStore, type StoreUse } from '@vouchsafe/store-lmdb';
import { EXIT, failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { fileFailure } from '../read-file.ts';

/** Opens a member's durable state, or makes it. Its folder is for its owner only. */
export const openState = async ({
  folder,
  use,
  passphrase,
}: {
  readonly folder: string;
  readonly use: StoreUse;
  readonly passphrase: string;
}): Result<OpenStore> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return E.left(fileFailure(folder, 'written', error));
  }
  const store = await openStore({ folder, use, unlock: { passphrase } })();
  if (E.isRight(store)) return store;
  const { _tag, message } = store.left;
  const ofPassphrase = _tag === 'WrongKey' || _tag === 'WeakPassphrase';
  return E.left(failure({ _tag, message: `${folder}: ${message}` }, ofPassphrase ? EXIT.usage : EXIT.unreachable));
};
