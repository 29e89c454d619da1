import { E } from '@vouchsafe/core';
import { type MemberSecrets, readKeyFile as openKeyFile, writeKeyFile } from '@vouchsafe/core/at-rest';
import { badInput, EXIT, type Failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { fileExists, fileFailure, readWhole } from '../read-file.ts';

/** A key file is some 700 bytes, or 33,000 when a key service wrapped its key. */
const MAX_KEY_FILE_BYTES = 65_536;

/** Reads a member's secrets from its key file. Whoever gets them wipes them. */
export const readKeyFile = async (path: string, passphrase: string): Result<MemberSecrets> => {
  // Says in words why a file cannot be read.
  const there = await readWhole(path, MAX_KEY_FILE_BYTES);
  if (E.isLeft(there)) return there;
  const secrets = await openKeyFile({ path, unlock: { passphrase } })();
  return E.isLeft(secrets) ? E.left(keyFailure(path, secrets.left)) : secrets;
};

/** Writes a member's secrets to a new key file, for its owner only. A file that is there stays as it is. */
export const createKeyFile = async (path: string, secrets: MemberSecrets, passphrase: string): Result<void> => {
  const written = await writeKeyFile({ path, secrets, unlock: { passphrase } })();
  return E.isLeft(written) ? E.left(keyFailure(path, written.left)) : E.right(undefined);
};

const keyFailure = (path: string, { _tag, message }: { readonly _tag: string; readonly message: string }): Failure => {
  switch (_tag) {
    case 'KeyFileExists':
      return fileExists(path);
    case 'KeyFileUnusable':
      return fileFailure(path, 'written', { code: /\((E[A-Z]+)\)/.exec(message)?.[1] });
    case 'KeyRecordDamaged':
      return badInput(`${path} is no key file, or is not as it was written: name another file, or put back a copy of it`);
    default:
      return { _tag, message: `${path}: ${message}`, exit: EXIT.usage };
  }
};
