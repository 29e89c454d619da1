import { type BitWriter, bitsAt, zerosAt } from './bits.ts';
import type { TagShape } from './layout.ts';

/** The top and the low part of a tag, see {@link TagShape.split}. */
export interface SplitTag {
  readonly high: number;
  readonly low: number;
}

/** Is a below b (negative), equal (0) or above it? */
export const compareTags = (a: SplitTag, b: SplitTag): number => a.high - b.high || a.low - b.low;

/** Reads tag number `index` of packed tags (n × ⌈t/8⌉ bytes, together below 256 MiB). */
export const tagAt = (packed: Uint8Array, index: number, { t, split }: TagShape): SplitTag => {
  const at = index * 8 * Math.ceil(t / 8);
  return { high: bitsAt(packed, at, t - split), low: bitsAt(packed, at + t - split, split) };
};

/** Golomb–Rice code of the gap between two tags: (gap − 1) div 2^k in unary, (gap − 1) mod 2^k in k bits. */
export const putGap = (writer: BitWriter, before: SplitTag, tag: SplitTag, { k, split }: TagShape): void => {
  const borrow = tag.low <= before.low ? 1 : 0;
  const low = tag.low - before.low - 1 + borrow * 2 ** split;
  const high = tag.high - before.high - borrow;
  const scale = 2 ** (k - split);
  writer.putUnary(Math.floor(high / scale));
  writer.put(high % scale, k - split);
  writer.put(low, split);
};

/** Walks through the tags of one block. Made to be used for many blocks, since it runs for every look-up. */
export class GapReader implements SplitTag {
  high = 0;
  low = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  readonly #k: number;
  readonly #split: number;
  readonly #scale: number;
  readonly #lowLimit: number;
  readonly #highLimit: number;

  constructor({ t, k, split }: TagShape) {
    this.#k = k;
    this.#split = split;
    this.#scale = 2 ** (k - split);
    this.#lowLimit = 2 ** split;
    this.#highLimit = 2 ** (t - split);
  }

  /** Stands at the block's first tag; its other tags are coded in bytes [from, to). */
  open(first: SplitTag, bytes: Uint8Array, from: number, to: number): void {
    this.high = first.high;
    this.low = first.low;
    this.#bytes = bytes;
    this.#at = 8 * from;
    this.#end = 8 * to;
  }

  /** Goes to the next tag. @returns false when the code is cut off, or the tag would need more than t bits: what an overlong unary run comes to */
  next(): boolean {
    const quotient = zerosAt(this.#bytes, this.#at, this.#end);
    const at = this.#at + quotient + 1;
    if (at + this.#k > this.#end) return false;
    const rest = this.#k - this.#split;
    const low = this.low + bitsAt(this.#bytes, at + rest, this.#split) + 1;
    const carry = low >= this.#lowLimit ? 1 : 0;
    this.low = low - carry * this.#lowLimit;
    this.high += quotient * this.#scale + bitsAt(this.#bytes, at, rest) + carry;
    this.#at = at + this.#k;
    return this.high < this.#highLimit;
  }

  /** After the last tag: is nothing left but less than a byte of zeros? A code has one spelling. */
  atEnd(): boolean {
    const left = this.#end - this.#at;
    return left < 8 && bitsAt(this.#bytes, this.#at, left) === 0;
  }
}
