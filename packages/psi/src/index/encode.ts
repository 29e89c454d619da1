import { compareBytes, createPace, type Watch } from '@vouchsafe/core';
import { sha256 } from './hash.ts';
import { MAX_TAGS, segmentCounts, tagBytes, tagShape } from './layout.ts';
import type { IndexManifest, IndexSegment, IndexSubject } from './manifest.ts';
import { createSegmentWriter, type SegmentWriter } from './segment.ts';

/** Encodes an index whose tags come in their order, however many: memory holds one segment. */
export interface IndexEncoder {
  /**
   * The next tags. One that is equal to the one before it is left out: the same subject twice, or a collision.
   * @param tags ascending, k × ⌈t/8⌉ bytes
   * @throws RangeError for a tag below the one before it, or more than n of them
   */
  add(tags: Uint8Array): Promise<void>;
  /** Different tags so far. */
  readonly count: number;
  /**
   * The manifest of the files that were put.
   * @throws RangeError while there are fewer than n different tags
   */
  finish(): IndexManifest;
}

/** Tags between two looks at the clock. */
const LOOK = 256;

/**
 * Begins an index. Progress counts tags (task `index`).
 * @param n tags, a multiple of `padTo`
 * @param put takes each file over, in the manifest's order, before the next one is begun
 * @throws RangeError when sizes do not fit each other
 */
export const createIndexEncoder = ({
  n,
  t,
  padTo,
  about,
  put,
  watch,
}: {
  readonly n: number;
  readonly t: number;
  readonly padTo: number;
  readonly about: IndexSubject;
  readonly put: (segment: Uint8Array, listed: IndexSegment) => Promise<void>;
  readonly watch?: Watch | undefined;
}): IndexEncoder => {
  if (!(Number.isInteger(padTo) && padTo >= 1 && n >= 1 && n <= MAX_TAGS && n % padTo === 0))
    throw new RangeError(`an index has a step of 1 or more, and at most ${MAX_TAGS} tags, a multiple of it`);
  const shape = tagShape(n, t);
  const width = tagBytes(t);
  const counts = segmentCounts(n);
  const listed: IndexSegment[] = [];
  const pace = createPace();
  let writer: SegmentWriter | undefined;
  let last: Uint8Array | undefined;
  let count = 0;

  const close = async (full: SegmentWriter): Promise<void> => {
    const segment = full.finish();
    const file = { sha256: sha256(segment), size: segment.length, count: counts[listed.length]! };
    writer = undefined;
    listed.push(file);
    await put(segment, file);
    watch?.onProgress?.({ task: 'index', done: count, total: n });
  };

  return {
    add: async (tags) => {
      if (tags.length % width !== 0) throw new RangeError(`expected whole tags of ${width} bytes`);
      for (let i = 0; i < tags.length / width; i++) {
        const tag = tags.subarray(i * width, (i + 1) * width);
        const order = last === undefined ? 1 : compareBytes(tag, last);
        if (order < 0) throw new RangeError('the tags of an index come in their order');
        last = tag;
        if (order === 0) continue;
        if (count === n) throw new RangeError(`more than ${n} tags`);
        writer ??= createSegmentWriter(shape, counts[listed.length]!);
        writer.put(tags, i);
        count++;
        if (writer.full()) await close(writer);
        if (i % LOOK === LOOK - 1 && pace.due()) {
          await pace.rest();
          watch?.signal?.throwIfAborted();
        }
      }
      // A copy: the caller may use its array again.
      last = last?.slice();
    },
    get count() {
      return count;
    },
    finish: () => {
      if (count !== n) throw new RangeError(`${count} of ${n} tags were added`);
      const { federation, holder, epoch, scheme, pkS } = about;
      return { version: 1, federation, holder, epoch, scheme, pkS: pkS.slice(), n, padTo, t, segments: listed };
    },
  };
};
