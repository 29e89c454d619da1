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

/** Some evaluated subjects. */
export interface OutputBatch {
  /** Which batch of the load it is, from 0. */
  readonly batch: number;
  /** The first 32 bytes of the VOPRF outputs, k × 32 bytes. */
  readonly outputs: Uint8Array;
  /** Where each subject stands in the source. */
  readonly numbers: readonly number[];
  /** Tells whether the same batch comes again, 32 bytes: a keyed hash of the subjects, which nobody can guess from the disk. */
  readonly mark: Uint8Array;
}

/** A holder's tag index for one scheme and epoch. Each method that writes is one commit or, where several entries go, a few. */
export interface IndexStore {
  /** The index, once it is built. */
  read(): Promise<StoredIndex | undefined>;
  segment(name: string): Promise<Uint8Array | undefined>;
  /** The mark of a batch that was added, by this load or by one that was broken off: what was evaluated then need not be evaluated again. */
  mark(batch: number): Promise<Uint8Array | undefined>;
  /** Adds a batch in the place of another of that number. */
  add(batch: OutputBatch): Promise<void>;
  /** The load has so many batches: those behind them were of a longer one that was broken off, and go. */
  end(batches: number): Promise<void>;
  /** All outputs are in. @param duplicate told of rows whose person another row before them has */
  count(duplicate: (number: number) => void): Promise<SpillCount>;
  /** Outputs [from, from + k) in their order, each once, k × 32 bytes. */
  outputs(count: SpillCount, from: number, k: number): Promise<Uint8Array>;
  /** Removes the segments of a build that was broken off. Not when the index is built. */
  beginSegments(): Promise<void>;
  addSegment(name: string, segment: Uint8Array): Promise<void>;
  /** The index is built, its segments are here: it is served from now on. Wipes the outputs. */
  put(index: StoredIndex): Promise<void>;
}

const IndexRecord: t.Type<StoredIndex, unknown, unknown> = record<StoredIndex>(
  'IndexRecord',
  { manifest: bytesUpTo(4 * 1024 * 1024), names: list(text('a SHA-256 in hexadecimal digits', /^[0-9a-f]{64}$/), 1 << 16) },
  {},
);

const RECORDS = 'indexes';
const SEGMENTS = 'index-segments';
const OUTPUTS = 'outputs';
const MARKS = 'output-marks';

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
  const wipe = async (): Promise<void> => {
    // The marks first: a batch with a mark is there.
    await wipeRange(kv, MARKS, kvPrefix(...prefix));
    await wipeRange(kv, OUTPUTS, kvPrefix(...prefix));
  };
  const wipeSegments = (): Promise<void> => wipeRange(kv, SEGMENTS, kvPrefix(...prefix));
  return {
    read: async () =>
      kv.read((reader) => {
        const stored = reader.get(RECORDS, key);
        return stored && readStored(IndexRecord, stored);
      }),
    segment: async (name) => kv.read((reader) => reader.get(SEGMENTS, kvKey(...prefix, name))),
    mark: async (batch) => kv.read((reader) => reader.get(MARKS, kvKey(...prefix, batch))),
    add: ({ batch, outputs, numbers, mark }) =>
      kv.commit((writer) => {
        const marked = kvKey(...prefix, batch);
        if (writer.get(MARKS, marked)) spill.remove(writer, batch);
        spill.add(writer, batch, { rows: outputs, numbers: (i) => numbers[i]! });
        writer.put(MARKS, marked, mark);
      }),
    end: async (batches) => {
      for (let left = true; left; )
        left = await kv.commit((writer) => {
          const [last] = [...writer.range(MARKS, { ...kvPrefix(...prefix), reverse: true, limit: 1 })];
          const batch = last && Buffer.from(last.key).readUIntBE(last.key.length - 6, 6);
          if (last === undefined || batch === undefined || batch < batches) return false;
          spill.remove(writer, batch);
          writer.delete(MARKS, last.key);
          return true;
        });
    },
    count: (duplicate) => spill.count(duplicate),
    outputs: (count, from, k) => spill.read(count, from, k),
    beginSegments: wipeSegments,
    addSegment: (name, segment) => kv.commit((writer) => writer.put(SEGMENTS, kvKey(...prefix, name), segment)),
    put: async ({ manifest, names }) => {
      // The record last: without it there is no index.
      await kv.commit((writer) => writer.put(RECORDS, key, writeStored(IndexRecord, { manifest, names })));
      await wipe();
    },
  };
};

/** Removes all indexes of an epoch. */
export const retireIndexes = async (kv: Kv, epoch: number): Promise<void> => {
  for (const table of [RECORDS, SEGMENTS, MARKS, OUTPUTS]) await wipeRange(kv, table, kvPrefix(epoch));
};
