import { concatBytes, E, type Either, type Rng, rowOf } from '@vouchsafe/core';
import { BitWriter } from './bits.ts';
import { GapReader, type SplitTag } from './gaps.ts';
import { type BuiltIndex, buildIndexOfTags, tagBits, tagBytes, tagsOf } from './index.ts';
import { LOW_BITS, paddedSize, type TagShape } from './layout.ts';
import type { IndexSubject } from './manifest.ts';
import { blockCount, createSegmentWriter, openBlock, type Segment } from './segment.ts';

export const ABOUT: IndexSubject = {
  federation: 'demo',
  holder: 'a',
  epoch: 7,
  scheme: 'cn-rid',
  pkS: new Uint8Array(32).fill(9),
};

export const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

/** n tags as uniform as a VOPRF's. */
export const randomTags = (n: number, t: number, rng: Rng): Uint8Array => tagsOf(rng(64 * n), t);

/** An index over n random tags. */
export const randomIndex = async (
  { n, padTo = 1, t = tagBits(paddedSize(n, padTo)) }: { readonly n: number; readonly padTo?: number; readonly t?: number },
  rng: Rng,
): Promise<BuiltIndex & { readonly tags: Uint8Array }> => {
  const tags = randomTags(n, t, rng);
  return { tags, ...(await buildIndexOfTags({ tags, t, padTo, about: ABOUT }, rng)) };
};

/** The packed form of split tags. */
export const packTags = (tags: readonly SplitTag[], { t }: TagShape): Uint8Array => {
  const writer = new BitWriter();
  for (const { high, low } of tags) {
    writer.put(high, t - LOW_BITS);
    writer.put(low, LOW_BITS);
    writer.align();
  }
  return writer.bytes().slice();
};

/** The one encoding of packed tags, ascending and all different, as one segment. */
export const encodeSegment = (tags: Uint8Array, shape: TagShape): Uint8Array => {
  const count = tags.length / tagBytes(shape.t);
  const writer = createSegmentWriter(shape, count);
  for (let i = 0; i < count; i++) writer.put(tags, i);
  return writer.finish();
};

/** All tags of a verified segment, in their order. */
export const tagsIn = (segment: Segment, shape: TagShape): Uint8Array => {
  const reader = new GapReader(shape);
  const blocks = Array.from({ length: segment.high.length }, (_, block) => {
    openBlock(reader, segment, block);
    const tags: SplitTag[] = [{ high: reader.high, low: reader.low }];
    for (let i = 1; i < blockCount(segment, block); i++) {
      reader.advance(1);
      tags.push({ high: reader.high, low: reader.low });
    }
    return packTags(tags, shape);
  });
  return concatBytes(...blocks);
};

/** Packed tags as numbers. */
export const asNumbers = (tags: Uint8Array, t: number): readonly bigint[] => {
  const width = tagBytes(t);
  return Array.from({ length: tags.length / width }, (_, i) => numberOf(rowOf(tags, width, i)) >> BigInt(8 * width - t));
};

/** Numbers as packed tags. */
export const asTags = (tags: readonly bigint[], t: number): Uint8Array => {
  const width = tagBytes(t);
  const digits = (tag: bigint): string => (tag << BigInt(8 * width - t)).toString(16).padStart(2 * width, '0');
  return new Uint8Array(Buffer.from(tags.map(digits).join(''), 'hex'));
};

/** What is written in a segment, read by the letter of the format: with big integers and a text of zeros and ones, without a check. */
export const readByTheLetter = (segment: Uint8Array): readonly bigint[] => {
  const [t, k] = [segment[4]!, segment[5]!];
  const count = Number(numberOf(segment.subarray(8, 12)));
  const width = Math.ceil(t / 8);
  const blocks = Math.ceil(count / 128);
  const tags: bigint[] = [];
  let at = 12 + blocks * (width + 2);
  for (let block = 0; block < blocks; block++) {
    const entry = segment.subarray(12 + block * (width + 2), 12 + (block + 1) * (width + 2));
    let tag = numberOf(entry.subarray(0, width)) >> BigInt(8 * width - t);
    tags.push(tag);
    const size = Number(numberOf(entry.subarray(width)));
    let bits = [...segment.subarray(at, at + size)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    for (let i = 1; i < Math.min(128, count - 128 * block); i++) {
      const zeros = bits.indexOf('1');
      tag += (BigInt(zeros) << BigInt(k)) + BigInt(`0b${bits.slice(zeros + 1, zeros + 1 + k)}`) + 1n;
      tags.push(tag);
      bits = bits.slice(zeros + 1 + k);
    }
    at += size;
  }
  return tags;
};

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
