import { createHmac } from 'node:crypto';
import {
  bytesToHex,
  bytesUpTo,
  createPace,
  domain,
  type Kv,
  kvKey,
  kvPrefix,
  list,
  readStored,
  record,
  Secret,
  text,
  wipeRange,
  writeStored,
} from '@vouchsafe/core';
import { createCover } from '@vouchsafe/core/at-rest';
import type * as t from 'io-ts';
import type { LinkId } from './link-port.ts';

/** A batch of `match` as it is kept: with what is needed to ask again, until it is answered; then with the answer. */
export interface KeptBatch {
  /** SHA-256 of the blinded elements, 32 bytes. */
  readonly request: Uint8Array;
  readonly ids: readonly Uint8Array[];
  readonly sent?: { readonly blinded: Uint8Array; readonly blinds: Uint8Array; readonly blinding: string } | undefined;
  /** One byte for each id: 1 for known, 0 for unknown. */
  readonly flags?: Uint8Array | undefined;
}

/** The batches that this bureau sent to a holder in an epoch: what was paid for outlives a crash. On the disk they are encrypted, and they end with the epoch. */
export interface SentBatches {
  read(id: LinkId): Promise<readonly KeptBatch[]>;
  write(id: LinkId, batch: KeptBatch): Promise<void>;
  remove(id: LinkId, request: Uint8Array): Promise<void>;
}

type Body = Omit<KeptBatch, 'request'>;

const Body: t.Type<Body, unknown, unknown> = record<Body>(
  'KeptBatch',
  { ids: list(bytesUpTo(65_535), 1000) },
  {
    sent: record<NonNullable<KeptBatch['sent']>>(
      'sent',
      {
        blinded: bytesUpTo(32_000),
        blinds: bytesUpTo(32_000),
        blinding: text('a way of blinding', /^(fixedBase|rfc9497)$/),
      },
      {},
    ),
    flags: bytesUpTo(1000),
  },
);

const TABLE = 'sent-batches';

/** @param seedOf the epoch's join seed, 32 bytes: the key of the batches is derived from it */
export const createSentBatches = (kv: Kv, seedOf: (epoch: number) => Promise<Secret>): SentBatches => {
  const coverOf = async (epoch: number) => {
    const seed = await seedOf(epoch);
    return createCover(new Secret(new Uint8Array(createHmac('sha256', seed.reveal()).update(domain('sentBatch')).digest())));
  };
  const keyOf = ({ epoch, holder, scheme }: LinkId, request: Uint8Array): Uint8Array => kvKey(epoch, holder, scheme, request);
  return {
    read: async (id) => {
      const cover = await coverOf(id.epoch);
      const stored = kv.read((reader) => [...reader.range(TABLE, kvPrefix(id.epoch, id.holder, id.scheme))]);
      const pace = createPace();
      const batches: KeptBatch[] = [];
      for (const { key, value } of stored) {
        batches.push({ request: key.slice(-32), ...readStored(Body, cover.open(bytesToHex(key), value)) });
        if (pace.due()) await pace.rest();
      }
      return batches;
    },
    write: async (id, { request, ...body }) => {
      const cover = await coverOf(id.epoch);
      const key = keyOf(id, request);
      await kv.commit((writer) => writer.put(TABLE, key, cover.seal(bytesToHex(key), writeStored(Body, body))));
    },
    remove: (id, request) => kv.commit((writer) => writer.delete(TABLE, keyOf(id, request))),
  };
};

/** Removes the batches of an epoch. */
export const retireSentBatches = (kv: Kv, epoch: number): Promise<void> => wipeRange(kv, TABLE, kvPrefix(epoch));
