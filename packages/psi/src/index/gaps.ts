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
  readonly #rest: number;
  readonly #scale: number;
  readonly #highLimit: number;

  constructor({ t, k }: TagShape) {
    this.#k = k;
    this.#rest = k - LOW_BITS;
    this.#scale = 2 ** (k - LOW_BITS);
    this.#highLimit = 2 ** (t - LOW_BITS);
  }

  /** Stands at the block's first tag; its other tags are coded in bytes [from, to). */
  open(first: SplitTag, bytes: Uint8Array, from: number, to: number): void {
    this.high = first.high;
    this.low = first.low;
    this.#bytes = bytes;
    this.#at = 8 * from;
    this.#end = 8 * to;
  }

  /**
   * Goes on to the next tags, `count` at most, until one is not below the wanted one.
   * @returns false when a code is cut off, or a tag would need more than t bits: what an overlong unary run comes to
   */
  seek(wanted: SplitTag, count: number): boolean {
    for (let left = count; left > 0; left--) {
      if (this.high > wanted.high || (this.high === wanted.high && this.low >= wanted.low)) return true;
      if (!this.next()) return false;
    }
    return true;
  }

  /** Goes to the next tag. @returns as {@link GapReader.seek} */
  next(): boolean {
    const bytes = this.#bytes;
    const byte = this.#at >>> 3;
    if (this.#rest > 0 || byte + 9 > bytes.length) return this.#nextSlowly();
    const shift = this.#at & 7;
    const mid = bytes[byte + 4]!;
    const four = (bytes[byte]! << 24) | (bytes[byte + 1]! << 16) | (bytes[byte + 2]! << 8) | bytes[byte + 3]!;
    const first = (four << shift) | (mid >>> (8 - shift));
    const quotient = Math.clz32(first);
    if (quotient >= SHORT_RUN) return this.#nextSlowly();
    const after = (mid << 24) | (bytes[byte + 5]! << 16) | (bytes[byte + 6]! << 8) | bytes[byte + 7]!;
    const second = (after << shift) | (bytes[byte + 8]! >>> (8 - shift));
    const skip = quotient + 1;
    // 40 bits behind the run's one: 8 of them in `first`, and 32 that begin there and end in `second`.
    const top = (first << skip) >>> 24;
    const rest = ((first << (skip + 8)) | (second >>> (24 - skip))) >>> 0;
    return this.#take(quotient, top * 2 ** 32 + rest, this.#at + skip);
  }

  /** Any run, any k, and up to the last byte. */
  #nextSlowly(): boolean {
    const quotient = zerosAt(this.#bytes, this.#at, this.#end);
    const at = this.#at + quotient + 1;
    const high = quotient * this.#scale + bitsAt(this.#bytes, at, this.#rest);
    return this.#take(high, bitsAt(this.#bytes, at + this.#rest, LOW_BITS), at);
  }

  /** Adds (high, low) + 1, whose k bits begin at bit `at`. */
  #take(high: number, low: number, at: number): boolean {
    this.#at = at + this.#k;
    const sum = this.low + low + 1;
    const carry = sum >= LOW_LIMIT ? 1 : 0;
    this.low = sum - carry * LOW_LIMIT;
    this.high += high + carry;
    return this.#at <= this.#end && this.high < this.#highLimit;
  }

  /** After the last tag: is nothing left but less than a byte of zeros? A code has one spelling. */
  atEnd(): boolean {
    const left = this.#end - this.#at;
    return left < 8 && bitsAt(this.#bytes, this.#at, left) === 0;
  }
}
