import { hash } from 'node:crypto';
import { concatBytes } from './bytes.ts';

/** RFC 6962 §2.1: leaves and inner nodes are hashed under different first bytes, so that one cannot pass for the other. */
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Where what is hashed is laid together: memory of its own for each would keep the garbage collector busy. What is hashed here is public. */
let together = new Uint8Array(1024);

// In one call, and as a string: an object that takes piece by piece, or bytes with memory of their own, cost twice as much as what is hashed.
const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > together.length) together = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    together.set(part, at);
    at += part.length;
  }
  const digest = new Uint8Array(32);
  const text = hash('sha256', together.subarray(0, length), 'binary');
  for (let i = 0; i < digest.length; i++) digest[i] = text.charCodeAt(i);
  return digest;
};

/** RFC 6962 §2.1 hash of a leaf: SHA-256(0x00 ‖ entry). */
export const leafHash = (entry: Uint8Array): Uint8Array => sha256(LEAF, entry);

/** RFC 6962 §2.1 hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(NODE, left, right);

/** What a growing tree remembers: with it the tree goes on after a restart. */
export interface MerkleState {
  /** Entries so far. */
  readonly size: number;
  /** The roots of the full subtrees that the entries fall into, the largest first: one for each 1 bit of the size, k × 32 bytes. */
  readonly peaks: Uint8Array;
}

/** A Merkle tree hash that grows entry by entry and keeps only log2 n hashes. */
export interface MerkleRoot {
  /** @returns the entry's leaf hash */
  append(entry: Uint8Array): Uint8Array;
  /** RFC 6962 §2.1 `MTH` over all entries so far, 32 bytes; more may be appended after. */
  root(): Uint8Array;
  state(): MerkleState;
}

/** @param from where an earlier tree was. @throws RangeError when that is no state of one */
export const createMerkleRoot = (from: MerkleState = { size: 0, peaks: new Uint8Array(0) }): MerkleRoot => {
  // peaks[i] is the root of a full subtree of 2^i entries, where the count so far has bit i.
  const peaks: (Uint8Array | undefined)[] = [];
  let { size } = from;
  let at = from.peaks.length;
  for (let level = 0, rest = size; rest > 0; level++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 0) continue;
    at -= 32;
    peaks[level] = from.peaks.slice(at, at + 32);
  }
  if (at !== 0) throw new RangeError('a tree of this size has another number of full subtrees');
  // Peaks stand from small to large, i.e. from right to left; the largest is the leftmost subtree.
  const standing = (): readonly Uint8Array[] => peaks.filter((peak) => peak !== undefined);
  return {
    append: (entry) => {
      size++;
      const leaf = leafHash(entry);
      let hash = leaf;
      let level = 0;
      for (let peak = peaks[0]; peak !== undefined; peak = peaks[level]) {
        hash = nodeHash(peak, hash);
        peaks[level++] = undefined;
      }
      peaks[level] = hash;
      return leaf;
    },
    root: () => {
      const own = standing();
      return own.length === 0 ? sha256() : own.reduce((right, left) => nodeHash(left, right));
    },
    state: () => ({ size, peaks: concatBytes(...standing().toReversed()) }),
  };
};
