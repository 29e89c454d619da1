import { createHash } from 'node:crypto';

/** RFC 6962 §2.1: leaves and inner nodes are hashed under different first bytes, so that one cannot pass for the other. */
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/** RFC 6962 §2.1 hash of a leaf: SHA-256(0x00 ‖ entry). */
export const leafHash = (entry: Uint8Array): Uint8Array => sha256(LEAF, entry);

/** RFC 6962 §2.1 hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(NODE, left, right);

/** A Merkle tree hash that grows entry by entry and keeps only log2 n hashes. */
export interface MerkleRoot {
  append(entry: Uint8Array): void;
  /** RFC 6962 §2.1 `MTH` over all entries so far, 32 bytes; more may be appended after. */
  root(): Uint8Array;
}

export const createMerkleRoot = (): MerkleRoot => {
  // peaks[i] is the root of a full subtree of 2^i entries, where the count so far has bit i.
  const peaks: (Uint8Array | undefined)[] = [];
  return {
    append: (entry) => {
      let hash = leafHash(entry);
      let level = 0;
      for (let peak = peaks[0]; peak !== undefined; peak = peaks[level]) {
        hash = nodeHash(peak, hash);
        peaks[level++] = undefined;
      }
      peaks[level] = hash;
    },
    root: () => {
      const own = peaks.filter((peak) => peak !== undefined);
      // Peaks stand from small to large, i.e. from right to left; the largest is the leftmost subtree.
      return own.length === 0 ? sha256() : own.reduce((right, left) => nodeHash(left, right));
    },
  };
};
