import { type Kv, type KvEntry, type KvWriter, kvKey, kvPrefix, utf8ToBytes } from '@vouchsafe/core';
import type { KeptReceipt, QuerierStore } from './port.ts';

const CHECKPOINTS = 'checkpoints';
const RECEIPTS = 'receipts';
const PENDING = 'receipts-pending';
const EMPTY = new Uint8Array(0);

/** Receipts of answers, and the checkpoints of the logs that they stand in. They say what was asked of whom, not about whom. */
export const createReceiptStore = (
  kv: Kv,
): Pick<QuerierStore, 'checkpoint' | 'remember' | 'keepReceipt' | 'unacknowledged' | 'acknowledged' | 'receipts'> => ({
  checkpoint: async (holder) => kv.read((reader) => reader.get(CHECKPOINTS, kvKey(holder))),

  remember: (holder, checkpoint) => kv.commit((writer) => putCheckpoint(writer, holder, checkpoint)),

  keepReceipt: ({ holder, index, receipt }, checkpoint) =>
    kv.commit((writer) => {
      if (checkpoint) putCheckpoint(writer, holder, checkpoint);
      const key = kvKey(holder, index);
      if (writer.get(RECEIPTS, key)) return;
      writer.put(RECEIPTS, key, receipt);
      writer.put(PENDING, key, EMPTY);
    }),

  unacknowledged: async (holder, count) =>
    kv.read((reader) =>
      [...reader.range(PENDING, { ...kvPrefix(holder), limit: count })].map(({ key }) =>
        kept(holder, { key, value: reader.get(RECEIPTS, key)! }),
      ),
    ),

  acknowledged: (holder, indexes) =>
    kv.commit((writer) => {
      for (const index of indexes) writer.delete(PENDING, kvKey(holder, index));
    }),

  receipts: async (holder, { from, count }) =>
    kv.read((reader) => {
      const range = { from: kvKey(holder, from), to: kvPrefix(holder).to, limit: count };
      return [...reader.range(RECEIPTS, range)].map((entry) => kept(holder, entry));
    }),
});

const putCheckpoint = (writer: KvWriter, holder: string, checkpoint: Uint8Array): void =>
  writer.put(CHECKPOINTS, kvKey(holder), checkpoint);

/** The key is the holder's name, a zero byte and six bytes of index. */
const kept = (holder: string, { key, value }: KvEntry): KeptReceipt => ({
  holder,
  index: Buffer.from(key).readUIntBE(utf8ToBytes(holder).length + 1, 6),
  receipt: value,
});
