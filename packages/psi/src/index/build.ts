import { csprng, type Rng, type Watch } from '@vouchsafe/core';
import { OUTPUT_BYTES } from '@vouchsafe/oprf';
import { createIndexEncoder } from './encode.ts';
import { MAX_TAGS, paddedSize, tagBits, tagBytes, tagShape } from './layout.ts';
import type { IndexManifest, IndexSegment, IndexSubject } from './manifest.ts';
import { createDummies } from './padding.ts';
import { sortDistinct, tagsOf } from './tags.ts';

/** What a holder publishes: the manifest, and the files that it names, in its order. */
export interface BuiltIndex {
  readonly manifest: IndexManifest;
  readonly segments: readonly Uint8Array[];
}

/**
 * Builds an index of tags that come in their order, however many, and pads them with random dummies. Memory holds one segment, a page and the dummies. Progress counts tags
 * (task `index`).
 * @param pages own tags, ascending over all pages, k × ⌈t/8⌉ bytes each; read again when a dummy was one of them by chance
 * @param rows own tags in all pages
 * @param n what they are padded to: a multiple of `padTo`, at least `rows`
 * @param begin called before the first segment: what was put before does not count
 * @param put takes each file over, in the manifest's order
 * @throws RangeError when sizes do not fit each other, or the tags are not uniform or in order
 */
export const buildIndexInOrder = async (
  {
    pages,
    rows,
    begin,
    ...form
  }: {
    readonly pages: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
    readonly rows: number;
    readonly n: number;
    readonly t: number;
    readonly padTo: number;
    readonly about: IndexSubject;
    readonly begin: () => Promise<void>;
    readonly put: (segment: Uint8Array, listed: IndexSegment) => Promise<void>;
    readonly watch?: Watch | undefined;
  },
  rng: Rng = csprng,
): Promise<IndexManifest> => {
  const dummies = createDummies(form.t, rng, form.watch);
  for (let missing = form.n - rows; ; ) {
    await dummies.draw(missing);
    await begin();
    const encoder = createIndexEncoder(form);
    const padding = dummies.padding();
    for await (const page of pages()) {
      await encoder.add(padding.mixInto(page));
      form.watch?.signal?.throwIfAborted();
    }
    await encoder.add(padding.rest());
    if (encoder.count === form.n) return encoder.finish();
    missing = form.n - encoder.count;
  }
};

/**
 * Builds the tag index of a holder's own subjects in memory: pads with random dummies, sorts, encodes. The same tags and the same randomness give the same bytes, in
 * whatever order the tags come.
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
  // Before any work: it checks t.
  tagShape(n, t);
  const sorted = await sortDistinct(tags, width, watch);
  const segments: Uint8Array[] = [];
  const manifest = await buildIndexInOrder(
    {
      pages: () => [sorted],
      rows: sorted.length / width,
      begin: async () => void segments.splice(0),
      put: async (segment) => void segments.push(segment),
      ...{ n, t, padTo, about, watch },
    },
    rng,
  );
  return { manifest, segments };
};

/**
 * {@link buildIndexOfTags} from VOPRF outputs, with tags of ⌈log2 n⌉ + 40 bits.
 * @param outputs `VoprfServer.evaluate` of all subjects, n × 64 bytes
 */
export const buildIndex = async (
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
