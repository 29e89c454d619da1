import { scrypt } from 'node:crypto';
import { utf8ToBytes } from '../bytes.ts';
import { E, type Either } from '../fp.ts';
import { Secret } from '../secret.ts';
import type { WeakPassphrase } from './errors.ts';

/** Parameters of scrypt (RFC 7914 §2): cost 2^logN, block size, parallelisation. */
export interface ScryptCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB and half a second to a second a try: what OWASP's Password Storage Cheat Sheet recommends at least (N = 2^17, r = 8, p = 1). */
export const COST: ScryptCost = { logN: 17, r: 8, p: 1 };

/** A file could ask for more memory than there is. Below {@link COST} nothing was ever written. */
export const MAX_LOG_N = 20;
export const MAX_P = 4;

/** Characters of a new passphrase. */
const MIN_LENGTH = 12;

/**
 * The form in which a passphrase is used: Unicode NFC in UTF-8 (RFC 8265 §4.2.2, OpaqueString), so that the same characters typed on another machine are the same bytes.
 */
const opaque = (passphrase: string): Uint8Array => utf8ToBytes(passphrase.normalize('NFC'));

/** Is a passphrase long enough to be chosen? */
export const checkPassphrase = (passphrase: string): Either<WeakPassphrase, void> =>
  [...passphrase].length >= MIN_LENGTH
    ? E.right(undefined)
    : E.left({ _tag: 'WeakPassphrase', message: `a passphrase has at least ${MIN_LENGTH} characters: choose a longer one` });

/** scrypt (RFC 7914) of a passphrase: 32 bytes. It runs on a thread of Node's own, not on the event loop. */
export const stretch = (passphrase: string, salt: Uint8Array, { logN, r, p }: ScryptCost): Promise<Secret> =>
  new Promise((resolve, reject) => {
    const N = 2 ** logN;
    const typed = opaque(passphrase);
    // Node counts 128·N·r and a little more against the limit.
    scrypt(typed, salt, 32, { N, r, p, maxmem: 128 * r * (N + p + 2) }, (error, key) => {
      typed.fill(0);
      if (error) reject(error);
      else resolve(new Secret(new Uint8Array(key.buffer, key.byteOffset, key.length)));
    });
  });
