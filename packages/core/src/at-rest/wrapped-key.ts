import * as t from 'io-ts';
import { bytesToHex, equalBytes, hexToBytes, utf8ToBytes } from '../bytes.ts';
import { encodeCanonical } from '../canonical.ts';
import { record, text, whole } from '../decode.ts';
import { E, type Either } from '../fp.ts';
import type { Rng } from '../rng.ts';
import { Secret } from '../secret.ts';
import {
  type KeyRecordDamaged,
  type KeyServiceFailed,
  recordDamaged,
  type WeakPassphrase,
  type WrongKey,
  wrongKey,
} from './errors.ts';
import { COST, checkPassphrase, MAX_LOG_N, MAX_P, type ScryptCost, stretch } from './passphrase.ts';
import { BOX_OVERHEAD, KEY_BYTES, openBox, sealBox, subkey } from './secret-box.ts';
import type { KeyWrap, Unlock } from './unlock.ts';

/** A random key of 32 bytes, wrapped. All of it may be seen; bytes are hexadecimal, so that it can stand in JSON and in CBOR. */
export type WrappedKey = ByPassphrase | ByKey | ByService;

interface ByPassphrase extends ScryptCost {
  readonly by: 'passphrase';
  /** 32 bytes. */
  readonly salt: string;
  readonly box: string;
}

interface ByKey {
  readonly by: 'key';
  readonly box: string;
}

interface ByService {
  readonly by: 'service';
  readonly wrapped: string;
  /** Says whether a service gave the right key back, 32 bytes. */
  readonly check: string;
}

const SALT_BYTES = 32;
const MAX_WRAPPED_BYTES = 16_384;
const hexOf = (length: number): t.Type<string, unknown, unknown> =>
  text(`${length} bytes in hexadecimal`, new RegExp(`^[0-9a-f]{${2 * length}}$`));
const literal = <A extends string>(value: A): t.Type<A, unknown, unknown> => t.literal(value) as t.Type<A, unknown, unknown>;
const Box = hexOf(BOX_OVERHEAD + KEY_BYTES);

export const WrappedKey: t.Type<WrappedKey, unknown, unknown> = t.union(
  [
    record<ByPassphrase>(
      'ByPassphrase',
      {
        by: literal('passphrase'),
        logN: whole(COST.logN, MAX_LOG_N),
        r: whole(COST.r, COST.r),
        p: whole(COST.p, MAX_P),
        salt: hexOf(SALT_BYTES),
        box: Box,
      },
      {},
    ),
    record<ByKey>('ByKey', { by: literal('key'), box: Box }, {}),
    record<ByService>(
      'ByService',
      {
        by: literal('service'),
        wrapped: text('bytes in hexadecimal', new RegExp(`^(?:[0-9a-f]{2}){1,${MAX_WRAPPED_BYTES}}$`)),
        check: hexOf(KEY_BYTES),
      },
      {},
    ),
  ],
  'WrappedKey',
) as t.Type<WrappedKey, unknown, unknown>;

/**
 * The key that wraps: bound to what is wrapped (`what`), and to the parameters that stand beside the box. Whoever changes those, or puts the wrapped key of a file into a
 * store, gets {@link WrongKey}.
 */
const wrappingKey = (source: Secret, what: string, parameters: object): Secret =>
  subkey(source, 'keyWrap', utf8ToBytes(what), encodeCanonical(parameters));

const withPassphrase = async (passphrase: string, what: string, cost: ScryptCost, salt: string): Promise<Secret> => {
  const stretched = await stretch(passphrase, hexToBytes(salt), cost);
  const key = wrappingKey(stretched, what, { by: 'passphrase', ...cost, salt });
  stretched.wipe();
  return key;
};

const injected = (key: Secret): Secret => {
  if (key.reveal().length !== KEY_BYTES) throw new RangeError('a key that unlocks has 32 bytes');
  return key;
};

const boxed = (wrapping: Secret, key: Secret, rng: Rng): string => {
  const box = bytesToHex(sealBox(wrapping, key.reveal(), rng));
  wrapping.wipe();
  return box;
};

