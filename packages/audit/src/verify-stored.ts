import {
  type Aborted,
  aborted,
  compareBytes,
  concatBytes,
  E,
  type Either,
  type Kv,
  type KvEntry,
  type KvReader,
  leafHash,
  type TaskEither,
  type Watch,
} from '@vouchsafe/core';
import { type LogIdentity, openCheckpoint, statesCheckpoint } from './checkpoint.ts';
import {
  type BadCheckpoint,
  type LogBroken,
  type LogForked,
  type LogRolledBack,
  logBroken,
  logForked,
  logRolledBack,
} from './errors.ts';
import { openKnown } from './known.ts';
import { completedKey, LOG_TABLES, numberKey } from './tables.ts';
import { createGrowingTree, type GrowingTree } from './tree.ts';
import { createTurns } from './turns.ts';

/** Entries read in one transaction, at most 1 MiB. They complete at most 63 + 42 subtrees. */
const CHUNK = 64;
const CHUNK_NODES = 2 * CHUNK;

/** A stored log that holds. */
export interface StoredLog {
  readonly size: number;
  /** RFC 6962 root, 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * Checks a stored log from its first entry to its last: every hash is computed again, every stored subtree and checkpoint is compared, every signature is checked, and nothing else may
 * stand in the log's tables. For the holder's start, and for whoever gets a copy of its store. Reads in short transactions, so the log may grow meanwhile; progress counts entries.
 *
 * That the whole store is an older backup cannot be seen in it: such a log is flawless. `known` finds it, and so does every bureau by `followLog`.
 * @returns what the log has, or a fault and the entry it is at
 */
export const verifyStoredLog =
  ({
    store,
    log,
    known = [],
    watch,
  }: {
    readonly store: Pick<Kv, 'read'>;
    readonly log: LogIdentity;
    /** Signed notes that were given out and are kept elsewhere. */
    readonly known?: readonly Uint8Array[] | undefined;
    readonly watch?: Watch | undefined;
  }): TaskEither<BadCheckpoint | LogBroken | LogForked | LogRolledBack | Aborted, StoredLog> =>
  async () => {
    const others = openKnown(known, log);
    if (E.isLeft(others)) return others;
    const walk = createWalk();
    const goOn = createTurns(watch);
    for (let done = false; !done; ) {
      const chunk = store.read((reader) => readChunk(reader, walk, log.origin));
      if (E.isLeft(chunk)) return chunk;
      for (const { size, root, note } of chunk.right) {
        const fault = signatureFault(note, log);
        if (fault !== undefined) return E.left(logBroken(size - 1, fault));
        if (!others.right.agrees(size, root)) return E.left(logForked(size));
        if (!(await goOn())) return E.left(aborted);
      }
      if (watch?.signal?.aborted) return E.left(aborted);
      const size = walk.tree.size();
      done = chunk.right.length < CHUNK;
      watch?.onProgress?.({ task: 'log', done: size, total: done ? size : Math.max(size, others.right.largest) });
    }
    const size = walk.tree.size();
    return size < others.right.largest
      ? E.left(logRolledBack({ seen: others.right.largest, size }))
      : E.right({ size, root: walk.tree.root() });
  };

/** A stored note must have one signature line: one of an unknown key is ignored in notes that travel, but the log has put none in here. */
const signatureFault = (note: Uint8Array, log: LogIdentity): string | undefined => {
  const opened = openCheckpoint(note, log);
  if (E.isLeft(opened)) return opened.left.message;
  return opened.right.signatures === 1 ? undefined : 'its checkpoint has other signatures than that of the log';
};

/** Where a check of the three tables is: the tree so far, and the last key of each that was taken. */
interface Walk {
  readonly tree: GrowingTree;
  readonly last: Map<string, Uint8Array>;
}

const createWalk = (): Walk => ({ tree: createGrowingTree(), last: new Map() });

/** A note whose text is right, still to be checked for its signature. */
interface StatedNote {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: Uint8Array;
}

/** The next entries with all that is stored about them; fewer than {@link CHUNK} at the end of the log. Checks all but signatures, which cost far more. */
const readChunk = (reader: KvReader, walk: Walk, origin: string): Either<LogBroken, readonly StatedNote[]> => {
  const leaves = queueOf(reader, walk, LOG_TABLES.leaves, CHUNK);
  const nodes = queueOf(reader, walk, LOG_TABLES.nodes, CHUNK_NODES);
  const checkpoints = queueOf(reader, walk, LOG_TABLES.checkpoints, CHUNK);
  const notes: StatedNote[] = [];
  while (notes.length < CHUNK && !leaves.isEmpty()) {
    const index = walk.tree.size();
    const entry = leaves.take(numberKey(index));
    if (entry === undefined) return E.left(logBroken(index, 'the entry is missing, or a key that no entry has is before it'));
    for (const [i, hash] of walk.tree.append(leafHash(entry)).entries()) {
      const stored = nodes.take(completedKey(index, i + 1));
      if (stored === undefined || compareBytes(stored, hash) !== 0)
        return E.left(logBroken(index, 'a stored hash of the tree is not that of the entries up to it'));
    }
    const size = index + 1;
    const root = walk.tree.root();
    const note = checkpoints.take(numberKey(size));
    if (note === undefined)
      return E.left(logBroken(index, 'its checkpoint is missing, or a key that no checkpoint has is before it'));
    if (!statesCheckpoint(note, { origin, size, root }))
      return E.left(logBroken(index, 'its checkpoint is not over the entries up to it'));
    notes.push({ size, root, note });
  }
  if (notes.length < CHUNK && !(nodes.isEmpty() && checkpoints.isEmpty()))
    return E.left(logBroken(walk.tree.size(), 'hashes or checkpoints stand behind the last entry'));
  return E.right(notes);
};

interface Queue {
  readonly isEmpty: () => boolean;
  /** The next value, if it stands under this key. */
  readonly take: (key: Uint8Array) => Uint8Array | undefined;
}

/** The next `limit` entries of a table, from right behind the last one taken: no key between two chunks is passed over. */
const queueOf = (reader: KvReader, { last }: Walk, table: string, limit: number): Queue => {
  const before = last.get(table);
  const from = before && concatBytes(before, Uint8Array.of(0));
  const entries: readonly KvEntry[] = [...reader.range(table, { from, limit })];
  let at = 0;
  return {
    isEmpty: () => at === entries.length,
    take: (key) => {
      const entry = entries[at];
      if (entry === undefined || compareBytes(entry.key, key) !== 0) return undefined;
      at++;
      last.set(table, key);
      return entry.value;
    },
  };
};
