import { setImmediate } from 'node:timers/promises';
import {
  bytes,
  bytesUpTo,
  createSpill,
  type Kv,
  type KvWriter,
  kvKey,
  kvPrefix,
  readStored,
  record,
  rowOf,
  type Spill,
  type SpillCover,
  whole,
  wipeRange,
  writeStored,
} from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements, SCALAR_BYTES, type Scalars } from '@vouchsafe/group';
import { type MadeRows, rowBytes } from '@vouchsafe/join';
import type * as t from 'io-ts';
import type { LinkId, LinkState, LinkStore } from './link-port.ts';

/** What is written about a link. */
interface LinkRecord {
  readonly version: 1;
  readonly holderKeys: Uint8Array;
  readonly commitment: Uint8Array;
  readonly rows: number;
  readonly batches: number;
  readonly taken: number;
  readonly lastKey?: Uint8Array | undefined;
  readonly peaks: Uint8Array;
  readonly root?: Uint8Array | undefined;
}

const Rows: t.Type<number, unknown, unknown> = whole(0, 2 ** 40);

const LinkRecord: t.Type<LinkRecord, unknown, unknown> = record<LinkRecord>(
  'LinkRecord',
  {
    version: whole(1, 1) as t.Type<1, unknown, unknown>,
    holderKeys: bytesUpTo(1 << 16),
    commitment: bytes(32),
    rows: Rows,
    batches: Rows,
    taken: Rows,
    peaks: bytesUpTo(48 * 32),
  },
  { lastKey: bytes(32), root: bytes(32) },
);

const RECORDS = 'links';
const BLINDED = 'blinded-rows';
/** Bytes of a row's place in stream 1. */
const PLACE_BYTES = 4;
/** Rows read at a time for the permutation. */
const PERMUTED = 4096;

/** The bureau's side of one sealed table over any ordered store. @param slots V */
export const createLinkStore = ({
  kv,
  cover,
  id: { holder, scheme, epoch },
  slots,
}: {
  readonly kv: Kv;
  /** Encrypts rows that wait. */
  readonly cover: () => Promise<SpillCover>;
  readonly id: LinkId;
  readonly slots: number;
}): LinkStore => {
  const key = kvKey(epoch, scheme, holder);
  const prefix = [epoch, scheme, holder];
  // The rows are encrypted as they are (ElGamal under the joint keys); what stands behind each would tell which row of stream 1 it was made from.
  const payload = rowBytes(slots) - ELEMENT_BYTES + SCALAR_BYTES + PLACE_BYTES;
  const stored = ELEMENT_BYTES + payload;
  let opened: Promise<Spill> | undefined;
  const spillOf = (): Promise<Spill> => {
    opened ??= cover().then((own) => createSpill({ kv, table: BLINDED, prefix, payload, cover: own, pause: setImmediate }));
    return opened;
  };
  const wipe = (): Promise<void> => wipeRange(kv, BLINDED, kvPrefix(...prefix));

  const current = (): LinkRecord => {
    const own = kv.read((reader) => reader.get(RECORDS, key));
    if (!own) throw new RangeError('this link was not begun');
    return readStored(LinkRecord, own);
  };

  const change = (work: (writer: KvWriter, before: LinkRecord) => LinkRecord): Promise<void> =>
    kv.commit((writer) => {
      const stored = writer.get(RECORDS, key);
      if (!stored) throw new RangeError('this link was not begun');
      writer.put(RECORDS, key, writeStored(LinkRecord, work(writer, readStored(LinkRecord, stored))));
    });

  return {
    state: async () =>
      kv.read((reader) => {
        const stored = reader.get(RECORDS, key);
        return stored && stateOf(readStored(LinkRecord, stored));
      }),

    begin: async ({ rows, holderKeys, commitment }) => {
      await wipe();
      const fresh = { version: 1, holderKeys, commitment, rows, batches: 0, taken: 0, peaks: new Uint8Array(0) } as const;
      await kv.commit((writer) => writer.put(RECORDS, key, writeStored(LinkRecord, fresh)));
    },

    take: async (made, { taken, merkle }) => {
      const spill = await spillOf();
      await change((writer, before) => {
        const rows = packRows(made, before.taken);
        // Q are distinct as P are, so that no number decides between two rows.
        spill.add(writer, before.batches, { rows, numbers: () => 0 });
        rows.fill(0);
        return { ...before, batches: before.batches + 1, taken: taken.taken, lastKey: taken.last, peaks: merkle.peaks };
      });
    },

    blinded: async () => {
      const spill = await spillOf();
      const read = spill.reader();
      return {
        read: async (from, k) => unpackRows(await read(from, k), stored),
        permutation: async () => {
          const places = new Uint32Array(current().taken);
          for (let from = 0; from < places.length; from += PERMUTED) {
            const rows = await read(from, PERMUTED);
            const view = new DataView(rows.buffer, rows.byteOffset, rows.length);
            for (let i = 0; i < rows.length / stored; i++) places[from + i] = view.getUint32((i + 1) * stored - PLACE_BYTES);
          }
          return places;
        },
      };
    },

    seal: async (root) => {
      await change((_, before) => ({ ...before, root }));
      await wipe();
    },
  };
};

/** Rows behind each of which its randomness and its place in stream 1 stand. @param from the place of the first */
const packRows = ({ rows, randomness }: MadeRows, from: number): Uint8Array => {
  const count = randomness.length / SCALAR_BYTES;
  const width = rows.length / count;
  const stored = width + SCALAR_BYTES + PLACE_BYTES;
  const out = new Uint8Array(count * stored);
  const view = new DataView(out.buffer);
  for (let i = 0; i < count; i++) {
    out.set(rowOf(rows, width, i), i * stored);
    out.set(rowOf(randomness, SCALAR_BYTES, i), i * stored + width);
    view.setUint32((i + 1) * stored - PLACE_BYTES, from + i);
  }
  return out;
};

const unpackRows = (packed: Uint8Array, stored: number): MadeRows => {
  const count = packed.length / stored;
  const width = stored - SCALAR_BYTES - PLACE_BYTES;
  const [rows, randomness] = [new Uint8Array(count * width), new Uint8Array(count * SCALAR_BYTES)];
  for (let i = 0; i < count; i++) {
    const row = rowOf(packed, stored, i);
    rows.set(row.subarray(0, width), i * width);
    randomness.set(row.subarray(width, width + SCALAR_BYTES), i * SCALAR_BYTES);
  }
  return { rows: rows as Elements, randomness: randomness as Scalars };
};

/** Removes all links of an epoch. */
export const retireLinks = async (kv: Kv, epoch: number): Promise<void> => {
  for (const table of [BLINDED, RECORDS]) await wipeRange(kv, table, kvPrefix(epoch));
};

const stateOf = ({ holderKeys, commitment, rows, taken, lastKey, peaks, root }: LinkRecord): LinkState => ({
  holderKeys: holderKeys as Elements,
  commitment,
  taken: { rows, taken, last: lastKey },
  merkle: { size: taken, peaks },
  root,
});
