import { setImmediate } from 'node:timers/promises';
import {
  bytes,
  bytesUpTo,
  concatBytes,
  createSpill,
  type Kv,
  type KvWriter,
  kvKey,
  kvPrefix,
  list,
  readStored,
  record,
  rowOf,
  type SpillCount,
  type SpillCover,
  text,
  whole,
  wipeRange,
  writeStored,
} from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements } from '@vouchsafe/group';
import { joinRows, type PlainRows, rowBytes, type SealedTable, type ShuffleCheck, splitRows } from '@vouchsafe/join';
import type * as t from 'io-ts';
import { appendLogged } from './log.ts';
import { createRowDebits, NO_ROW } from './row-debits.ts';
import { createRowLedger } from './row-ledger.ts';
import { gatherSealed, numberRow, unnumbered } from './sealed-rows.ts';
import type { AuditTable, TableId, TableStage, TableState, TableStore } from './table-port.ts';

/** What is written about a table. */
interface TableRecord {
  readonly version: 1;
  /** Names the table of its sealed rows. */
  readonly serial: number;
  readonly stage: TableStage;
  /** Batches of the spill. */
  readonly batches: number;
  readonly rows: number;
  readonly partitions: readonly number[];
  readonly bureauKeys?: Uint8Array | undefined;
  readonly holderKeys?: Uint8Array | undefined;
  readonly sentRows: number;
  readonly sentPeaks: Uint8Array;
  readonly accepted: number;
  readonly proven: number;
  readonly failed?: ShuffleCheck | undefined;
  readonly lastKey?: Uint8Array | undefined;
  readonly root?: Uint8Array | undefined;
  readonly receipt?: Uint8Array | undefined;
}

const Rows: t.Type<number, unknown, unknown> = whole(0, 2 ** 40);

const TableRecord: t.Type<TableRecord, unknown, unknown> = record<TableRecord>(
  'TableRecord',
  {
    version: whole(1, 1) as t.Type<1, unknown, unknown>,
    serial: whole(1, 2 ** 40),
    stage: text('a stage', /^(loading|ready|sent|sealed|refused)$/) as t.Type<TableStage, unknown, unknown>,
    batches: Rows,
    rows: Rows,
    partitions: list(Rows, 256),
    sentRows: Rows,
    sentPeaks: bytesUpTo(48 * 32),
    accepted: Rows,
    proven: Rows,
  },
  {
    bureauKeys: bytesUpTo(1 << 16),
    holderKeys: bytesUpTo(1 << 16),
    failed: text('a check', /^[a-zA-Z0-9]{1,16}$/) as t.Type<ShuffleCheck, unknown, unknown>,
    lastKey: bytes(32),
    root: bytes(32),
    receipt: bytesUpTo(1 << 16),
  },
);

const RECORDS = 'tables';
const ENDED = 'ended-tables';
const PLAIN = 'plain-rows';
const SERIALS = 'table-serials';
/** P and leaf hash of a row. */
const FIXED_BYTES = 64;

