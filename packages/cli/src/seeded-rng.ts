import { createHash } from 'node:crypto';
import type { Rng } from '@vouchsafe/core';

/** A reproducible generator, SHA-512 in counter mode over a seed: for holding rows out and for made-up records, never for a secret. */
export const seededRng = (seed: string): Rng => {
  let counter = 0;
  let block: Uint8Array = new Uint8Array(0);
  return (length) => {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      if (block.length === 0) block = createHash('sha512').update(`${counter++}:${seed}`).digest();
      const take = Math.min(length - at, block.length);
      out.set(block.subarray(0, take), at);
      block = block.subarray(take);
      at += take;
    }
    return out;
  };
};
