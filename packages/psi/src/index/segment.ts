import { concatBytes, E, type Either, i2osp, utf8ToBytes } from '@vouchsafe/core';
import { BitWriter } from './bits.ts';
import type { IndexFault } from './errors.ts';
import { compareTags, GapReader, putGap, type SplitTag, tagAt } from './gaps.ts';
import { BLOCK_TAGS, MAX_SEGMENT_BYTES, type TagShape, tagBytes } from './layout.ts';

/*
 * A segment file, numbers most significant byte first:
 *   header     "VTI1", t (1 byte), k (1 byte), tags a block (2 bytes), tags (4 bytes)
 *   directory  for each block: its first tag (⌈t/8⌉ bytes, zeros behind the t bits), bytes of its codes (2 bytes)
 *   codes      for each block: the gaps to its other tags, zeros up to the next byte
 * Every block but the last has 128 tags. Nothing in the file can be written in two ways.
 */
const MAGIC = utf8ToBytes('VTI1');
const HEADER_BYTES = 12;
const SIZE_BYTES = 2;

const headerOf = ({ t, k }: TagShape, count: number): Uint8Array =>
  concatBytes(MAGIC, i2osp(t, 1), i2osp(k, 1), i2osp(BLOCK_TAGS, 2), i2osp(count, 4));

const notUniform = (): RangeError => new RangeError('these tags are not uniform: an index holds VOPRF outputs only');

/** Encodes one segment, tag by tag. */
export interface SegmentWriter {
  /** Takes tag number `index` of packed tags. It is above the one before it. */
  readonly put: (packed: Uint8Array, index: number) => void;
  /** Have as many tags been put as it shall have? */
  readonly full: () => boolean;
  /** The file, when it is full. */
  readonly finish: () => Uint8Array;
}

/**
 * Begins a segment of `count` tags.
 * @throws RangeError from its functions when the tags are so uneven that they cannot be VOPRF outputs
 */
export const createSegmentWriter = (shape: TagShape, count: number): SegmentWriter => {
  const width = tagBytes(shape.t);
  const entry = width + SIZE_BYTES;
  const directory = new Uint8Array(Math.ceil(count / BLOCK_TAGS) * entry);
  const codes = new BitWriter();
  let done = 0;
  let from = 0;
  let before: SplitTag = { high: 0, low: 0 };

  /** Ends the block that the last tag belongs to. */
  const endBlock = (): void => {
    codes.align();
    const size = codes.length - from;
    if (size >= 2 ** (8 * SIZE_BYTES)) throw notUniform();
    directory.set(i2osp(size, SIZE_BYTES), Math.floor((done - 1) / BLOCK_TAGS) * entry + width);
    from = codes.length;
  };

  return {
    put: (packed, index) => {
      const tag = tagAt(packed, index, shape);
      if (done % BLOCK_TAGS === 0) {
        if (done > 0) endBlock();
        directory.set(packed.subarray(index * width, (index + 1) * width), (done / BLOCK_TAGS) * entry);
      } else putGap(codes, before, tag, shape);
      before = tag;
      done++;
    },
    full: () => done === count,
    finish: () => {
      if (done !== count) throw new RangeError(`${done} of ${count} tags were put`);
      endBlock();
      const segment = concatBytes(headerOf(shape, count), directory, codes.bytes());
      if (segment.length > MAX_SEGMENT_BYTES) throw notUniform();
      return segment;
    },
  };
};

/** A verified segment: its bytes, and where its blocks begin. */
export interface Segment {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** The first tag of each block, in two arrays. */
  readonly high: Float64Array;
  readonly low: Float64Array;
  /** Where the codes of each block begin; one more entry than blocks. */
  readonly starts: Uint32Array;
}

/** Tags in block number `block`. */
export const blockCount = ({ count }: Segment, block: number): number => Math.min(BLOCK_TAGS, count - block * BLOCK_TAGS);

/** Stands a reader at the first tag of a block. */
export const openBlock = (reader: GapReader, { bytes, high, low, starts }: Segment, block: number): void =>
  reader.open(high[block]!, low[block]!, bytes, starts[block]!, starts[block + 1]!);

/**
 * Reads a segment and decodes all of it, so that no look-up can meet a malformed code later.
 * @param bytes a size and hash that the manifest vouches for; hostile all the same
 * @param count tags that the manifest says
 * @param after the last tag of the segment before, or undefined for the first
 * @returns the segment and its last tag
 */
export const readSegment = (
  bytes: Uint8Array,
  { shape, count, after }: { readonly shape: TagShape; readonly count: number; readonly after?: SplitTag | undefined },
): Either<Exclude<IndexFault, 'manifest'>, { readonly segment: Segment; readonly last: SplitTag }> => {
  const header = headerOf(shape, count);
  if (!header.every((byte, i) => byte === bytes[i])) return E.left('header');
  const width = tagBytes(shape.t);
  const entry = width + SIZE_BYTES;
  const blocks = Math.ceil(count / BLOCK_TAGS);
  // Before anything is allocated: the directory must be there.
  if (bytes.length < HEADER_BYTES + blocks * entry) return E.left('size');
  const segment = {
    bytes,
    count,
    high: new Float64Array(blocks),
    low: new Float64Array(blocks),
    starts: new Uint32Array(blocks + 1),
  };
  segment.starts[0] = HEADER_BYTES + blocks * entry;
  const spare = (1 << (8 * width - shape.t)) - 1;
  for (let block = 0; block < blocks; block++) {
    const at = HEADER_BYTES + block * entry;
    if ((bytes[at + width - 1]! & spare) !== 0) return E.left('code');
    const first = tagAt(bytes.subarray(at, at + width), 0, shape);
    segment.high[block] = first.high;
    segment.low[block] = first.low;
    segment.starts[block + 1] = segment.starts[block]! + bytes[at + width]! * 256 + bytes[at + width + 1]!;
  }
  if (segment.starts[blocks] !== bytes.length) return E.left('size');
  return checkBlocks(segment, shape, after);
};

const checkBlocks = (segment: Segment, shape: TagShape, after: SplitTag | undefined): ReturnType<typeof readSegment> => {
  const reader = new GapReader(shape);
  let last = after;
  for (let block = 0; block < segment.high.length; block++) {
    openBlock(reader, segment, block);
    if (last !== undefined && compareTags(reader, last) <= 0) return E.left('order');
    if (!reader.advance(blockCount(segment, block) - 1) || !reader.atEnd()) return E.left('code');
    last = { high: reader.high, low: reader.low };
  }
  return last === undefined ? E.left('header') : E.right({ segment, last });
};
