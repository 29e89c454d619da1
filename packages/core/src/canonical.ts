import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { compareBytes } from './bytes.ts';
import { E, type Either } from './fp.ts';

/** Bytes that are no canonical CBOR document: truncated, trailing, not deterministic, or with a type that we do not use. */
export interface BadEncoding {
  readonly _tag: 'BadEncoding';
  readonly message: string;
}

/** A document nested deeper than this is refused before it is read into objects. */
const MAX_DEPTH = 16;

/**
 * Deterministic CBOR (RFC 8949 §4.2.1): integers, text, byte strings, arrays, maps with text keys, booleans, null. What is hashed
 * or signed is always encoded here. Keys whose value is `undefined` are left out.
 */
export const encodeCanonical = (value: unknown): Uint8Array =>
  // A copy: the library may give a Node `Buffer`, a view into memory that others share, whose `slice` is no copy.
  new Uint8Array(encode(withoutUndefined(value), rfc8949EncodeOptions));

/**
 * Reads exactly one deterministic CBOR document. Everything that has a second spelling is refused, so that the bytes that were hashed are
 * the bytes that were read.
 */
export const decodeCanonical = (bytes: Uint8Array): Either<BadEncoding, unknown> => {
  try {
    if (deeperThan(bytes, MAX_DEPTH)) return E.left(badEncoding('nested too deeply'));
    const value: unknown = decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
    });
    return compareBytes(encodeCanonical(value), bytes) === 0
      ? E.right(value)
      : E.left(badEncoding('not in its one deterministic form'));
  } catch {
    // The library's message can quote the input, which may be an identifier.
    return E.left(badEncoding('truncated, followed by other bytes, or not CBOR'));
  }
};

const badEncoding = (why: string): BadEncoding => ({
  _tag: 'BadEncoding',
  message: `expected one deterministic CBOR document (RFC 8949 §4.2): ${why}`,
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const withoutUndefined = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, withoutUndefined(item)]),
  );
};

/**
 * Do the CBOR heads open more than `limit` levels of arrays and maps? The decoder recurses, so a peer could exhaust the stack with a few
 * kilobytes of `0x81`. Reads heads only; what is malformed is left to the decoder.
 */
const deeperThan = (bytes: Uint8Array, limit: number): boolean => {
  const open: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const major = bytes[at]! >> 5;
    const info = bytes[at]! & 31;
    if (info > 27) return false;
    const width = info < 24 ? 0 : 1 << (info - 24);
    let count = info < 24 ? info : 0;
    for (let i = 1; i <= width; i++) count = count * 256 + (bytes[at + i] ?? 0);
    at += 1 + width + (major === 2 || major === 3 ? count : 0);
    const children = major === 4 ? count : major === 5 ? 2 * count : major === 6 ? 1 : 0;
    if (open.length > 0) open[open.length - 1]! -= 1;
    if (children > 0) open.push(children);
    while (open.length > 0 && open[open.length - 1]! <= 0) open.pop();
    if (open.length > limit) return true;
  }
  return false;
};
