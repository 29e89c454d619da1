import { sha256 } from '@noble/hashes/sha2.js';
import { nodeHash } from '@vouchsafe/core';

/** Bytes of a hash of the tree. */
export const HASH_BYTES = 32;
/** A log has at most 2^48 − 1 entries. Indexes and sizes are numbers, never 32-bit integers: plain arithmetic, no bit operators. */
export const MAX_LOG_SIZE: number = 2 ** 48 - 1;

/** RFC 6962 §2.1: the hash of the empty list. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** Is it a number of entries that a log can have? Sizes and indexes come from outside: fractions, negatives and 2^64 − 1 are a no. */
export const isLogSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0 && n <= MAX_LOG_SIZE;

/** Entries [from, to) of a log. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A full subtree of 2^level entries, the `position`-th of its level from the left. */
export interface FullNode {
  readonly level: number;
  readonly position: number;
}

/** The largest power of two below n, for n ≥ 2: where RFC 6962 §2.1 splits a list. */
const splitOf = (n: number): number => {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
};

const levelOf = (width: number): number | undefined => {
  let level = 0;
  for (let k = 1; k < width; k *= 2) level++;
  return 2 ** level === width ? level : undefined;
};

/** RFC 6962 §2.1.1 `PATH(index, D[size])`: the subtrees whose hashes are the inclusion proof, nearest first. Needs index < size. */
export const inclusionSpans = ({ index, size }: { readonly index: number; readonly size: number }): readonly Span[] => {
  const spans: Span[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      spans.push({ from: middle, to });
      to = middle;
    } else {
      spans.push({ from, to: middle });
      from = middle;
    }
  }
  return spans.reverse();
};

/** RFC 6962 §2.1.2 `PROOF(first, D[second])`: the subtrees whose hashes are the consistency proof. Needs 0 < first ≤ second. */
export const consistencySpans = ({ first, second }: { readonly first: number; readonly second: number }): readonly Span[] => {
  const spans: Span[] = [];
  let from = 0;
  let to = second;
  while (first < to) {
    const middle = from + splitOf(to - from);
    if (first <= middle) {
      spans.push({ from: middle, to });
      to = middle;
    } else {
      spans.push({ from, to: middle });
      from = middle;
    }
  }
  // `SUBPROOF(m, D[m], true)` is empty: the verifier has that hash, it is the first root.
  if (from > 0) spans.push({ from, to });
  return spans.reverse();
};

/** The full subtrees that make up a span of a tree (as RFC 6962 §2.1 splits it), the largest first. */
export const fullNodesOf = ({ from, to }: Span): readonly FullNode[] => {
  const nodes: FullNode[] = [];
  let at = from;
  while (at < to) {
    const width = to - at;
    const level = levelOf(width);
    const step = level === undefined ? splitOf(width) : width;
    nodes.push({ level: level ?? levelOf(step)!, position: at / step });
    at += step;
  }
  return nodes;
};

/** The hash over neighbouring full subtrees, the largest first: each is the left side of all after it. At least one. */
export const foldNodes = (hashes: readonly Uint8Array[]): Uint8Array =>
  hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));

/** A tree that grows by leaf hashes and says which full subtrees each new leaf completes. */
export interface GrowingTree {
  readonly size: () => number;
  /** @returns the full subtrees above the leaf that it completes, from level 1 up */
  readonly append: (leaf: Uint8Array) => readonly Uint8Array[];
  /** RFC 6962 §2.1 `MTH` over all leaves so far. */
  readonly root: () => Uint8Array;
}

export const createGrowingTree = (): GrowingTree => {
  let size = 0;
  // The full subtrees of the tree so far, the largest first, with their number of leaves.
  const peaks: { readonly hash: Uint8Array; readonly width: number }[] = [];
  return {
    size: () => size,
    append: (leaf) => {
      const completed: Uint8Array[] = [];
      let hash = leaf;
      let width = 1;
      for (let last = peaks.at(-1); last?.width === width; last = peaks.at(-1)) {
        hash = nodeHash(last.hash, hash);
        width *= 2;
        completed.push(hash);
        peaks.pop();
      }
      peaks.push({ hash, width });
      size++;
      return completed;
    },
    root: () => foldNodes(peaks.map((peak) => peak.hash)),
  };
};