/** Wraps a key. @param what its use, e.g. `store` */
export const wrapKey = async (
  { key, unlock, what }: { readonly key: Secret; readonly unlock: Unlock; readonly what: string },
  rng: Rng,
): Promise<Either<WeakPassphrase | KeyServiceFailed, WrappedKey>> => {
  if ('passphrase' in unlock) {
    const strong = checkPassphrase(unlock.passphrase);
    if (E.isLeft(strong)) return strong;
    const salt = bytesToHex(rng(SALT_BYTES));
    const wrapping = await withPassphrase(unlock.passphrase, what, COST, salt);
    return E.right({ by: 'passphrase', ...COST, salt, box: boxed(wrapping, key, rng) });
  }
  if ('key' in unlock) {
    const wrapping = wrappingKey(injected(unlock.key), what, { by: 'key' });
    return E.right({ by: 'key', box: boxed(wrapping, key, rng) });
  }
  const wrapped = await ask(unlock.service, 'wrap', key.reveal().slice());
  if (E.isLeft(wrapped)) return wrapped;
  if (wrapped.right.length < 1 || wrapped.right.length > MAX_WRAPPED_BYTES)
    throw new RangeError(`a key service gives 1 to ${MAX_WRAPPED_BYTES} bytes`);
  return E.right({ by: 'service', wrapped: bytesToHex(wrapped.right), check: checkOf(key, what) });
};

/** Unwraps a key. */
export const unwrapKey = async ({
  wrapped,
  unlock,
  what,
}: {
  readonly wrapped: WrappedKey;
  readonly unlock: Unlock;
  readonly what: string;
}): Promise<Either<WrongKey | KeyServiceFailed | KeyRecordDamaged, Secret>> => {
  if (wrapped.by === 'passphrase' && 'passphrase' in unlock) {
    const { logN, r, p, salt } = wrapped;
    const wrapping = await withPassphrase(unlock.passphrase, what, { logN, r, p }, salt);
    return unboxed(wrapping, wrapped.box, 'passphrase');
  }
  if (wrapped.by === 'key' && 'key' in unlock)
    return unboxed(wrappingKey(injected(unlock.key), what, { by: 'key' }), wrapped.box, 'key');
  if (wrapped.by === 'service' && 'service' in unlock) {
    const given = await ask(unlock.service, 'unwrap', hexToBytes(wrapped.wrapped));
    if (E.isLeft(given)) return given;
    if (given.right.length !== KEY_BYTES) return E.left(wrongKey('the key service gave something that is no key of this'));
    const key = new Secret(given.right.slice());
    given.right.fill(0);
    if (equalBytes(hexToBytes(checkOf(key, what)), hexToBytes(wrapped.check))) return E.right(key);
    key.wipe();
    return E.left(wrongKey('the key service gave another key than the one of this'));
  }
  return E.left(wrongKey(`this is locked by a ${wrapped.by}: unlock it with that`));
};

const unboxed = (wrapping: Secret, box: string, by: 'passphrase' | 'key'): Either<WrongKey | KeyRecordDamaged, Secret> => {
  const key = openBox(wrapping, hexToBytes(box));
  wrapping.wipe();
  if (key === undefined) return E.left(wrongKey(`this ${by} does not open it`));
  return key.reveal().length === KEY_BYTES ? E.right(key) : E.left(recordDamaged('a wrapped key'));
};

/** One-way, and of its own domain: it tells nothing of the key but which one it is. */
const checkOf = (key: Secret, what: string): string => {
  const check = subkey(key, 'keyCheck', utf8ToBytes(what));
  const hex = bytesToHex(check.reveal());
  check.wipe();
  return hex;
};

/** The error of a service is not passed on: nobody knows what it quotes. */
const ask = async (
  service: KeyWrap,
  what: 'wrap' | 'unwrap',
  bytes: Uint8Array,
): Promise<Either<KeyServiceFailed, Uint8Array>> => {
  try {
    return E.right(await service[what](bytes));
  } catch {
    return E.left({ _tag: 'KeyServiceFailed', message: `the key service did not ${what} the key: see its own log` });
  } finally {
    if (what === 'wrap') bytes.fill(0);
  }
};
