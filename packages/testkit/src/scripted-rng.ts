import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, i2osp, type Rng, utf8ToBytes } from '@vouchsafe/core';

/** A generator that gives the listed bytes in their order and throws when they run out: for known-answer tests. */
export const scriptedRng = (...parts: readonly Uint8Array[]): Rng => {
  let left: Uint8Array = concatBytes(...parts);
  return (length) => {
    if (length > left.length) throw new RangeError('the scripted randomness is used up');
    const out = left.slice(0, length);
    left = left.subarray(length);
    return out;
  };
};

/** A reproducible generator: SHA-512 in counter mode over a seed. For tests and synthetic data only. */
export const seededRng = (seed: string | number): Rng => {
  const key = utf8ToBytes(String(seed));
  let block: Uint8Array = new Uint8Array(0);
  let at = 0;
  let counter = 0;
  return (length) => {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; ) {
      if (at === block.length) {
        block = sha512(concatBytes(key, i2osp(counter++, 6)));
        at = 0;
      }
      const take = Math.min(length - i, block.length - at);
      out.set(block.subarray(at, at + take), i);
      at += take;
      i += take;
    }
    return out;
  };
};
