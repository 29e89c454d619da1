import { E } from '@vouchsafe/core';
import { memberKeys } from '@vouchsafe/core/at-rest';
import { badInput } from '../exit.ts';
import type { Result } from '../outcome.ts';
import type { World } from '../world.ts';
import { withKeys } from './with-keys.ts';

/** A signing key that was given as it is, or by its key file. */
export const signKeyOf = async (
  {
    keys,
    signKey,
    passphraseFile,
  }: {
    readonly keys?: string | undefined;
    readonly signKey?: string | undefined;
    readonly passphraseFile?: string | undefined;
  },
  world: World,
): Result<string> => {
  if ((keys === undefined) === (signKey === undefined))
    return E.left(badInput('give the auditor’s key file with --keys, or its public key with --sign-key: one of the two'));
  if (signKey !== undefined) return E.right(signKey);
  return withKeys({ path: keys!, passphraseFile }, world, async (own) => E.right(memberKeys(own).signKey));
};
