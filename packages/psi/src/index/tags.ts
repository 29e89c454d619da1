import { compareRows, type Watch } from '@vouchsafe/core';
import { OUTPUT_BYTES } from '@vouchsafe/oprf';
import { MAX_TAG_BITS, tagBytes } from './layout.ts';
import { giveTurn } from './turn.ts';

/** Zeroes what is behind the t bits of each tag, in place. */
export const maskTail = (tags: Uint8Array, t: number): Uint8Array => {
  const width = tagBytes(t);
  const mask = 0xff << (8 * width - t);
  for (let last = width - 1; last < tags.length; last += width) tags[last]! &= mask;
  return tags;
};

/**
 * tag(y): the first t bits of each VOPRF output.
 * @param outputs n × 64 bytes
 * @param t bits, at most 80; of an index: `manifest.t`
 * @returns n × ⌈t/8⌉ bytes: t bits, then zeros
 */
export const tagsOf = (outputs: Uint8Array, t: number): Uint8Array =>
  tagsOfPrefixes({ prefixes: outputs, width: OUTPUT_BYTES, t });

/** {@link tagsOf} when only the first bytes of the outputs were kept. @param prefixes n × width bytes, width ≥ ⌈t/8⌉ */
export const tagsOfPrefixes = ({
  prefixes,
  width,
  t,
}: {
  readonly prefixes: Uint8Array;
  readonly width: number;
  readonly t: number;
}): Uint8Array => {
  if (!(Number.isInteger(t) && t >= 1 && t <= MAX_TAG_BITS)) throw new RangeError(`a tag has 1 to ${MAX_TAG_BITS} bits`);
  const count = prefixes.length / width;
  const bytes = tagBytes(t);
  if (!Number.isInteger(count) || width < bytes) throw new RangeError(`expected whole outputs of ${width} bytes`);
  const tags = new Uint8Array(count * bytes);
  for (let i = 0; i < count; i++) tags.set(prefixes.subarray(i * width, i * width + bytes), i * bytes);
  return maskTail(tags, t);
};

/** Rows sorted at a time: some ten milliseconds. */
const BUCKET = 4096;

/**
 * Sorts tags and drops repeated ones: the same subject twice, or a collision, of probability below n/2^40.
 *
 * Tags are uniform, so their first bits cut them into buckets of about equal size, each sorted by itself.
 * @returns k × width bytes, ascending, all different
 */
export const sortDistinct = async (tags: Uint8Array, width: number, watch?: Watch): Promise<Uint8Array> => {
  const count = tags.length / width;
  const buckets = Math.max(1, Math.ceil(count / BUCKET));
  const bucketOf = (row: number): number => {
    const at = row * width;
    const first24 = (tags[at]! << 16) | (tags[at + 1]! << 8) | tags[at + 2]!;
    return Math.floor((first24 * buckets) / 2 ** 24);
  };
  const starts = new Uint32Array(buckets + 1);
  for (let row = 0; row < count; row++) starts[bucketOf(row) + 1]! += 1;
  for (let bucket = 0; bucket < buckets; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const order = new Uint32Array(count);
  const next = starts.slice();
  for (let row = 0; row < count; row++) order[next[bucketOf(row)]!++] = row;

  const out = new Uint8Array(tags.length);
  let length = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const rows = order.subarray(starts[bucket]!, starts[bucket + 1]!).sort((a, b) => compareRows(tags, width, a, b));
    for (const [i, row] of rows.entries()) {
      if (i > 0 && compareRows(tags, width, rows[i - 1]!, row) === 0) continue;
      out.set(tags.subarray(row * width, (row + 1) * width), length);
      length += width;
    }
    await giveTurn(watch);
  }
  return out.subarray(0, length);
};
