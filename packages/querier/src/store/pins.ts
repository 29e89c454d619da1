import { bytes, type Kv, kvKey, list, readStored, record, text, whole, writeStored } from '@vouchsafe/core';
import type * as t from 'io-ts';

/** Which index of a holder this bureau uses: it does not go back behind it. */
export interface IndexPin {
  readonly epoch: number;
  /** SHA-256 of the manifest, 32 bytes: key and content stay the same for a whole epoch. */
  readonly manifest: Uint8Array;
  /** Names of its files. */
  readonly names: readonly string[];
}

/** The index pins of a bureau, one for each holder and scheme. */
export interface IndexPins {
  read(holder: string, scheme: string): Promise<IndexPin | undefined>;
  write(holder: string, scheme: string, pin: IndexPin): Promise<void>;
}

const IndexPin: t.Type<IndexPin, unknown, unknown> = record<IndexPin>(
  'IndexPin',
  {
    epoch: whole(0, 2 ** 32 - 1),
    manifest: bytes(32),
    names: list(text('a SHA-256 in hexadecimal digits', /^[0-9a-f]{64}$/), 1 << 16),
  },
  {},
);

const TABLE = 'index-pins';

/** The pins over any ordered store. */
export const createIndexPins = (kv: Kv): IndexPins => ({
  read: async (holder, scheme) =>
    kv.read((reader) => {
      const stored = reader.get(TABLE, kvKey(holder, scheme));
      return stored && readStored(IndexPin, stored);
    }),
  write: (holder, scheme, pin) =>
    kv.commit((writer) => {
      const key = kvKey(holder, scheme);
      const stored = writer.get(TABLE, key);
      // Two processes, or two calls at once: the newest epoch stays.
      if (stored && readStored(IndexPin, stored).epoch > pin.epoch) return;
      writer.put(TABLE, key, writeStored(IndexPin, pin));
    }),
});
