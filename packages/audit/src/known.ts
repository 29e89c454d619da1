import { compareBytes, E, type Either } from '@vouchsafe/core';
import { type LogIdentity, openCheckpoint } from './checkpoint.ts';
import { type BadCheckpoint, type LogForked, logForked } from './errors.ts';

/** Checkpoints of a log from other places and times, to hold a copy of the log against. */
export interface KnownCheckpoints {
  readonly has: (size: number) => boolean;
  /** Is this the root at that size, as far as is known? */
  readonly agrees: (size: number, root: Uint8Array) => boolean;
  /** Entries in the largest, 0 when there is none. */
  readonly largest: number;
}

/** Opens the notes. Two of one size with different roots are a fork, whatever the log says. */
export const openKnown = (
  notes: readonly Uint8Array[],
  log: LogIdentity,
): Either<BadCheckpoint | LogForked, KnownCheckpoints> => {
  const roots = new Map<number, Uint8Array>();
  const agrees = (size: number, root: Uint8Array): boolean => compareBytes(roots.get(size) ?? root, root) === 0;
  let largest = 0;
  for (const note of notes) {
    const opened = openCheckpoint(note, log);
    if (E.isLeft(opened)) return opened;
    const { size, root } = opened.right;
    if (!agrees(size, root)) return E.left(logForked(size));
    roots.set(size, root);
    largest = Math.max(largest, size);
  }
  return E.right({ has: (size) => roots.has(size), agrees, largest });
};
