import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { compareRows, domain, lengthPrefixed, type Secret, utf8ToBytes } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements, SCALAR_BYTES, type Scalars, scalarFromWide } from '@vouchsafe/group';

/** A travelling row: key (P or Q), C, and one D a slot. */
export const rowElements = (slots: number): number => slots + 2;
export const rowBytes = (slots: number): number => rowElements(slots) * ELEMENT_BYTES;

/** The rows that came do not have the form that was agreed: wrong width or count, out of order, or twice the same key. */
export interface BadRows {
  readonly _tag: 'BadRows';
  readonly message: string;
  /** The row at fault, counted over the whole stream from 0. */
  readonly row: number;
}

/**
 * Secret scalars for rows: HMAC-SHA512 under a seed, over the whole row, reduced modulo q. A row that is made again after a crash gets the very same scalar, a row that
 * differs in any way another one, so that no randomness ever serves two rows (two rows with one r would show the difference of their values).
 * @param describe the bytes that make row i what it is
 */
export const rowScalars = ({
  seed,
  use,
  count,
  describe,
}: {
  readonly seed: Secret;
  readonly use: Uint8Array;
  readonly count: number;
  readonly describe: (row: number) => Uint8Array;
}): Scalars => {
  const key = hmac(sha512, seed.reveal(), lengthPrefixed(domain('joinRow'), use));
  const out = new Uint8Array(count * SCALAR_BYTES);
  for (let i = 0; i < count; i++) out.set(scalarFromWide(hmac(sha512, key, describe(i))), i * SCALAR_BYTES);
  key.fill(0);
  return out as Scalars;
};

/** What the per-row scalars of the two directions are for. */
export const USE_SEAL: Uint8Array = utf8ToBytes('seal');
export const USE_BLIND: Uint8Array = utf8ToBytes('blind');
export const USE_PADDING: Uint8Array = utf8ToBytes('padding');

/** Row numbers in the order of the rows' first elements. @param packed n × width bytes */
export const orderByKey = (packed: Uint8Array, width: number): Uint32Array =>
  Uint32Array.from({ length: packed.length / width }, (_, i) => i).sort((i, j) => compareRows(packed, width, i, j) || i - j);

/** Rows in another order. @param packed n × width bytes */
export const permuteRows = (packed: Elements, width: number, order: Uint32Array): Elements => {
  const out = new Uint8Array(packed.length) as Elements;
  for (const [to, from] of order.entries()) out.set(packed.subarray(from * width, (from + 1) * width), to * width);
  return out;
};

/** Two keys in the order of a stream (the wrong order, when the second is not above the first). */
export const ascends = (before: Uint8Array | undefined, key: Uint8Array): boolean =>
  before === undefined || Buffer.compare(before, key) < 0;
