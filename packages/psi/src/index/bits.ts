/** 32 bits of an array from bit `at` on, most significant first; zeros behind the end. @param at below 2^31 */
const window32 = (bytes: Uint8Array, at: number): number => {
  const i = at >>> 3;
  const shift = at & 7;
  const four = (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
  return ((four << shift) | (bytes[i + 4]! >>> (8 - shift))) >>> 0;
};

/** A whole number of at most 40 bits, most significant first, from bit `at` on; zeros behind the end. */
export const bitsAt = (bytes: Uint8Array, at: number, count: number): number => {
  if (count > 32) return bitsAt(bytes, at, count - 32) * 2 ** 32 + window32(bytes, at + count - 32);
  return count === 0 ? 0 : window32(bytes, at) >>> (32 - count);
};

/** How many zeros stand before the first one, from bit `at` on; counts no further than to `end`. */
export const zerosAt = (bytes: Uint8Array, at: number, end: number): number => {
  let from = at;
  while (from < end) {
    const zeros = Math.clz32(window32(bytes, from));
    if (zeros < 32) return Math.min(from + zeros, end) - at;
    from += 32;
  }
  return end - at;
};

/** Writes bits, most significant first, into bytes. */
export class BitWriter {
  #bytes: Uint8Array = new Uint8Array(1024);
  #length = 0;
  #open = 0;
  #pending = 0;

  /** Whole bytes so far. Call {@link BitWriter.align} first. */
  get length(): number {
    return this.#length;
  }

  /** @param value below 2^count, count at most 40 */
  put(value: number, count: number): void {
    if (count > 20) {
      this.put(Math.floor(value / 2 ** 20), count - 20);
      this.put(value % 2 ** 20, 20);
      return;
    }
    this.#open = (this.#open << count) | value;
    this.#pending += count;
    while (this.#pending >= 8) {
      this.#pending -= 8;
      this.#push(this.#open >>> this.#pending);
    }
    this.#open &= (1 << this.#pending) - 1;
  }

  /** Zeros, then a one. */
  putUnary(zeros: number): void {
    let left = zeros;
    for (; left >= 20; left -= 20) this.put(0, 20);
    this.put(1, left + 1);
  }

  /** Fills the last byte with zeros. */
  align(): void {
    if (this.#pending > 0) this.put(0, 8 - this.#pending);
  }

  /** The bytes so far, as a view. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
  }
}
