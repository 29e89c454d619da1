import { i2osp, type KvEntry, type KvReader, type KvWriter, leafHash } from '@vouchsafe/core';
import { type FullNode, HASH_BYTES } from './tree.ts';

/**
 * The tables of a log. All keys grow as the log does, so that a store only ever writes at its end:
 * - leaves: index → the entry
 * - nodes: (size at which it was full, level) → hash of a full subtree of 2 entries or more; a leaf's own hash is not stored
 * - checkpoints: size → the signed note over the first `size` entries
 */
export const LOG_TABLES = { leaves: 'log-leaves', nodes: 'log-nodes', checkpoints: 'log-checkpoints' } as const;

const NUMBER_BYTES = 6;

/** 6 bytes, most significant first. */
export const numberKey = (n: number): Uint8Array => i2osp(n, NUMBER_BYTES);

const numberOf = (key: Uint8Array): number | undefined =>
  key.length === NUMBER_BYTES ? key.reduce((n, byte) => n * 256 + byte, 0) : undefined;

/** 6 bytes: how many entries the log had when the subtree became full; 1 byte: its level. */
export const nodeKey = ({ level, position }: FullNode): Uint8Array => {
  const key = new Uint8Array(NUMBER_BYTES + 1);
  key.set(numberKey((position + 1) * 2 ** level));
  key[NUMBER_BYTES] = level;
  return key;
};

const lastOf = (reader: KvReader, table: string): KvEntry | undefined => {
  for (const entry of reader.range(table, { reverse: true, limit: 1 })) return entry;
  return undefined;
};

/** The newest checkpoint and the size that it stands under: how far the log is. `undefined`: a key that no log has. */
export const headOf = (reader: KvReader): { readonly size: number; readonly note?: Uint8Array | undefined } | undefined => {
  const last = lastOf(reader, LOG_TABLES.checkpoints);
  if (last === undefined) return { size: 0 };
  const size = numberOf(last.key);
  return size === undefined || size === 0 ? undefined : { size, note: last.value };
};

/** The index of the last entry; −1 when there is none; `undefined`: a key that no log has. */
export const lastIndexOf = (reader: KvReader): number | undefined => {
  const last = lastOf(reader, LOG_TABLES.leaves);
  return last === undefined ? -1 : numberOf(last.key);
};

export const readLeafBytes = (reader: KvReader, index: number): Uint8Array | undefined =>
  reader.get(LOG_TABLES.leaves, numberKey(index));

export const readCheckpointNote = (reader: KvReader, size: number): Uint8Array | undefined =>
  reader.get(LOG_TABLES.checkpoints, numberKey(size));

/** The hash of a full subtree; `undefined` when it is not there, or is no hash. */
export const readNode = (reader: KvReader, node: FullNode): Uint8Array | undefined => {
  if (node.level === 0) {
    const entry = readLeafBytes(reader, node.position);
    return entry && leafHash(entry);
  }
  const hash = reader.get(LOG_TABLES.nodes, nodeKey(node));
  return hash?.length === HASH_BYTES ? hash : undefined;
};

/** What one append writes. */
export interface Growth {
  readonly index: number;
  readonly entry: Uint8Array;
  /** The full subtrees that the entry completes, from level 1 up. */
  readonly completed: readonly Uint8Array[];
  /** The note over index + 1 entries. */
  readonly checkpoint: Uint8Array;
}

export const writeGrowth = (writer: KvWriter, { index, entry, completed, checkpoint }: Growth): void => {
  writer.put(LOG_TABLES.leaves, numberKey(index), entry);
  for (const [i, hash] of completed.entries()) writer.put(LOG_TABLES.nodes, completedKey(index, i + 1), hash);
  writer.put(LOG_TABLES.checkpoints, numberKey(index + 1), checkpoint);
};

/** The key of the subtree of that level that entry `index` completes. */
export const completedKey = (index: number, level: number): Uint8Array =>
  nodeKey({ level, position: (index + 1) / 2 ** level - 1 });
