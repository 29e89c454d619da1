import type { Rng } from '@vouchsafe/core';

/** Bytes asked of the generator at a time: one system call serves a typical noise sample. */
const BLOCK = 32;
/** Bytes that are read as one number: 2^48 is well inside the exact integers of a double. */
const WORD = 6;

/**
 * Exact uniform integers from random bytes. "Exact" means that every number on this path is an integer below 2^53 or a BigInt: no operation rounds,
 * so no low bits can betray the value that the noise hides (Mironov, "On significance of the least significant bits for differential privacy", 2012).
 */
export interface Coins {
  /**
   * A uniform integer in [0, sides).
   * @param sides 1 to 2^31
   */
  readonly small: (sides: number) => number;
  /** A uniform integer in [0, sides), for any sides ≥ 1. */
  readonly large: (sides: bigint) => bigint;
}

/**
 * Coins over a generator of bytes. Bytes are used in their order, a fresh block is drawn when they run out, and no byte is used twice.
 * Rejection sampling: a draw of just enough bits is thrown away and drawn again while it is not below `sides`, so there is no modulo bias.
 */
export const coinsOf = (rng: Rng): Coins => {
  let block: Uint8Array = new Uint8Array(0);
  let at = 0;
  const byte = (): number => {
    if (at === block.length) {
      block = rng(BLOCK);
      at = 0;
    }
    return block[at++]!;
  };
  /** An integer of that many bits, at most 48. */
  const word = (bits: number): number => {
    let value = 0;
    let left = bits;
    for (; left >= 8; left -= 8) value = value * 256 + byte();
    return left > 0 ? value * (1 << left) + (byte() >>> (8 - left)) : value;
  };
  const wide = (bits: number): bigint => {
    let value = 0n;
    let left = bits;
    for (; left > WORD * 8; left -= WORD * 8) value = (value << 48n) | BigInt(word(WORD * 8));
    return (value << BigInt(left)) | BigInt(word(left));
  };
  return {
    small: (sides) => {
      let bits = 0;
      for (let rest = sides - 1; rest > 0; rest >>= 1) bits++;
      let value = word(bits);
      while (value >= sides) value = word(bits);
      return value;
    },
    large: (sides) => {
      const bits = bitsBelow(sides);
      let value = wide(bits);
      while (value >= sides) value = wide(bits);
      return value;
    },
  };
};

/** How many bits the integers below `sides` need. */
const bitsBelow = (sides: bigint): number => {
  const top = sides - 1n;
  let bits = 0;
  for (let rest = top >> 32n; rest > 0n; rest >>= 32n) bits += 32;
  for (let rest = top >> BigInt(bits); rest > 0n; rest >>= 1n) bits++;
  return bits;
};
