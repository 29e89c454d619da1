import { equalBytes, nodeHash } from '@vouchsafe/core';
import { HASH_BYTES, isLogSize } from './tree.ts';

/** No tree of at most 2^48 − 1 entries has a longer proof: longer ones are refused before any hash is computed. */
export const MAX_PROOF_HASHES = 64;

const isProof = (proof: readonly Uint8Array[]): boolean =>
  proof.length <= MAX_PROOF_HASHES && proof.every((hash) => hash.length === HASH_BYTES);

const isOdd = (n: number): boolean => n % 2 === 1;
const half = (n: number): number => Math.floor(n / 2);

/**
 * Is the entry with this leaf hash the `index`-th of the `size` entries under this root? RFC 9162 §2.1.3.2, step by step. Index, size and proof may come from an attacker: one
 * proof fits exactly one (index, size), so that a log cannot pass one leaf off as another, nor an inner node as a leaf.
 * @param leafHash 32 bytes, RFC 6962 `leafHash` of the entry
 * @param proof k × 32 bytes, nearest sibling first
 */
export const verifyInclusion = ({
  index,
  size,
  leafHash,
  proof,
  root,
}: {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}): boolean => {
  if (!isLogSize(index) || !isLogSize(size) || index >= size) return false;
  if (leafHash.length !== HASH_BYTES || !isProof(proof)) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leafHash;
  for (const sibling of proof) {
    // A proof that is too long would go on above the root: without this, a made-up tree on top of the real one verifies.
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      hash = nodeHash(sibling, hash);
      // On the right border a level may have no sibling: skip to the next that has one.
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else hash = nodeHash(hash, sibling);
    fn = half(fn);
    sn = half(sn);
  }
  // sn above 0: the proof is too short, i.e. it stops at an inner node and calls that the root.
  return sn === 0 && equalBytes(hash, root);
};

/**
 * Is the tree of `first` entries under `firstRoot` the beginning of the tree of `second` entries under `secondRoot`? RFC 9162 §2.1.4.2, step by step. Every tree continues the
 * empty one, so a proof from 0 says nothing and is refused: whoever allows 0 does so in words.
 * @param proof k × 32 bytes; empty when the sizes are equal
 */
export const verifyConsistency = ({
  first,
  second,
  firstRoot,
  secondRoot,
  proof,
}: {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}): boolean => {
  if (!isLogSize(first) || !isLogSize(second) || first === 0 || first > second || !isProof(proof)) return false;
  if (first === second) return proof.length === 0 && equalBytes(firstRoot, secondRoot);
  if (firstRoot.length !== HASH_BYTES || proof.length === 0) return false;
  let fn = first - 1;
  let sn = second - 1;
  while (isOdd(fn)) {
    fn = half(fn);
    sn = half(sn);
  }
  // Step 2: where the first tree is one full subtree, its root is the start and the proof leaves it out.
  const path = fn === 0 ? [firstRoot, ...proof] : proof;
  let firstHash = path[0]!;
  let secondHash = path[0]!;
  for (const hash of path.slice(1)) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      firstHash = nodeHash(hash, firstHash);
      secondHash = nodeHash(hash, secondHash);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else secondHash = nodeHash(secondHash, hash);
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && equalBytes(firstHash, firstRoot) && equalBytes(secondHash, secondRoot);
};
