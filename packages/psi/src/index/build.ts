import { sha256 } from '@noble/hashes/sha2.js';
import { csprng, type Rng, type Watch } from '@vouchsafe/core';
import { OUTPUT_BYTES } from '@vouchsafe/oprf';
import {
  MAX_TAG_BITS,
  MAX_TAGS,
  MIN_FALSE_POSITIVE_BITS,
  paddedSize,
  segmentCounts,
  tagBits,
  tagBytes,
  tagShape,
} from './layout.ts';
import type { IndexManifest, IndexSegment, IndexSubject } from './manifest.ts';
import { encodeSegment } from './segment.ts';
import { padAndSort, tagsOf } from './tags.ts';
import { giveTurn } from './turn.ts';

/** What a holder publishes: the manifest, and the files that it names, in its order. */
export interface BuiltIndex {
  readonly manifest: IndexManifest;
  readonly segments: readonly Uint8Array[];
}

/**
 * Builds the tag index of a holder's own subjects: pads with random dummies, sorts, encodes. The same tags and the same randomness give the same bytes, in
 * whatever order the tags come. Progress counts tags (task `index`).
 * @param tags of all subjects, n × ⌈t/8⌉ bytes, from {@link tagsOf}, with t from {@link tagBits} of the padded size or longer
 * @param padTo the declared step: n becomes the next multiple of it
 * @throws RangeError when sizes do not fit each other, or the tags are not uniform
 */
export const buildIndexOfTags = async (
  {
    tags,
    t,
    padTo,
    about,
    watch,
  }: {
    readonly tags: Uint8Array;
    readonly t: number;
    readonly padTo: number;
    readonly about: IndexSubject;
    readonly watch?: Watch | undefined;
  },
  rng: Rng = csprng,
): Promise<BuiltIndex> => {
  const width = tagBytes(t);
  const count = tags.length / width;
  const n = paddedSize(count, padTo);
  if (!(Number.isInteger(count) && Number.isInteger(padTo) && padTo >= 1 && n <= MAX_TAGS))
    throw new RangeError(`an index has whole tags, a step of 1 or more, and at most ${MAX_TAGS} tags`);
  if (t > MAX_TAG_BITS || t < tagBits(n, MIN_FALSE_POSITIVE_BITS))
    throw new RangeError(`${n} tags want ${tagBits(n, MIN_FALSE_POSITIVE_BITS)} to ${MAX_TAG_BITS} bits each`);
  const sorted = await padAndSort({ tags, n, t, watch }, rng);
  const shape = tagShape(n, t);
  const segments: Uint8Array[] = [];
  const listed: IndexSegment[] = [];
  let from = 0;
  for (const size of segmentCounts(n)) {
    const segment = encodeSegment(sorted.subarray(from * width, (from + size) * width), shape);
    segments.push(segment);
    await giveTurn(watch);
    listed.push({ sha256: sha256(segment), size: segment.length, count: size });
    from += size;
    watch?.onProgress?.({ task: 'index', done: from, total: n });
    await giveTurn(watch);
  }
  const { federation, holder, epoch, scheme, pkS } = about;
  const manifest = { version: 1, federation, holder, epoch, scheme, pkS: pkS.slice(), n, padTo, t, segments: listed } as const;
  return { manifest, segments };
};

/**
 * {@link buildIndexOfTags} from VOPRF outputs, with tags of ⌈log2 n⌉ + 40 bits.
 * @param outputs `VoprfServer.evaluate` of all subjects, n × 64 bytes
 */
export const buildIndex = (
  {
    outputs,
    ...rest
  }: {
    readonly outputs: Uint8Array;
    readonly padTo: number;
    readonly about: IndexSubject;
    readonly watch?: Watch | undefined;
  },
  rng: Rng = csprng,
): Promise<BuiltIndex> => {
  const t = tagBits(paddedSize(outputs.length / OUTPUT_BYTES, rest.padTo));
  return buildIndexOfTags({ ...rest, tags: tagsOf(outputs, t), t }, rng);
};
