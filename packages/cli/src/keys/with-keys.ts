import { E } from '@vouchsafe/core';
import type { MemberSecrets } from '@vouchsafe/core/at-rest';
import type { Result } from '../outcome.ts';
import { passphraseFor } from '../passphrase.ts';
import type { World } from '../world.ts';
import { readKeyFile } from './key-file.ts';

/** Opens a key file for the time of a work; then its secrets are wiped. */
export const withKeys = async <A>(
  { path, passphraseFile }: { readonly path: string; readonly passphraseFile?: string | undefined },
  world: World,
  work: (keys: MemberSecrets) => Result<A>,
): Result<A> => {
  const passphrase = await passphraseFor({ what: path, file: passphraseFile }, world);
  if (E.isLeft(passphrase)) return passphrase;
  const keys = await readKeyFile(path, passphrase.right);
  if (E.isLeft(keys)) return keys;
  try {
    return await work(keys.right);
  } finally {
    wipeKeys(keys.right);
  }
};

export const wipeKeys = ({ signSeed, boxSecret }: MemberSecrets): void => {
  for (const secret of [signSeed, boxSecret]) secret.wipe();
};
