import { E, type Either, equalBytes } from '@vouchsafe/core';
import { type LogIdentity, openCheckpoint } from './checkpoint.ts';
import {
  type BadCheckpoint,
  type BadProof,
  badConsistency,
  type LogForked,
  type LogRolledBack,
  logForked,
  logRolledBack,
} from './errors.ts';
import { verifyConsistency } from './proofs.ts';

/** Two checkpoints of one log, and what shows that one continues the other. */
export interface Sighting {
  /** The signed note of the last checkpoint that the caller has stored; none the first time. */
  readonly seen?: Uint8Array | undefined;
  /** The note that came now. */
  readonly checkpoint: Uint8Array;
  /** RFC 6962 §2.1.2, from the smaller size to the larger. Not needed the first time, for equal sizes, and from size 0. */
  readonly proof?: readonly Uint8Array[] | undefined;
  readonly log: LogIdentity;
  /**
   * The checkpoint came in a receipt, so it may be older than what was seen: answers cross on the way, and a repeated query gets its stored answer. An older one must be proven to be the
   * beginning of what was seen. Leave it out for what the holder calls its newest.
   */
  readonly mayBeOlder?: boolean | undefined;
}

/** Where the checkpoint stands to the one that was seen. */
export interface Followed {
  readonly relation: 'first' | 'same' | 'newer' | 'older';
  /** The note to store durably in place of `seen`, before anything is built on the new one. Never older than `seen`. */
  readonly latest: Uint8Array;
  /** Entries in it. */
  readonly size: number;
}

/** Why a checkpoint is not taken: it is none of this log, or the log that it signs is another, a shorter one, or is not proven to go on from the last one. */
export type CannotFollow = BadCheckpoint | LogForked | LogRolledBack | BadProof;

/**
 * Takes a log's new checkpoint only if it continues the last one that was seen, so that a holder cannot show a shorter log, nor one log to this caller and another to the next. It is the
 * caller's memory that finds a restored backup: such a log is in itself flawless.
 */
export const followLog = ({ seen, checkpoint, proof = [], log, mayBeOlder }: Sighting): Either<CannotFollow, Followed> => {
  const now = openCheckpoint(checkpoint, log);
  if (E.isLeft(now)) return now;
  const { size, root } = now.right;
  if (seen === undefined) return E.right({ relation: 'first', latest: checkpoint, size });
  const before = openCheckpoint(seen, log);
  if (E.isLeft(before)) return before;
  if (size === before.right.size) {
    if (!equalBytes(root, before.right.root)) return E.left(logForked(size));
    return E.right({ relation: 'same', latest: seen, size });
  }
  const older = size < before.right.size;
  if (older && !(mayBeOlder && (proof.length > 0 || size === 0))) return E.left(logRolledBack({ seen: before.right.size, size }));
  const [first, second] = older ? [now.right, before.right] : [before.right, now.right];
  // Every log continues the empty one, whose root openCheckpoint has checked.
  const continues =
    first.size === 0 ||
    verifyConsistency({
      first: first.size,
      second: second.size,
      firstRoot: first.root,
      secondRoot: second.root,
      proof,
    });
  if (!continues) return E.left(badConsistency);
  return E.right(
    older ? { relation: 'older', latest: seen, size: before.right.size } : { relation: 'newer', latest: checkpoint, size },
  );
};

/**
 * Which consistency proof to ask the holder for, to follow a checkpoint. None when the sizes are equal, or one of them is 0.
 */
export const proofNeeded = ({
  seen,
  size,
}: {
  /** Entries in the checkpoint that was seen. */
  readonly seen: number;
  /** Entries in the one that came now. */
  readonly size: number;
}): { readonly first: number; readonly second: number } | undefined =>
  seen === size || seen === 0 || size === 0 ? undefined : { first: Math.min(seen, size), second: Math.max(seen, size) };
