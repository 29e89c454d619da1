import {
  bytesUpTo,
  createPace,
  i2osp,
  type Kv,
  kvKey,
  kvPrefix,
  readStored,
  record,
  type SpillCover,
  whole,
  wipeRange,
  writeStored,
} from '@vouchsafe/core';
import type { BulkIds } from '@vouchsafe/psi/bulk';
import type * as t from 'io-ts';

/**
 * The holder's own identifiers for one scheme and epoch, in their canonical form: what a bulk match goes against. Encrypted on the disk, until the epoch ends. Someone may stand in it
 * twice. Each method that writes is one commit.
 */
export interface BulkSetStore {
  /** How many identifiers, once all are in. */
  size(): Promise<number | undefined>;
  /** What a load that was broken off left is gone. */
  begin(): Promise<void>;
  add(batch: { readonly number: number; readonly ids: readonly Uint8Array[] }): Promise<void>;
  /** All are in. */
  complete(size: { readonly batches: number; readonly ids: number }): Promise<void>;
  /** All of them. @throws Error when the set is not complete */
  read(): Promise<BulkIds>;
}

interface SetRecord {
  readonly batches: number;
  readonly ids: number;
}

const Count: t.Type<number, unknown, unknown> = whole(0, 2 ** 32);
const SetRecord: t.Type<SetRecord, unknown, unknown> = record<SetRecord>('SetRecord', { batches: Count, ids: Count }, {});

/** Identifiers behind each other, and the length of each in two bytes. */
interface Packed {
  readonly data: Uint8Array;
  readonly lengths: Uint8Array;
}

const MAX_BYTES = 2 ** 23;
const Packed: t.Type<Packed, unknown, unknown> = record<Packed>(
  'Packed',
  { data: bytesUpTo(MAX_BYTES), lengths: bytesUpTo(MAX_BYTES) },
  {},
);

const RECORDS = 'bulk-sets';
const BATCHES = 'bulk-ids';

/** The set for one scheme and epoch over any ordered store. @param cover encrypts it */
export const createBulkSetStore = ({
  kv,
  cover,
  scheme,
  epoch,
}: {
  readonly kv: Kv;
  readonly cover: SpillCover;
  readonly scheme: string;
  readonly epoch: number;
}): BulkSetStore => {
  const key = kvKey(epoch, scheme);
  const prefix = [epoch, scheme];
  const nameOf = (batch: number): string => `bulk/${epoch}/${scheme}/${batch}`;
  const current = (): SetRecord | undefined =>
    kv.read((reader) => {
      const stored = reader.get(RECORDS, key);
      return stored && readStored(SetRecord, stored);
    });
  const batchOf = (batch: number): Packed => {
    const stored = kv.read((reader) => reader.get(BATCHES, kvKey(...prefix, batch)));
    if (!stored) throw new Error('a part of the set for bulk matches is not in the store: restore it from its last backup');
    return readStored(Packed, cover.open(nameOf(batch), stored));
  };
  return {
    size: async () => current()?.ids,
    begin: async () => {
      await kv.commit((writer) => writer.delete(RECORDS, key));
      await wipeRange(kv, BATCHES, kvPrefix(...prefix));
    },
    add: async ({ number, ids }) => {
      const data = Buffer.concat(ids);
      const lengths = Buffer.concat(ids.map((id) => i2osp(id.length, 2)));
      const sealed = cover.seal(
        nameOf(number),
        writeStored(Packed, { data: new Uint8Array(data), lengths: new Uint8Array(lengths) }),
      );
      await kv.commit((writer) => writer.put(BATCHES, kvKey(...prefix, number), sealed));
    },
    complete: async (size) => kv.commit((writer) => writer.put(RECORDS, key, writeStored(SetRecord, size))),
    read: async () => {
      const own = current();
      if (!own) throw new Error('the set for bulk matches is not complete');
      const pace = createPace();
      const offsets = new Uint32Array(own.ids + 1);
      const parts: Uint8Array[] = [];
      let [count, end] = [0, 0];
      for (let batch = 0; batch < own.batches; batch++) {
        const { data, lengths } = batchOf(batch);
        parts.push(data);
        for (let at = 0; at < lengths.length; at += 2) offsets[++count] = end += (lengths[at]! << 8) | lengths[at + 1]!;
        if (pace.due()) await pace.rest();
      }
      const all = new Uint8Array(end);
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return { data: all, offsets };
    },
  };
};

/** Removes the sets of an epoch. */
export const retireBulkSets = async (kv: Kv, epoch: number): Promise<void> => {
  for (const table of [RECORDS, BATCHES]) await wipeRange(kv, table, kvPrefix(epoch));
};
