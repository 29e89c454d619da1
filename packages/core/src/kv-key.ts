import { concatBytes, i2osp, utf8ToBytes } from './bytes.ts';

/** A part of a key: a name, a whole number below 2^48, or bytes of a length that is fixed for that place. */
export type KeyPart = string | number | Uint8Array;

/**
 * A key that sorts by its parts, one after the other: names end with a zero byte, numbers have six bytes, big-endian. No two different lists of parts of one kind
 * give the same key.
 * @throws RangeError for a name with a zero character or a number out of range: a bug of the caller
 */
export const kvKey = (...parts: readonly KeyPart[]): Uint8Array => concatBytes(...parts.map(encodePart));

/** The keys that begin with these parts: from (inclusive), to (exclusive). */
export const kvPrefix = (...parts: readonly KeyPart[]): { readonly from: Uint8Array; readonly to: Uint8Array } => {
  const from = kvKey(...parts);
  const to = from.slice();
  for (let i = to.length - 1; i >= 0; i--) {
    if (to[i]! < 0xff) {
      to[i]!++;
      return { from, to: to.subarray(0, i + 1) };
    }
  }
  throw new RangeError('a prefix needs a byte below 255');
};

const encodePart = (part: KeyPart): Uint8Array => {
  if (typeof part === 'number') return i2osp(part, 6);
  if (typeof part !== 'string') return part;
  if (part.includes('\0')) throw new RangeError('a name in a key has a zero character');
  return utf8ToBytes(`${part}\0`);
};