/** Rows for one bureau, scheme and epoch over any ordered store. @param slots V */
export const createTableStore = ({
  kv,
  cover,
  id: { bureau, scheme, epoch },
  slots,
}: {
  readonly kv: Kv;
  /** Encrypts rows that wait. */
  readonly cover: SpillCover;
  readonly id: TableId;
  readonly slots: number;
}): TableStore => {
  const key = kvKey(epoch, scheme, bureau);
  const prefix = [epoch, scheme, bureau];
  // Values are in the clear until they are sealed, so what waits on the disk is encrypted.
  const spill = createSpill({ kv, table: PLAIN, prefix, payload: 4 * slots, cover, pause: setImmediate });

  const read = (): TableRecord | undefined =>
    kv.read((reader) => {
      const stored = reader.get(RECORDS, key);
      return stored && readStored(TableRecord, stored);
    });
  const current = (): TableRecord => {
    const own = read();
    if (!own) throw new RangeError('this table was not begun');
    return own;
  };

  /** One commit that changes the record, and whatever else belongs to the change. */
  const change = <A>(work: (writer: KvWriter, before: TableRecord) => readonly [TableRecord, A]): Promise<A> =>
    kv.commit((writer) => {
      const stored = writer.get(RECORDS, key);
      if (!stored) throw new RangeError('this table was not begun');
      const [after, result] = work(writer, readStored(TableRecord, stored));
      writer.put(RECORDS, key, writeStored(TableRecord, after));
      return result;
    });

  const wipePlain = (): Promise<void> => wipeRange(kv, PLAIN, kvPrefix(...prefix));

  const gather = (admit: (number: number) => boolean, ...asked: Parameters<SealedTable['gather']>) =>
    gatherSealed({ kv, name: sealedRows(current().serial), admit }, ...asked);
  const table: SealedTable = { gather: async (...asked) => gather((number) => number !== NO_ROW, ...asked) };
  const debits = createRowDebits({ bureau, scheme, epoch }, cover);
  const ledger = createRowLedger({ kv, debits, scheme, rows: () => current().rows, gather });

  return {
    state: async () => {
      const own = read();
      return own && stateOf(own);
    },

    begin: async () => {
      const serial = await kv.commit((writer) => {
        const stored = writer.get(RECORDS, key);
        const before = stored && readStored(TableRecord, stored);
        if (before && before.stage !== 'loading') throw new RangeError('the rows of this table may have been sent already');
        const serial = before?.serial ?? nextSerial(writer);
        writer.put(RECORDS, key, writeStored(TableRecord, { ...EMPTY, serial }));
        return serial;
      });
      await wipePlain();
      await kv.drop(sealedRows(serial));
    },

    add: (rows, numbers) =>
      change((writer, before) => {
        spill.add(writer, before.batches, { rows: packPlain(rows), numbers: (i) => numbers[i]! });
        return [{ ...before, batches: before.batches + 1 }, undefined];
      }),

    complete: async (padding) => {
      const duplicates: number[] = [];
      const subjects = await spill.count((number) => duplicates.push(number));
      const padded = await padding(subjects.rows);
      await change((writer, before) => {
        // Padding stands after every record, so that no record ever loses its place to it.
        spill.add(writer, before.batches, { rows: packPlain(padded), numbers: () => 2 ** 48 - 1 });
        return [{ ...before, batches: before.batches + 1 }, undefined];
      });
      const rows = subjects.rows + padded.pseudonyms.length / ELEMENT_BYTES;
      const partitions = [...subjects.partitions];
      // Random elements: none of them is a subject's, so that the subjects need not be counted again.
      for (let at = 0; at < padded.pseudonyms.length; at += ELEMENT_BYTES) partitions[padded.pseudonyms[at]!]! += 1;
      await change((_, before) => [{ ...before, stage: 'ready', rows, partitions }, undefined]);
      return duplicates.sort((a, b) => a - b);
    },

    plainRows: async (from, count) => unpackPlain(await spill.read(countOf(current()), from, count), slots),

    exchange: ({ bureau: bureauKeys, holder: holderKeys }) =>
      change((_, before) => [{ ...before, bureauKeys, holderKeys }, undefined]),

    sent: (merkle, fixed, complete) =>
      change((writer, before) => {
        if (fixed.length > 0) writer.put(fixedRows(before.serial), kvKey(merkle.size - fixed.length / FIXED_BYTES), fixed);
        if (complete) appendLogged(writer, complete);
        const sent = { sentRows: merkle.size, sentPeaks: merkle.peaks };
        return [{ ...before, stage: 'sent', ...sent, ...(complete ? { root: complete.root } : {}) }, undefined];
      }),

    accept: (rows, place) =>
      change((writer, before) => {
        const name = sealedRows(before.serial);
        const { keys, rest } = splitRows(rows, slots);
        const width = rowBytes(slots) - ELEMENT_BYTES;
        // A chunk that was checked while the one before it was being written, which then failed.
        if (before.accepted + keys.length / ELEMENT_BYTES !== place.taken)
          throw new Error('the rows before these were not written: nothing may be missing between them');
        for (let i = 0; i < keys.length / ELEMENT_BYTES; i++)
          writer.put(name, rowOf(keys, ELEMENT_BYTES, i), numberRow(rowOf(rest, width, i), before.accepted + i));
        return [{ ...before, accepted: place.taken, lastKey: place.last }, undefined];
      }),

    acceptedRows: async (after, count) => {
      const name = sealedRows(current().serial);
      return kv.read((reader) => {
        const from = after && concatBytes(after, ZERO_BYTE);
        const rows = [...reader.range(name, { from, limit: count })].flatMap(({ key, value }) => [key, unnumbered(value)]);
        return concatBytes(...rows) as Elements;
      });
    },

    prove: (chunk, own) =>
      change((writer, before) => {
        writer.put(proofChunks(before.serial), kvKey(chunk), own);
        return [{ ...before, proven: chunk + 1 }, undefined];
      }),

    proofChunk: async (chunk) => {
      const { serial } = current();
      const own = kv.read((reader) => reader.get(proofChunks(serial), kvKey(chunk)));
      if (!own) throw new RangeError(`chunk ${chunk} of the proof is not there`);
      return own;
    },

    seal: async (logged) => {
      const [receipt, serial] = await change((writer, before) => {
        const own = appendLogged(writer, logged);
        return [{ ...before, stage: 'sealed', receipt: own }, [own, before.serial] as const];
      });
      await wipePlain();
      await kv.drop(proofChunks(serial));
      return receipt;
    },

    refuse: async (logged, failed) => {
      const serial = await change((writer, before) => {
        appendLogged(writer, logged);
        return [{ ...before, stage: 'refused', failed }, before.serial];
      });
      await wipePlain();
      await kv.drop(sealedRows(serial));
      await kv.drop(proofChunks(serial));
    },

    table,
    ledger,
  };
};

