import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

export { bytesToHex, concatBytes, hexToBytes, utf8ToBytes };

/**
 * Are two byte strings equal? The running time depends on the lengths only, so that a MAC, a tag or a key can be compared
 * without telling an attacker how long the common prefix is. (An engine gives no constant-time promise; see SECURITY.md.)
 */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
};

/** Lexicographic order of unsigned bytes; a prefix comes first. For public data: it stops at the first difference. */
export const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

/**
 * Row `index` of a packed array of rows, as a view (no copy).
 * @param packed n × width bytes
 * @param width bytes a row
 */
export const rowOf = (packed: Uint8Array, width: number, index: number): Uint8Array =>
  packed.subarray(index * width, (index + 1) * width);

/** Compares row i with row j of a packed array, without making views: for sorting many rows. */
export const compareRows = (packed: Uint8Array, width: number, i: number, j: number): number => {
  const a = i * width;
  const b = j * width;
  for (let k = 0; k < width; k++) {
    const difference = packed[a + k]! - packed[b + k]!;
    if (difference !== 0) return difference;
  }
  return 0;
};

/**
 * Are the rows strictly ascending, i.e. sorted and without duplicates?
 * @returns the index of the first row that is not above the one before it, or -1 when all are
 */
export const firstDisorder = (packed: Uint8Array, width: number): number => {
  const rows = packed.length / width;
  for (let i = 1; i < rows; i++) if (compareRows(packed, width, i - 1, i) >= 0) return i;
  return -1;
};

/** RFC 8017 §4.1 `I2OSP`: a non-negative integer as `length` bytes, most significant first. */
export const i2osp = (value: number, length: number): Uint8Array => {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** (8 * Math.min(length, 6)))
    throw new RangeError(`${value} does not fit ${length} bytes`);
  const out = new Uint8Array(length);
  for (let i = length - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
  return out;
};

/** Each part behind its length (2 bytes), so that no two lists of parts give the same bytes. A part has at most 65,535 bytes. */
export const lengthPrefixed = (...parts: readonly Uint8Array[]): Uint8Array =>
  concatBytes(...parts.flatMap((part) => [i2osp(part.length, 2), part]));
