/** Tags in a block: what a look-up decodes at most. Larger blocks save directory bytes, smaller ones time. */
export const BLOCK_TAGS = 128;

/** Tags in a segment at most; a segment is one file. */
export const MAX_SEGMENT_TAGS: number = 2 ** 20;

/** Bytes of a segment at most. Uniform tags never need more, whatever n and t. */
export const MAX_SEGMENT_BYTES: number = 8 * 2 ** 20;

/** Segments of an index at most: 134 million subjects. */
export const MAX_SEGMENTS = 128;

/** Tags in an index at most. */
export const MAX_TAGS: number = MAX_SEGMENTS * MAX_SEGMENT_TAGS;

/** Bits of a tag at most. */
export const MAX_TAG_BITS = 80;

/** A subject that is not in the index seems to be in it with probability 2^-this, unless asked for otherwise. */
export const FALSE_POSITIVE_BITS = 40;

/** An index with shorter tags is neither built nor opened: a query of one subject errs with probability 2^-40 at most. */
export const MIN_FALSE_POSITIVE_BITS: number = FALSE_POSITIVE_BITS;

/** A tag is held as two whole numbers, its top t − 40 bits and its low 40 bits: a number has 53, and a bigint for each tag would cost a hundred times as much. */
export const LOW_BITS = 40;

/** ⌈log2 n⌉ for 1 ≤ n ≤ 2^31. */
const ceilLog2 = (n: number): number => 32 - Math.clz32(n - 1);

/** n rounded up to the declared step, one step at least, so that a holder's growth does not show in every epoch. */
export const paddedSize = (count: number, padTo: number): number => Math.max(1, Math.ceil(count / padTo)) * padTo;

/**
 * Bits of a tag in an index of n: t = ⌈log2 n⌉ + f. A subject that is not among the n has one of their tags with probability n·2^-t ≤ 2^-f, so q look-ups
 * give a false match with probability at most q·2^-f: with f = 40, one in a million for a portfolio of a million.
 */
export const tagBits = (n: number, falsePositiveBits: number = FALSE_POSITIVE_BITS): number => ceilLog2(n) + falsePositiveBits;

/** Bytes of a tag: t bits, then zeros. */
export const tagBytes = (t: number): number => Math.ceil(t / 8);

/**
 * How many low bits of a gap are written out; the rest of it is unary (Golomb–Rice). Gaps of n uniform t-bit tags are 2^t/n on average, and the power
 * of two below that is within 0.05 bits a tag of the best choice.
 */
export const riceBits = (n: number, t: number): number => t - ceilLog2(n);

/** How n tags are cut into as few segments as can be, of equal size but for one tag. */
export const segmentCounts = (n: number): readonly number[] => {
  const segments = Math.ceil(n / MAX_SEGMENT_TAGS);
  return Array.from({ length: segments }, (_, i) => Math.floor(((i + 1) * n) / segments) - Math.floor((i * n) / segments));
};

/** What a segment's codes depend on. */
export interface TagShape {
  /** Bits of a tag, at most 80. */
  readonly t: number;
  /** Bits of a gap that are written out: {@link LOW_BITS} at least, since no index has shorter tags than {@link MIN_FALSE_POSITIVE_BITS} asks for. */
  readonly k: number;
}

/**
 * The shape of an index of n tags of t bits.
 * @throws RangeError for tags that are shorter than {@link MIN_FALSE_POSITIVE_BITS} asks for, or longer than {@link MAX_TAG_BITS}
 */
export const tagShape = (n: number, t: number): TagShape => {
  const k = riceBits(n, t);
  if (k < LOW_BITS || t > MAX_TAG_BITS) throw new RangeError(`${n} tags want ${tagBits(n)} to ${MAX_TAG_BITS} bits each`);
  return { t, k };
};
