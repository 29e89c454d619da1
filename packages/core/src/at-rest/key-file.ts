import { open } from 'node:fs/promises';
import type * as t from 'io-ts';
import nacl from 'tweetnacl';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '../bytes.ts';
import { decodeShape, record, text, whole } from '../decode.ts';
import { createSigner } from '../ed25519.ts';
import { E, type Either, type TaskEither } from '../fp.ts';
import { csprng, type Rng } from '../rng.ts';
import { Secret } from '../secret.ts';
import {
  type KeyFileExists,
  type KeyFileUnusable,
  type KeyRecordDamaged,
  type KeyServiceFailed,
  recordDamaged,
  type WeakPassphrase,
  type WrongKey,
} from './errors.ts';
import { BOX_OVERHEAD, KEY_BYTES, openBox, sealBox, subkey } from './secret-box.ts';
import type { Unlock } from './unlock.ts';
import { unwrapKey, WrappedKey, wrapKey } from './wrapped-key.ts';
import { writeAtomically } from './write-atomically.ts';

/** The long-lived secrets of a member. */
export interface MemberSecrets {
  /** Ed25519 seed, 32 bytes: signs its messages and checkpoints. */
  readonly signSeed: Secret;
  /** X25519 secret, 32 bytes: masks with other holders. */
  readonly boxSecret: Secret;
}

/** What the federation document says of a member, 64 hexadecimal digits each. */
export interface MemberKeys {
  readonly signKey: string;
  readonly boxKey: string;
}

/** A key file: JSON, so that its public keys can be read. They are bound to the box, so a change of them is noticed. */
interface KeyFile extends MemberKeys {
  readonly version: 1;
  readonly lock: WrappedKey;
  /** Both secrets, sealed. */
  readonly box: string;
}

const hexOf = (length: number): t.Type<string, unknown, unknown> =>
  text(`${length} bytes in hexadecimal`, new RegExp(`^[0-9a-f]{${2 * length}}$`));

const KeyFile: t.Type<KeyFile, unknown, unknown> = record<KeyFile>(
  'KeyFile',
  {
    version: whole(1, 1) as t.Type<1, unknown, unknown>,
    signKey: hexOf(32),
    boxKey: hexOf(32),
    lock: WrappedKey,
    box: hexOf(BOX_OVERHEAD + 2 * KEY_BYTES),
  },
  {},
);

const WHAT = 'key-file';
/** A key service may give 16 KiB, in hexadecimal. */
const MAX_BYTES = 65_536;

/** Fresh secrets. */
export const newMemberSecrets = (rng: Rng = csprng): MemberSecrets => ({
  signSeed: new Secret(rng(KEY_BYTES)),
  boxSecret: new Secret(rng(KEY_BYTES)),
});

/** The public keys of a member's secrets (RFC 8032 §5.1.5, RFC 7748 §6.1). */
export const memberKeys = ({ signSeed, boxSecret }: MemberSecrets): MemberKeys => ({
  signKey: bytesToHex(createSigner(signSeed).publicKey),
  boxKey: bytesToHex(nacl.scalarMult.base(boxSecret.reveal())),
});

const boxKeyOf = (key: Secret, { signKey, boxKey }: MemberKeys): Secret =>
  subkey(key, 'keyFile', utf8ToBytes(signKey), utf8ToBytes(boxKey));

/** An error of the file system without the path, which may tell more than a log should. */
const unusable = (error: unknown): KeyFileUnusable => {
  const { code } = error as { readonly code?: unknown };
  const why = typeof code === 'string' ? code : 'unknown';
  return { _tag: 'KeyFileUnusable', message: `the key file cannot be read or written (${why}): check its path and permissions` };
};

const contentOf = (file: KeyFile): string => `${JSON.stringify(file, null, 2)}\n`;

const create = async (path: string, file: KeyFile): Promise<Either<KeyFileExists | KeyFileUnusable, void>> => {
  try {
    return E.right(await writeAtomically({ path, content: contentOf(file), replace: false }));
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'EEXIST') return E.left(unusable(error));
    return E.left({ _tag: 'KeyFileExists', message: 'there is a key file already: keep it, or choose another path' });
  }
};

