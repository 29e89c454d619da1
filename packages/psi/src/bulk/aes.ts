import { createCipheriv } from 'node:crypto';
import { giveBack } from '@vouchsafe/core';

/** Bytes of one call to the cipher: larger pieces make OpenSSL's buffers fall out of the cache. */
const PIECE = 1 << 18;

/** AES-128 on whole blocks with one public key: a fixed permutation π. */
export type Permutation = (blocks: Uint8Array) => Uint8Array;

/** π for a key of 16 bytes. */
export const permutation = (key: Uint8Array): Permutation => {
  const cipher = createCipheriv('aes-128-ecb', key, null);
  cipher.setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
};

/** x ↦ π(x) ⊕ x, block by block (Matyas–Meyer–Oseas). @param to where the result goes; may be `from` */
export const hashBlocks = (pi: Permutation, from: Uint8Array, to: Uint8Array): void => {
  for (let at = 0; at < from.length; at += PIECE) {
    const piece = from.subarray(at, at + PIECE);
    const out = pi(piece);
    for (let i = 0; i < out.length; i++) to[at + i] = out[i]! ^ piece[i]!;
    giveBack(out);
  }
};

/** A keystream: AES-128-CTR. */
export interface Stream {
  /** The next bytes, as many as there are zeros. */
  readonly next: (zeros: Uint8Array) => Uint8Array;
  /** Wipes and frees the cipher now: thousands of them would wait for a collection, with their keys. */
  readonly end: () => void;
}

export const stream = (key: Uint8Array, counter: Uint8Array): Stream => {
  const cipher = createCipheriv('aes-128-ctr', key, counter);
  return { next: (zeros) => cipher.update(zeros), end: () => void cipher.final() };
};

/** Bytes of records that are encrypted in one call. */
export const AES_PIECE: number = PIECE;
