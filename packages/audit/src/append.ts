import { E, type Either, type KvWriter, leafHash, nodeHash, type Signer } from '@vouchsafe/core';
import { signCheckpoint, statesCheckpoint } from './checkpoint.ts';
import { type LogBroken, logBroken } from './errors.ts';
import { MAX_ENTRY_BYTES } from './leaf.ts';
import type { Receipt } from './receipt.ts';
import { headOf, lastIndexOf, readNode, writeGrowth } from './tables.ts';
import { foldNodes, fullNodesOf, isLogSize } from './tree.ts';

/**
 * Appends one entry inside the caller's own transaction, so that the entry, its signed checkpoint and whatever else the caller writes are one durable commit. Synchronous. What it
 * builds on is checked first: the stored subtrees must give the root of the last checkpoint that was signed, because "a log must not sign any checkpoint which is
 * inconsistent with any checkpoint it previously signed" (C2SP tlog-checkpoint), also not when its store is damaged.
 * @param entry at most {@link MAX_ENTRY_BYTES}, from `encodeLeaf`
 * @returns the entry's receipt, under a checkpoint over exactly index + 1 entries; or why nothing was written: let the transaction fail then
 */
export const appendEntry = (
  writer: KvWriter,
  { entry, signer, origin }: { readonly entry: Uint8Array; readonly signer: Signer; readonly origin: string },
): Either<LogBroken, Receipt> => {
  if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry has at most ${MAX_ENTRY_BYTES} bytes`);
  const peaks = readPeaks(writer, origin);
  if (E.isLeft(peaks)) return peaks;
  const { size: index, hashes } = peaks.right;
  if (!isLogSize(index + 1)) throw new RangeError('the log is full');
  const leaf = leafHash(entry);
  const root = foldNodes([...hashes, leaf]);
  const checkpoint = signCheckpoint({ origin, size: index + 1, root }, signer);
  writeGrowth(writer, { index, entry, completed: completedBy(index, leaf, hashes), checkpoint });
  // The last leaf's siblings are the full subtrees before it, the nearest first (RFC 6962 §2.1.1).
  return E.right({ version: 1, entry, index, checkpoint, proof: hashes.toReversed() });
};

/** The full subtrees of the log as it is, the largest first, once they are known to be those of its last checkpoint. */
const readPeaks = (
  writer: KvWriter,
  origin: string,
): Either<LogBroken, { readonly size: number; readonly hashes: readonly Uint8Array[] }> => {
  const head = headOf(writer);
  if (head === undefined) return E.left(logBroken(0, 'a checkpoint stands under a key that no size has'));
  const { size, note } = head;
  if (lastIndexOf(writer) !== size - 1) return E.left(logBroken(size, 'the last entry is not that of the last checkpoint'));
  const hashes: Uint8Array[] = [];
  for (const node of fullNodesOf({ from: 0, to: size })) {
    const hash = readNode(writer, node);
    if (hash === undefined) return E.left(logBroken(size, 'a hash of the tree is missing'));
    hashes.push(hash);
  }
  if (note !== undefined && !statesCheckpoint(note, { origin, size, root: foldNodes(hashes) }))
    return E.left(logBroken(size, 'the hashes of the tree do not give the root of the last checkpoint'));
  return E.right({ size, hashes });
};

/** Entry `index` completes one subtree for each trailing 1 bit of its index: those of its peaks that are as wide as what it joins. */
const completedBy = (index: number, leaf: Uint8Array, peaks: readonly Uint8Array[]): readonly Uint8Array[] => {
  const completed: Uint8Array[] = [];
  let hash = leaf;
  let last = peaks.length - 1;
  for (let rest = index; rest % 2 === 1; rest = (rest - 1) / 2) {
    hash = nodeHash(peaks[last--]!, hash);
    completed.push(hash);
  }
  return completed;
};