/** Removes the rows of all tables of an epoch. What the auditor may still ask about them stays: keys, root, and what each row was. */
export const retireTables = async (kv: Kv, epoch: number): Promise<void> => {
  const own = kvPrefix(epoch);
  const records = kv.read((reader) => [...reader.range(RECORDS, own)]);
  await wipeRange(kv, PLAIN, own);
  for (const { value } of records) {
    const { serial } = readStored(TableRecord, value);
    await kv.drop(sealedRows(serial));
    await kv.drop(proofChunks(serial));
  }
  await kv.commit((writer) => {
    for (const { key, value } of records) writer.put(ENDED, key, value);
  });
  await wipeRange(kv, RECORDS, own);
};

/** The audit window of an epoch is over: nothing of its tables stays. */
export const forgetTables = async (kv: Kv, epoch: number): Promise<void> => {
  const own = kvPrefix(epoch);
  for (const { value } of kv.read((reader) => [...reader.range(ENDED, own)]))
    await kv.drop(fixedRows(readStored(TableRecord, value).serial));
  await wipeRange(kv, ENDED, own);
};

/** What the auditor may ask about a table whose rows were all sent, also when its epoch is over. */
export const readAuditTable = (kv: Kv, { bureau, scheme, epoch }: TableId): AuditTable | undefined =>
  kv.read((reader) => {
    const key = kvKey(epoch, scheme, bureau);
    const stored = reader.get(RECORDS, key) ?? reader.get(ENDED, key);
    const own = stored && readStored(TableRecord, stored);
    if (!own?.root || !own.bureauKeys || !own.holderKeys) return undefined;
    const { serial, sentRows: rows, root, bureauKeys, holderKeys } = own;
    return {
      rows,
      root,
      bureauKeys: bureauKeys as Elements,
      holderKeys: holderKeys as Elements,
      fixed: async () => readFixed(kv, serial, rows),
    };
  });

/** P and leaf hash of the first rows of stream 1, n × 64 bytes. */
const readFixed = (kv: Kv, serial: number, rows: number): Uint8Array =>
  kv.read((reader) => {
    const all = new Uint8Array(rows * FIXED_BYTES);
    // Chunks may overlap: two writes under way at once each bring what was not on disk when they began.
    for (const { key: at, value } of reader.range(fixedRows(serial)))
      all.set(value, Buffer.from(at).readUIntBE(0, 6) * FIXED_BYTES);
    return all;
  });

const sealedRows = (serial: number): string => `rows-${serial}`;
const proofChunks = (serial: number): string => `proof-${serial}`;
const ZERO_BYTE = Uint8Array.of(0);
const fixedRows = (serial: number): string => `fixed-${serial}`;

const EMPTY: Omit<TableRecord, 'serial'> = {
  version: 1,
  stage: 'loading',
  batches: 0,
  rows: 0,
  partitions: [],
  sentRows: 0,
  sentPeaks: new Uint8Array(0),
  accepted: 0,
  proven: 0,
};

const nextSerial = (writer: KvWriter): number => {
  const key = kvKey('next');
  const stored = writer.get(SERIALS, key);
  const serial = stored ? readStored(whole(1, 2 ** 40), stored) : 1;
  writer.put(SERIALS, key, writeStored(whole(1, 2 ** 40), serial + 1));
  return serial;
};

const countOf = ({ rows, partitions }: TableRecord): SpillCount => ({ rows, partitions });

const stateOf = ({
  stage,
  rows,
  bureauKeys,
  sentRows,
  sentPeaks,
  accepted,
  proven,
  failed,
  lastKey,
  root,
  receipt,
}: TableRecord): TableState => ({
  stage,
  rows,
  bureauKeys: bureauKeys as Elements | undefined,
  sent: { size: sentRows, peaks: sentPeaks },
  accepted: { rows, taken: accepted, last: lastKey },
  proven,
  failed,
  root,
  receipt,
});

/** A row of the spill: P and its values, little-endian. */
const packPlain = ({ pseudonyms, values }: PlainRows): Uint8Array => {
  const rest = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return pseudonyms.length === 0 ? new Uint8Array(0) : joinRows(pseudonyms, rest as Elements);
};

const unpackPlain = (packed: Uint8Array, slots: number): PlainRows => {
  const width = ELEMENT_BYTES + 4 * slots;
  const count = packed.length / width;
  const pseudonyms = new Uint8Array(count * ELEMENT_BYTES) as Elements;
  const values = new Uint8Array(count * 4 * slots);
  for (let i = 0; i < count; i++) {
    pseudonyms.set(packed.subarray(i * width, i * width + ELEMENT_BYTES), i * ELEMENT_BYTES);
    values.set(packed.subarray(i * width + ELEMENT_BYTES, (i + 1) * width), i * 4 * slots);
  }
  return { pseudonyms, values: new Uint32Array(values.buffer) };
};
