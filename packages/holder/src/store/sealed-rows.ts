import { setImmediate } from 'node:timers/promises';
import { concatBytes, i2osp, type Kv } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements } from '@vouchsafe/group';
import { gatherRows, type SealedTable } from '@vouchsafe/join';
import { NO_ROW } from './row-debits.ts';

/** Does the row of this number take part in a query? Asked once for each key, with {@link NO_ROW} for one that has no row. */
export type AdmitRow = (number: number) => boolean;

/** Keys looked up before the event loop gets its turn: a few milliseconds. */
const GATHER = 1024;
/** A row's number in the order of the keys, big-endian, behind its elements. */
const NUMBER_BYTES = 4;

/** How a row is stored under its key. @param rest C' and D', (1 + V) × 32 bytes */
export const numberRow = (rest: Uint8Array, number: number): Uint8Array => concatBytes(rest, i2osp(number, NUMBER_BYTES));

/** C' and D' of a stored row. */
export const unnumbered = (stored: Uint8Array): Uint8Array => stored.subarray(0, -NUMBER_BYTES);

const numberOf = (stored: Uint8Array): number =>
  Buffer.from(stored.buffer, stored.byteOffset, stored.length).readUInt32BE(stored.length - NUMBER_BYTES);

/**
 * Looks keys up among the sealed rows of a table; a row that is not admitted is as if it were not there.
 * @param name of the store's table
 */
export const gatherSealed = async (
  { kv, name, admit }: { readonly kv: Kv; readonly name: string; readonly admit: AdmitRow },
  ...[keys, slots]: Parameters<SealedTable['gather']>
): ReturnType<SealedTable['gather']> => {
  const parts: Uint8Array[] = [];
  let matched = 0;
  for (let from = 0; from < keys.length; from += GATHER * ELEMENT_BYTES) {
    const part = kv.read((reader) => {
      const find = (own: Uint8Array): Uint8Array | undefined => {
        const stored = reader.get(name, own);
        return admit(stored ? numberOf(stored) : NO_ROW) ? stored : undefined;
      };
      return gatherRows({ find, keys: keys.subarray(from, from + GATHER * ELEMENT_BYTES) as Elements, slots });
    });
    parts.push(part.rows);
    matched += part.matched;
    await setImmediate();
  }
  return { rows: concatBytes(...parts) as Elements, matched };
};
