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
  whole,
  wipeRange,
  writeStored,
} from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements } from '@vouchsafe/group';
import { rowBytes } from '@vouchsafe/join';
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

/** The bureau's side of one sealed table over any ordered store. @param slots V */
export const createLinkStore = ({
  kv,
  id: { holder, scheme, epoch },
  slots,
}: {
  readonly kv: Kv;
  readonly id: LinkId;
  readonly slots: number;
}): LinkStore => {
  const key = kvKey(epoch, scheme, holder);
  const prefix = [epoch, scheme, holder];
  // The rows are encrypted as they are (ElGamal under the joint keys).
  const payload = rowBytes(slots) - ELEMENT_BYTES;
  const spill = createSpill({ kv, table: BLINDED, prefix, payload, pause: setImmediate });
  const wipe = (): Promise<void> => wipeRange(kv, BLINDED, kvPrefix(...prefix));

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

    take: (rows, { taken, merkle }) =>
      change((writer, before) => {
        // Q are distinct as P are, so that no number decides between two rows.
        spill.add(writer, before.batches, { rows, numbers: () => 0 });
        return { ...before, batches: before.batches + 1, taken: taken.taken, lastKey: taken.last, peaks: merkle.peaks };
      }),

    blinded: async () => {
      const count = await spill.count(() => undefined);
      return { count, read: async (from, k) => (await spill.read(count, from, k)) as Elements };
    },

    seal: async (root) => {
      await change((_, before) => ({ ...before, root }));
      await wipe();
    },
  };
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
