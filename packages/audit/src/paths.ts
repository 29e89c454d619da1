import { createPace, nodeHash } from '@vouchsafe/core';
import { foldNodes, fullNodesOf, inclusionSpans } from './tree.ts';

/** Hashes between two looks at the clock. */
const STEP = 64;

/**
 * RFC 6962 §2.1.1 inclusion proofs of several leaves of one tree that is at hand as a whole: a cohort, or the rows of a table. The event loop gets its turn.
 * @param leaves n leaf hashes, n × 32 bytes, n ≥ 1
 * @param indexes each below n
 * @returns the proof of each, hashes of 32 bytes, nearest first
 */
export const inclusionProofs = async (
  leaves: Uint8Array,
  indexes: readonly number[],
): Promise<readonly (readonly Uint8Array[])[]> => {
  const size = leaves.length / 32;
  // levels[l] has the hashes of the full subtrees of 2^l leaves, one after the other.
  const levels: Uint8Array[] = [leaves];
  const pace = createPace();
  for (let below = leaves; below.length >= 64; ) {
    const count = Math.floor(below.length / 64);
    const level = new Uint8Array(count * 32);
    for (let i = 0; i < count; i++) {
      level.set(nodeHash(below.subarray(64 * i, 64 * i + 32), below.subarray(64 * i + 32, 64 * i + 64)), 32 * i);
      if (i % STEP === 0 && pace.due()) await pace.rest();
    }
    levels.push(level);
    below = level;
  }
  return indexes.map((index) =>
    inclusionSpans({ index, size }).map((span) =>
      foldNodes(fullNodesOf(span).map(({ level, position }) => levels[level]!.slice(32 * position, 32 * (position + 1)))),
    ),
  );
};
