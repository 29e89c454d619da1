import { type BulkParameters, FIELD, FIELD_BITS } from './parameters.ts';

/** Of an element of a party's own set: identifier, digest, record, mask, and what sorting them takes. */
const ELEMENT_BYTES = 100;
/** Of a row: what stays until the check, 16 bytes, and at the receiver the store. */
const ROW_BYTES = 24;
/** What does not depend on the sets: tables of the kernel, keystreams. */
const FIXED_BYTES = 12e6;

/** Bytes that a party's session takes at most, its set of identifiers of some 30 bytes included: what a host that caps its memory counts with. @param own elements of that party */
export const bulkMemory = ({ columns, groups, rows }: BulkParameters, own: number): number => {
  const widest = Math.max(...groups.map((group) => group.rows));
  const columnBytes = widest / 8;
  return FIXED_BYTES + ROW_BYTES * rows + ELEMENT_BYTES * own + columnBytes * (FIELD + (FIELD_BITS + 2) * columns);
};
