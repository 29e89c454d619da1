import { bytes, type Kv, type KvReader, kvKey, list, readStored, record, text, whole, writeStored } from '@vouchsafe/core';
import type * as t from 'io-ts';

/** Which index of a holder this bureau took in an epoch. */
export interface IndexPin {
  readonly epoch: number;
  /** SHA-256 of the manifest, 32 bytes: key and content stay the same for a whole epoch. */
  readonly manifest: Uint8Array;
  /** Names of its files. */
  readonly names: readonly string[];
}

/** What a bureau holds on to about one holder's indexes in one scheme. */
export interface PinnedIndexes {
  /** One for each live epoch at most. */
  readonly pins: readonly IndexPin[];
  /** The newest epoch whose index was matched with: an older one is not gone back to. */
  readonly used?: number | undefined;
}

/** The index pins of a bureau, for each holder and scheme. */
export interface IndexPins {
  read(holder: string, scheme: string): Promise<PinnedIndexes>;
  /**
   * Holds on to an index, in the place of another of its epoch, and lets go of those of epochs that are not live.
   * @returns files that belong to no pin any more
   */
  write(
    holder: string,
    scheme: string,
    update: { readonly pin: IndexPin; readonly live: readonly number[] },
  ): Promise<readonly string[]>;
  /** The index of this epoch is about to be matched with. @returns the newest epoch whose index was used */
  use(holder: string, scheme: string, epoch: number): Promise<number>;
}

const Epoch: t.Type<number, unknown, unknown> = whole(0, 2 ** 32 - 1);

const PinnedIndexes: t.Type<PinnedIndexes, unknown, unknown> = record<PinnedIndexes>(
  'PinnedIndexes',
  {
    pins: list(
      record<IndexPin>(
        'IndexPin',
        { epoch: Epoch, manifest: bytes(32), names: list(text('a SHA-256 in hexadecimal digits', /^[0-9a-f]{64}$/), 1 << 16) },
        {},
      ),
      16,
    ),
  },
  { used: Epoch },
);

const TABLE = 'index-pins';

const readPinned = (reader: KvReader, key: Uint8Array): PinnedIndexes => {
  const stored = reader.get(TABLE, key);
  return stored ? readStored(PinnedIndexes, stored) : { pins: [] };
};

/** The pins over any ordered store. */
export const createIndexPins = (kv: Kv): IndexPins => ({
  read: async (holder, scheme) => kv.read((reader) => readPinned(reader, kvKey(holder, scheme))),

  write: (holder, scheme, { pin, live }) =>
    kv.commit((writer) => {
      const key = kvKey(holder, scheme);
      const before = readPinned(writer, key);
      const pins = [...before.pins.filter(({ epoch }) => live.includes(epoch) && epoch !== pin.epoch), pin];
      writer.put(TABLE, key, writeStored(PinnedIndexes, { ...before, pins }));
      const kept = new Set(pins.flatMap(({ names }) => names));
      return before.pins.flatMap(({ names }) => names).filter((name) => !kept.has(name));
    }),

  use: async (holder, scheme, epoch) => {
    const key = kvKey(holder, scheme);
    const before = kv.read((reader) => readPinned(reader, key));
    if (before.used !== undefined && before.used >= epoch) return before.used;
    return kv.commit((writer) => {
      const pinned = readPinned(writer, key);
      const used = Math.max(pinned.used ?? 0, epoch);
      writer.put(TABLE, key, writeStored(PinnedIndexes, { ...pinned, used }));
      return used;
    });
  },
});
