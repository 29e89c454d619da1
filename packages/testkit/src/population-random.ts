import { sha512 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@vouchsafe/core';

/** Reproducible draws for synthetic data: the same seed gives the same people on every machine. Never for anything secret. */
export interface Dice {
  /** A whole number in [0, n). @param n at most 2^21, so that the product below is exact */
  below(n: number): number;
  /** Yes in `perMille` of 1000 cases. */
  chance(perMille: number): boolean;
  pick<A>(list: readonly A[]): A;
}

const MAX_BELOW = 2 ** 21;

/**
 * Xoshiro128** (Blackman and Vigna, Scrambled linear pseudorandom number generators, 2021), in 32-bit integers only. `seededRng` gives bytes by SHA-512 and takes many
 * times as long.
 * @param state four words, not all zero
 * @returns the next word at each call
 */
export const xoshiro128 = (state: readonly [number, number, number, number]): (() => number) => {
  let [a, b, c, d] = state;
  return () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
};

/** Draws from the generator whose state is the hash of the seed. */
export const createDice = (seed: string | number): Dice => {
  const digest = new DataView(sha512(utf8ToBytes(`Vouchsafe synthetic data ${seed}`)).buffer);
  const next = xoshiro128([digest.getUint32(0), digest.getUint32(4), digest.getUint32(8), digest.getUint32(12)]);

  const below = (n: number): number => {
    if (!Number.isSafeInteger(n) || n < 1 || n > MAX_BELOW) throw new RangeError('a draw is from 1 to 2^21 numbers');
    return Math.floor((next() * n) / 2 ** 32);
  };

  return {
    below,
    chance: (perMille) => below(1000) < perMille,
    pick: (list) => list[below(list.length)]!,
  };
};

/** `count` different numbers out of [0, n), in random order (the first `count` steps of Fisher and Yates). */
export const drawDistinct = ({ dice, count, n }: { dice: Dice; count: number; n: number }): readonly number[] => {
  if (count > n) throw new RangeError('cannot draw more than there are');
  const numbers = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + dice.below(n - i);
    [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
  }
  return [...numbers.subarray(0, count)];
};
