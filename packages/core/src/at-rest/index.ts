export { createCover } from './cover.ts';
export { createEpochSecrets, type EpochSecretsStore } from './epoch-secrets.ts';
export type {
  KeyFileExists,
  KeyFileUnusable,
  KeyRecordDamaged,
  KeyRecordMissing,
  KeyServiceFailed,
  NotOpened,
  WeakPassphrase,
  WrongKey,
} from './errors.ts';
export { keptSecret } from './kept-secret.ts';
export {
  type MemberKeys,
  type MemberSecrets,
  memberKeys,
  newMemberSecrets,
  readKeyFile,
  relockKeyFile,
  writeKeyFile,
} from './key-file.ts';
export { type Keyring, openKeyring, type Place, relockKeyring, type UnlockError } from './keyring.ts';
export type { KeyWrap, Unlock } from './unlock.ts';
