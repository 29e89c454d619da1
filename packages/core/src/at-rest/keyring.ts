import type * as t from 'io-ts';
import { compareBytes, utf8ToBytes } from '../bytes.ts';
import { decodeCanonical, encodeCanonical } from '../canonical.ts';
import { decodeShape, record, whole } from '../decode.ts';
import { E, type Either, type TaskEither } from '../fp.ts';
import { type Kv, KvFailure } from '../kv.ts';
import { csprng, type Rng } from '../rng.ts';
import { Secret } from '../secret.ts';
import {
  type KeyRecordDamaged,
  type KeyRecordMissing,
  type KeyServiceFailed,
  type NotOpened,
  recordDamaged,
  type WeakPassphrase,
  type WrongKey,
} from './errors.ts';
import { KEY_BYTES, openBox, sealBox, subkey } from './secret-box.ts';
import type { Unlock } from './unlock.ts';
import { unwrapKey, WrappedKey, wrapKey } from './wrapped-key.ts';

/** Where a sealed record is kept. A box opens there only: nobody can put the one of another epoch or another purpose in its place. */
export interface Place {
  readonly table: string;
  readonly key: Uint8Array;
}

/** The secrets of one store, sealed under its random key. Not protected: that somebody puts back an older box of the same place. */
export interface Keyring {
  /** Seals for a place; twice the same gives two different boxes. */
  readonly seal: (place: Place, secret: Secret) => Uint8Array;
  readonly open: (place: Place, box: Uint8Array) => Either<NotOpened, Secret>;
  /** Overwrites the key; `seal` and `open` throw from then on. Secrets that were opened are their owners' to wipe. */
  readonly close: () => void;
}

/** Why a store’s secrets stay locked: another key, a key service that failed, or a damaged record of the wrapped key. */
export type UnlockError = WrongKey | KeyServiceFailed | KeyRecordDamaged;

/** The store's key in the store, wrapped. */
interface KeyRecord {
  readonly version: 1;
  readonly lock: WrappedKey;
}

const KeyRecord: t.Type<KeyRecord, unknown, unknown> = record<KeyRecord>(
  'KeyRecord',
  { version: whole(1, 1) as t.Type<1, unknown, unknown>, lock: WrappedKey },
  {},
);

const TABLE = 'keyring';
const KEY: Uint8Array = utf8ToBytes('lock');
const WHAT = 'store';

const readRecord = (bytes: Uint8Array): Either<KeyRecordDamaged, WrappedKey> => {
  const shape = E.chainW((document: unknown) => decodeShape(KeyRecord, document))(decodeCanonical(bytes));
  return E.isRight(shape) ? E.right(shape.right.lock) : E.left(recordDamaged('the store’s key record'));
};

/** A commit whose failure is a value. */
const committed = async <T>(commit: Promise<T>): Promise<Either<KvFailure, T>> => {
  try {
    return E.right(await commit);
  } catch (error) {
    if (error instanceof KvFailure) return E.left(error);
    throw error;
  }
};

const openWith = (key: Secret, rng: Rng): Keyring => {
  const keyOf = ({ table, key: name }: Place): Secret => subkey(key, 'sealedRecord', utf8ToBytes(table), name);
  return {
    seal: (place, secret) => {
      const own = keyOf(place);
      const box = sealBox(own, secret.reveal(), rng);
      own.wipe();
      return box;
    },
    open: (place, box) => {
      const own = keyOf(place);
      const secret = openBox(own, box);
      own.wipe();
      return secret === undefined
        ? E.left({ _tag: 'NotOpened', message: 'a sealed record does not open: it was changed, or put here from somewhere else' })
        : E.right(secret);
    },
    close: () => key.wipe(),
  };
};

/**
 * Opens the keyring of a store; a store that has none gets one, with a random key. Losing what unlocks it is losing what is sealed.
 * @param unlock a passphrase takes scrypt half a second to a second and 128 MiB, on a thread of its own
 */
export const openKeyring =
  (
    { kv, unlock }: { readonly kv: Kv; readonly unlock: Unlock },
    rng: Rng = csprng,
  ): TaskEither<UnlockError | WeakPassphrase | KvFailure, Keyring> =>
  async () => {
    const stored = kv.read((reader) => reader.get(TABLE, KEY));
    const key = stored === undefined ? await createKey({ kv, unlock }, rng) : await unlockKey(stored, unlock);
    return E.isLeft(key) ? key : E.right(openWith(key.right, rng));
  };

const unlockKey = async (stored: Uint8Array, unlock: Unlock): Promise<Either<UnlockError, Secret>> => {
  const lock = readRecord(stored);
  return E.isLeft(lock) ? lock : unwrapKey({ wrapped: lock.right, unlock, what: WHAT });
};

/** Draws the key of a store and writes it, wrapped; of two who do so at the same time, the first one's counts. */
const createKey = async (
  { kv, unlock }: { readonly kv: Kv; readonly unlock: Unlock },
  rng: Rng,
): Promise<Either<UnlockError | WeakPassphrase | KvFailure, Secret>> => {
  const key = new Secret(rng(KEY_BYTES));
  const lock = await wrapKey({ key, unlock, what: WHAT }, rng);
  if (E.isLeft(lock)) return lock;
  const fresh = encodeCanonical({ version: 1, lock: lock.right });
  const first = await committed(
    kv.commit((writer) => {
      const there = writer.get(TABLE, KEY);
      if (there === undefined) writer.put(TABLE, KEY, fresh);
      return there;
    }),
  );
  if (E.isRight(first) && first.right === undefined) return E.right(key);
  key.wipe();
  return E.isLeft(first) ? first : unlockKey(first.right!, unlock);
};

/**
 * Changes what unlocks a store: its key is wrapped anew, and no sealed record is touched. A copy of the store that was made before, and pages of the file that are free since, still
 * open with what unlocked them: where a passphrase has leaked, that is not enough.
 */
export const relockKeyring =
  (
    { kv, from, to }: { readonly kv: Kv; readonly from: Unlock; readonly to: Unlock },
    rng: Rng = csprng,
  ): TaskEither<UnlockError | WeakPassphrase | KeyRecordMissing | KvFailure, void> =>
  async () => {
    const stored = kv.read((reader) => reader.get(TABLE, KEY));
    if (stored === undefined) return E.left({ _tag: 'KeyRecordMissing', message: 'this store has no keyring yet: open it once' });
    const key = await unlockKey(stored, from);
    if (E.isLeft(key)) return key;
    const lock = await wrapKey({ key: key.right, unlock: to, what: WHAT }, rng);
    key.right.wipe();
    if (E.isLeft(lock)) return lock;
    return committed(
      kv.commit((writer) => {
        // Two changes at once: one of them would lose its passphrase unnoticed.
        if (compareBytes(writer.get(TABLE, KEY) ?? new Uint8Array(0), stored) !== 0)
          throw new RangeError('the keyring is being changed already: one change after the other');
        writer.put(TABLE, KEY, encodeCanonical({ version: 1, lock: lock.right }));
      }),
    );
  };
