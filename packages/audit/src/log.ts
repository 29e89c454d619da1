import { E, type Either, type KvReader } from '@vouchsafe/core';
import { type LogBroken, logBroken, type NotInLog, notInLog } from './errors.ts';
import type { Receipt } from './receipt.ts';
import { headOf, readCheckpointNote, readLeafBytes, readNode } from './tables.ts';
import { consistencySpans, foldNodes, fullNodesOf, inclusionSpans, isLogSize, type Span } from './tree.ts';

/** Entries that {@link readEntries} gives at most at a time: with the cap on an entry, 4 MiB. */
export const MAX_PAGE_ENTRIES = 256;

/** Why an entry cannot be read: the log has none of that number, or is damaged. */
export type CannotRead = NotInLog | LogBroken;

/** How many entries the log has. */
export const readSize = (reader: KvReader): Either<LogBroken, number> => {
  const head = headOf(reader);
  return head === undefined ? E.left(logBroken(0, 'a checkpoint stands under a key that no size has')) : E.right(head.size);
};

/** The newest checkpoint, as its signed note; `undefined` before the first entry. */
export const readCheckpoint = (reader: KvReader): Uint8Array | undefined => headOf(reader)?.note;

/**
 * RFC 6962 §2.1.1: shows that entry `index` is in the log of the first `size` entries. Both may come from a peer.
 * @returns k × 32 bytes, k ≤ 48
 */
export const proveInclusion = (
  reader: KvReader,
  { index, size }: { readonly index: number; readonly size: number },
): Either<CannotRead, readonly Uint8Array[]> => {
  const have = readSize(reader);
  if (E.isLeft(have)) return have;
  if (!isLogSize(index) || !isLogSize(size) || index >= size || size > have.right) return E.left(notInLog(have.right));
  return hashesOf(reader, inclusionSpans({ index, size }));
};

/**
 * RFC 6962 §2.1.2: shows that the log of `first` entries is the beginning of that of `second`. Both may come from a peer.
 * @returns k × 32 bytes, k ≤ 49; none when the sizes are equal, or `first` is 0
 */
export const proveConsistency = (
  reader: KvReader,
  { first, second }: { readonly first: number; readonly second: number },
): Either<CannotRead, readonly Uint8Array[]> => {
  const have = readSize(reader);
  if (E.isLeft(have)) return have;
  if (!isLogSize(first) || !isLogSize(second) || first > second || second > have.right) return E.left(notInLog(have.right));
  return first === 0 ? E.right([]) : hashesOf(reader, consistencySpans({ first, second }));
};

/** Entries from `from` on, at most `count` and {@link MAX_PAGE_ENTRIES}; none at the end of the log. Both numbers may come from a peer. */
export const readEntries = (
  reader: KvReader,
  { from, count }: { readonly from: number; readonly count: number },
): Either<CannotRead, readonly Uint8Array[]> => {
  const have = readSize(reader);
  if (E.isLeft(have)) return have;
  if (!isLogSize(from) || !isLogSize(count) || from > have.right) return E.left(notInLog(have.right));
  const entries: Uint8Array[] = [];
  for (let index = from; index < Math.min(have.right, from + Math.min(count, MAX_PAGE_ENTRIES)); index++) {
    const entry = readLeafBytes(reader, index);
    if (entry === undefined) return E.left(logBroken(index, 'the entry is missing'));
    entries.push(entry);
  }
  return E.right(entries);
};

/** The receipt that `appendEntry` gave for an entry, byte for byte. */
export const readReceipt = (reader: KvReader, index: number): Either<CannotRead, Receipt> => {
  const proof = proveInclusion(reader, { index, size: index + 1 });
  if (E.isLeft(proof)) return proof;
  const entry = readLeafBytes(reader, index);
  if (entry === undefined) return E.left(logBroken(index, 'the entry is missing'));
  const checkpoint = readCheckpointNote(reader, index + 1);
  if (checkpoint === undefined) return E.left(logBroken(index, 'its checkpoint is missing'));
  return E.right({ version: 1, entry, index, checkpoint, proof: proof.right });
};

const hashesOf = (reader: KvReader, spans: readonly Span[]): Either<LogBroken, readonly Uint8Array[]> => {
  const proof: Uint8Array[] = [];
  for (const span of spans) {
    const hashes: Uint8Array[] = [];
    for (const node of fullNodesOf(span)) {
      const hash = readNode(reader, node);
      if (hash === undefined) return E.left(logBroken(span.to - 1, 'a hash of the tree is missing'));
      hashes.push(hash);
    }
    proof.push(foldNodes(hashes));
  }
  return E.right(proof);
};
