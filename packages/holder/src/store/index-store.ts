import { setImmediate } from 'node:timers/promises';
import {
  bytesUpTo,
  createSpill,
  type Kv,
  kvKey,
  kvPrefix,
  list,
  readStored,
  record,
  type SpillCount,
  type SpillCover,
  text,
  wipeRange,
  writeStored,
} from '@vouchsafe/core';
import type * as t from 'io-ts';

/** A tag index as a holder serves it. */
export interface StoredIndex {
  /** Canonical CBOR of the manifest. */
  readonly manifest: Uint8Array;
  /** Names of the segments: hexadecimal SHA-256, in the manifest's order. */
  readonly names: readonly string[];
}

/** A holder's tag index for one scheme and epoch. Each method that writes is one commit. */
export interface IndexStore {
  /** The index, once it is built. */
  read(): Promise<StoredIndex | undefined>;
  segment(name: string): Promise<Uint8Array | undefined>;
  /** Begins to build, or begins again. */
  begin(): Promise<void>;
  /** Adds the first 32 bytes of VOPRF outputs, k × 32 bytes. @param numbers where each stands in the source */
  add(batch: number, outputs: Uint8Array, numbers: readonly number[]): Promise<void>;
  /** All outputs are in. @param duplicate told of rows whose person another row before them has */
  count(duplicate: (number: number) => void): Promise<SpillCount>;
  /** Outputs [from, from + k) in their order, each once, k × 32 bytes. */
  outputs(count: SpillCount, from: number, k: number): Promise<Uint8Array>;
  /** The index is built: stores it, and wipes the outputs. */
  put(index: { readonly manifest: Uint8Array; readonly segments: ReadonlyMap<string, Uint8Array> }): Promise<void>;
}

interface IndexRecord {
  readonly manifest: Uint8Array;
  readonly names: readonly string[];
}

const IndexRecord: t.Type<IndexRecord, unknown, unknown> = record<IndexRecord>(
  'IndexRecord',
  { manifest: bytesUpTo(4 * 1024 * 1024), names: list(text('a SHA-256 in hexadecimal digits', /^[0-9a-f]{64}$/), 1 << 16) },
  {},
);

const RECORDS = 'indexes';
const SEGMENTS = 'index-segments';
const OUTPUTS = 'outputs';

/** The tag index for one scheme and epoch over any ordered store. */
export const createIndexStore = ({
  kv,
  cover,
  scheme,
  epoch,
}: {
  readonly kv: Kv;
  /** Encrypts rows that wait. */
  readonly cover: SpillCover;
  readonly scheme: string;
  readonly epoch: number;
}): IndexStore => {
  const key = kvKey(epoch, scheme);
  const prefix = [epoch, scheme];
  // Whoever has an output can tell whether a person is in the index without asking, so what waits on the disk is encrypted.
  const spill = createSpill({ kv, table: OUTPUTS, prefix, payload: 0, cover, pause: setImmediate });
  const wipe = (): Promise<void> => wipeRange(kv, OUTPUTS, kvPrefix(...prefix));
  return {
    read: async () =>
      kv.read((reader) => {
        const stored = reader.get(RECORDS, key);
        return stored && readStored(IndexRecord, stored);
      }),
    segment: async (name) => kv.read((reader) => reader.get(SEGMENTS, kvKey(...prefix, name))),
    begin: wipe,
    add: (batch, outputs, numbers) =>
      kv.commit((writer) => spill.add(writer, batch, { rows: outputs, numbers: (i) => numbers[i]! })),
    count: (duplicate) => spill.count(duplicate),
    outputs: (count, from, k) => spill.read(count, from, k),
    put: async ({ manifest, segments }) => {
      for (const [name, segment] of segments) await kv.commit((writer) => writer.put(SEGMENTS, kvKey(...prefix, name), segment));
      // The record last: without it there is no index.
      await kv.commit((writer) => writer.put(RECORDS, key, writeStored(IndexRecord, { manifest, names: [...segments.keys()] })));
      await wipe();
    },
  };
};

/** Removes all indexes of an epoch. */
export const retireIndexes = async (kv: Kv, epoch: number): Promise<void> => {
  for (const table of [RECORDS, SEGMENTS, OUTPUTS]) await wipeRange(kv, table, kvPrefix(epoch));
};