const replace = async (path: string, file: KeyFile): Promise<Either<KeyFileUnusable, void>> => {
  try {
    return E.right(await writeAtomically({ path, content: contentOf(file), replace: true }));
  } catch (error) {
    return E.left(unusable(error));
  }
};

const read = async (path: string): Promise<Either<KeyFileUnusable | KeyRecordDamaged, KeyFile>> => {
  const damaged = E.left(recordDamaged('the key file'));
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1, 0);
      if (bytesRead > MAX_BYTES) return damaged;
      const shape = decodeShape(KeyFile, JSON.parse(buffer.toString('utf8', 0, bytesRead)));
      return E.isLeft(shape) ? damaged : shape;
    } finally {
      await file.close();
    }
  } catch (error) {
    return error instanceof SyntaxError ? damaged : E.left(unusable(error));
  }
};

/** Writes a member's secrets to a new file, encrypted, for its owner only. */
export const writeKeyFile =
  (
    { path, secrets, unlock }: { readonly path: string; readonly secrets: MemberSecrets; readonly unlock: Unlock },
    rng: Rng = csprng,
  ): TaskEither<WeakPassphrase | KeyServiceFailed | KeyFileExists | KeyFileUnusable, MemberKeys> =>
  async () => {
    const keys = memberKeys(secrets);
    const key = new Secret(rng(KEY_BYTES));
    const own = boxKeyOf(key, keys);
    const both = new Secret(concatBytes(secrets.signSeed.reveal(), secrets.boxSecret.reveal()));
    const box = bytesToHex(sealBox(own, both.reveal(), rng));
    const lock = await wrapKey({ key, unlock, what: WHAT }, rng);
    for (const secret of [key, own, both]) secret.wipe();
    if (E.isLeft(lock)) return lock;
    const written = await create(path, { version: 1, ...keys, lock: lock.right, box });
    return E.isLeft(written) ? written : E.right(keys);
  };

/** Reads a member's secrets. */
export const readKeyFile =
  ({
    path,
    unlock,
  }: {
    readonly path: string;
    readonly unlock: Unlock;
  }): TaskEither<WrongKey | KeyServiceFailed | KeyFileUnusable | KeyRecordDamaged, MemberSecrets> =>
  async () => {
    const file = await read(path);
    if (E.isLeft(file)) return file;
    const key = await unwrapKey({ wrapped: file.right.lock, unlock, what: WHAT });
    if (E.isLeft(key)) return key;
    const own = boxKeyOf(key.right, file.right);
    const both = openBox(own, hexToBytes(file.right.box));
    for (const secret of [key.right, own]) secret.wipe();
    if (both === undefined) return E.left(recordDamaged('the key file'));
    const bytes = both.reveal();
    const secrets = { signSeed: new Secret(bytes.slice(0, KEY_BYTES)), boxSecret: new Secret(bytes.slice(KEY_BYTES)) };
    both.wipe();
    return E.right(secrets);
  };

/** Changes what unlocks a key file. A copy that was made before still opens with what unlocked it. */
export const relockKeyFile =
  (
    { path, from, to }: { readonly path: string; readonly from: Unlock; readonly to: Unlock },
    rng: Rng = csprng,
  ): TaskEither<WrongKey | WeakPassphrase | KeyServiceFailed | KeyFileUnusable | KeyRecordDamaged, void> =>
  async () => {
    const file = await read(path);
    if (E.isLeft(file)) return file;
    const key = await unwrapKey({ wrapped: file.right.lock, unlock: from, what: WHAT });
    if (E.isLeft(key)) return key;
    const lock = await wrapKey({ key: key.right, unlock: to, what: WHAT }, rng);
    key.right.wipe();
    return E.isLeft(lock) ? lock : replace(path, { ...file.right, lock: lock.right });
  };
