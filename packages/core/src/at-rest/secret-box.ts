import { hkdf } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import nacl from 'tweetnacl';
import { concatBytes, lengthPrefixed } from '../bytes.ts';
import { type DomainUse, domain } from '../domain.ts';
import type { Rng } from '../rng.ts';
import { Secret } from '../secret.ts';

/** Bytes of a key. */
export const KEY_BYTES = 32;
/** Bytes that a box is longer than what is in it: version, nonce, authenticator. */
export const BOX_OVERHEAD: number = 1 + nacl.secretbox.nonceLength + nacl.secretbox.overheadLength;

const VERSION = 1;

/** A key for one use and one name: HKDF-SHA-512 (RFC 5869) of a uniformly random key, 32 bytes. */
export const subkey = (key: Secret, use: DomainUse, ...name: readonly Uint8Array[]): Secret =>
  new Secret(hkdf(sha512, key.reveal(), undefined, lengthPrefixed(domain(use), ...name), KEY_BYTES));

/**
 * Seals with XSalsa20-Poly1305 (NaCl `secretbox`) under a random nonce of 24 bytes: with so many, chance repeats one after some 2^96 boxes.
 * @returns version (1 byte), nonce (24), authenticator and ciphertext
 */
export const sealBox = (key: Secret, plain: Uint8Array, rng: Rng): Uint8Array => {
  const nonce = rng(nacl.secretbox.nonceLength);
  return concatBytes(Uint8Array.of(VERSION), nonce, nacl.secretbox(plain, nonce, key.reveal()));
};

/** @returns what was sealed, or undefined when the box is none of this key */
export const openBox = (key: Secret, box: Uint8Array): Secret | undefined => {
  if (box.length < BOX_OVERHEAD || box[0] !== VERSION) return undefined;
  const nonceEnd = 1 + nacl.secretbox.nonceLength;
  const plain = nacl.secretbox.open(box.subarray(nonceEnd), box.subarray(1, nonceEnd), key.reveal());
  return plain === null ? undefined : new Secret(plain);
};
