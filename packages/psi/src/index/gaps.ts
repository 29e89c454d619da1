import { type BitWriter, bitsAt, zerosAt } from './bits.ts';
import { LOW_BITS, type TagShape } from './layout.ts';

/** The top and the low part of a tag, see {@link LOW_BITS}. */
export interface SplitTag {
  readonly high: number;
  readonly low: number;
}

const LOW_LIMIT: number = 2 ** LOW_BITS;

/** Is a below b (negative), equal (0) or above it? */
export const compareTags = (a: SplitTag, b: SplitTag): number => a.high - b.high || a.low - b.low;

/** Reads tag number `index` of packed tags (n × ⌈t/8⌉ bytes, together below 256 MiB). */
export const tagAt = (packed: Uint8Array, index: number, { t }: TagShape): SplitTag => {
  const at = index * 8 * Math.ceil(t / 8);
  return { high: bitsAt(packed, at, t - LOW_BITS), low: bitsAt(packed, at + t - LOW_BITS, LOW_BITS) };
};

/** Golomb–Rice code of the gap between two tags: (gap − 1) div 2^k in unary, (gap − 1) mod 2^k in k bits. */
export const putGap = (writer: BitWriter, before: SplitTag, tag: SplitTag, { k }: TagShape): void => {
  const borrow = tag.low <= before.low ? 1 : 0;
  const low = tag.low - before.low - 1 + borrow * LOW_LIMIT;
  const high = tag.high - before.high - borrow;
  const scale = 2 ** (k - LOW_BITS);
  writer.putUnary(Math.floor(high / scale));
  writer.put(high % scale, k - LOW_BITS);
  writer.put(low, LOW_BITS);
};

/** Unary runs below this are decoded with the low part from 64 bits at once. An honest index has a longer one in a few of a million gaps. */
const SHORT_RUN = 16;

/** Walks through the tags of one block. Made to be used for many blocks, since it runs for every look-up. */
export class GapReader implements SplitTag {
  high = 0;
  low = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  readonly #k: number;
  readonly #highLimit: number;

  constructor({ t, k }: TagShape) {
    this.#k = k;
    this.#highLimit = 2 ** (t - LOW_BITS);
  }

  /** Stands at the block's first tag; its other tags are coded in bytes [from, to). */
  open(high: number, low: number, bytes: Uint8Array, from: number, to: number): void {
    this.high = high;
    this.low = low;
    this.#bytes = bytes;
    this.#at = 8 * from;
    this.#end = 8 * to;
  }

  /**
   * Goes over the next `count` tags.
   * @returns false when a code is cut off, or a tag would need more than t bits: what an overlong unary run comes to
   */
  advance(count: number): boolean {
    return this.#walk(count, Number.POSITIVE_INFINITY, 0);
  }

  /** Goes on until a tag is not below the wanted one, over `count` tags at most. @returns as {@link GapReader.advance} */
  seek({ high, low }: SplitTag, count: number): boolean {
    return this.#walk(count, high, low);
  }

  /** One loop over local variables: every tag of an index goes through it when it is opened, and some 64 for each look-up. */
  #walk(count: number, wantedHigh: number, wantedLow: number): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    const [k, highLimit] = [this.#k, this.#highLimit];
    // The last 9 bytes of a file, and codes whose low part is longer than 40 bits, go the slow way.
    const fastEnd = k === LOW_BITS ? 8 * (bytes.length - 9) : 0;
    let at = this.#at;
    let high = this.high;
    let low = this.low;
    let good = true;
    for (let left = count; left > 0 && (high < wantedHigh || (high === wantedHigh && low < wantedLow)); left--) {
      let addHigh = SHORT_RUN;
      let addLow = 0;
      if (at < fastEnd) {
        const byte = at >>> 3;
        const shift = at & 7;
        const middle = bytes[byte + 4]!;
        const four = (bytes[byte]! << 24) | (bytes[byte + 1]! << 16) | (bytes[byte + 2]! << 8) | bytes[byte + 3]!;
        const first = (four << shift) | (middle >>> (8 - shift));
        addHigh = Math.clz32(first);
        const after = (middle << 24) | (bytes[byte + 5]! << 16) | (bytes[byte + 6]! << 8) | bytes[byte + 7]!;
        const second = (after << shift) | (bytes[byte + 8]! >>> (8 - shift));
        const skip = addHigh + 1;
        // 40 bits behind the run's one: 8 of them in `first`, then 32 that begin in it and end in `second`.
        addLow = ((first << skip) >>> 24) * 2 ** 32 + (((first << (skip + 8)) | (second >>> (24 - skip))) >>> 0);
        if (addHigh < SHORT_RUN) at += skip + LOW_BITS;
      }
      if (addHigh >= SHORT_RUN) {
        const zeros = zerosAt(bytes, at, end);
        at += zeros + 1;
        addHigh = zeros * 2 ** (k - LOW_BITS) + bitsAt(bytes, at, k - LOW_BITS);
        at += k;
        addLow = bitsAt(bytes, at - LOW_BITS, LOW_BITS);
      }
      low += addLow + 1;
      high += addHigh;
      if (low >= LOW_LIMIT) {
        low -= LOW_LIMIT;
        high++;
      }
      if (at > end || high >= highLimit) {
        good = false;
        break;
      }
    }
    this.#at = at;
    this.high = high;
    this.low = low;
    return good;
  }

  /** After the last tag: is nothing left but less than a byte of zeros? A code has one spelling. */
  atEnd(): boolean {
    const left = this.#end - this.#at;
    return left < 8 && bitsAt(this.#bytes, this.#at, left) === 0;
  }
}
