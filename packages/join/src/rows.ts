import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { compareRows, createPace, domain, lengthPrefixed, type Secret, utf8ToBytes } from '@vouchsafe/core';
import { ELEMENT_BYTES, type Elements, type Group, type Scalars } from '@vouchsafe/group';

/** A travelling row: key (P or Q), C, and one D a slot. */
export const rowElements = (slots: number): number => slots + 2;
/** Bytes of a row: {@link rowElements} elements of 32 bytes. */
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
export const rowScalars = (
  {
    seed,
    use,
    count,
    describe,
  }: {
    readonly seed: Secret;
    readonly use: Uint8Array;
    readonly count: number;
    readonly describe: (row: number) => Uint8Array;
  },
  group: Group,
): Scalars => {
  const own = hmac(createSecretKey(seed.reveal()), lengthPrefixed(domain('joinRow'), use));
  // A key of OpenSSL's own: Node 24 takes four times as long with the bytes, which it turns into one each time.
  const key = createSecretKey(own);
  own.fill(0);
  const wide = new Uint8Array(count * MAC_BYTES);
  for (let i = 0; i < count; i++) {
    const mac = hmac(key, describe(i));
    wide.set(mac, i * MAC_BYTES);
    mac.fill(0);
  }
  const scalars = group.reduceWide(wide);
  wide.fill(0);
  return scalars;
};

/** Bytes of HMAC-SHA512. */
const MAC_BYTES = 64;

// OpenSSL's is three times faster than one in JavaScript, and this is a fifth of the time that a row takes.
const hmac = (key: KeyObject, message: Uint8Array): Uint8Array => createHmac('sha512', key).update(message).digest();

/** What the per-row scalars of the two directions are for. */
export const USE_SEAL: Uint8Array = utf8ToBytes('seal');
export const USE_BLIND: Uint8Array = utf8ToBytes('blind');
export const USE_PADDING: Uint8Array = utf8ToBytes('padding');

/** Buckets of keys that are sorted one by one. */
const BUCKETS = 2 ** 16;
/** So few rows are sorted at once, within a millisecond or two: going over all buckets takes longer than a whole signal's arithmetic. */
const FEW = 1024;

/**
 * Row numbers in the order of the rows' first elements. Keys are elements, whose first bytes are uniform: two of them cut the rows into small buckets, each sorted by itself, so that the event loop gets
 * its turn in between.
 * @param packed n × width bytes
 */
export const orderByKey = async (packed: Uint8Array, width: number): Promise<Uint32Array> => {
  const count = packed.length / width;
  if (count <= FEW)
    return Uint32Array.from({ length: count }, (_, row) => row).sort((i, j) => compareRows(packed, width, i, j) || i - j);
  const bucketOf = (row: number): number => (packed[row * width]! << 8) | packed[row * width + 1]!;
  const ends = new Uint32Array(BUCKETS + 1);
  for (let row = 0; row < count; row++) ends[bucketOf(row) + 1]! += 1;
  for (let bucket = 0; bucket < BUCKETS; bucket++) ends[bucket + 1]! += ends[bucket]!;
  const order = new Uint32Array(count);
  // Each start moves to its bucket's end as the bucket fills.
  for (let row = 0; row < count; row++) order[ends[bucketOf(row)]!++] = row;
  const pace = createPace();
  for (let bucket = 0, from = 0; bucket < BUCKETS; bucket++) {
    const to = ends[bucket]!;
    if (to - from > 1) order.subarray(from, to).sort((i, j) => compareRows(packed, width, i, j) || i - j);
    from = to;
    if (pace.due()) await pace.rest();
  }
  return order;
};

/** Rows in another order. @param packed n × width bytes */
export const permuteRows = async (packed: Elements, width: number, order: Uint32Array): Promise<Elements> => {
  const out = new Uint8Array(order.length * width) as Elements;
  const pace = createPace();
  for (const [to, from] of order.entries()) {
    out.set(packed.subarray(from * width, (from + 1) * width), to * width);
    if (pace.due()) await pace.rest();
  }
  return out;
};

/** Two keys in the order of a stream (the wrong order, when the second is not above the first). */
export const ascends = (before: Uint8Array | undefined, key: Uint8Array): boolean =>
  before === undefined || Buffer.compare(before, key) < 0;

export const badRows = (row: number, why: string): BadRows => ({ _tag: 'BadRows', row, message: `row ${row}: ${why}` });

/** Puts each row's key in front of its ciphertext. @param keys k × 32 bytes; @param rest k × (1 + V) × 32 bytes */
export const joinRows = (keys: Elements, rest: Elements): Elements => {
  const rows = keys.length / ELEMENT_BYTES;
  const restBytes = rest.length / rows;
  const out = new Uint8Array(keys.length + rest.length);
  for (let i = 0; i < rows; i++) {
    const at = i * (ELEMENT_BYTES + restBytes);
    out.set(keys.subarray(i * ELEMENT_BYTES, (i + 1) * ELEMENT_BYTES), at);
    out.set(rest.subarray(i * restBytes, (i + 1) * restBytes), at + ELEMENT_BYTES);
  }
  return out as Elements;
};

/** Takes rows apart into their keys and the rest. @param rows k × (V+2) × 32 bytes */
export const splitRows = (rows: Elements, slots: number): { readonly keys: Elements; readonly rest: Elements } => {
  const width = rowBytes(slots);
  const restBytes = width - ELEMENT_BYTES;
  const count = rows.length / width;
  const keys = new Uint8Array(count * ELEMENT_BYTES);
  const rest = new Uint8Array(count * restBytes);
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * width, (i + 1) * width);
    keys.set(row.subarray(0, ELEMENT_BYTES), i * ELEMENT_BYTES);
    rest.set(row.subarray(ELEMENT_BYTES), i * restBytes);
  }
  return { keys: keys as Elements, rest: rest as Elements };
};
