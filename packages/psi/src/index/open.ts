import { E, type Either, equalBytes, type Watch } from '@vouchsafe/core';
import { type BadIndex, badManifest, badSegment } from './errors.ts';
import { compareTags, GapReader, type SplitTag, tagAt } from './gaps.ts';
import { sha256 } from './hash.ts';
import { type TagShape, tagBytes, tagShape } from './layout.ts';
import { checkManifest, type IndexManifest } from './manifest.ts';
import { blockCount, openBlock, readSegment, type Segment } from './segment.ts';
import { giveTurn } from './turn.ts';

/** A bureau's verified copy of a holder's tag index. It takes about as much memory as its files. */
export interface TagIndex {
  readonly manifest: IndexManifest;
  /**
   * Which of these tags are in the index? A few microseconds a tag, without giving the event loop a turn: ask in batches, as the VOPRF does. A 1 is wrong
   * with probability at most 2^-40 for a subject that the holder does not know; a 0 is never wrong.
   * @param tags n × ⌈t/8⌉ bytes, from {@link tagsOf} with `manifest.t`
   * @returns n flags, 1 or 0
   */
  lookup(tags: Uint8Array): Uint8Array;
}

/**
 * Opens an index: checks the manifest's figures, then each segment's size, hash, header and every single code, in this order. A holder that is hostile can
 * leave subjects out or put random tags in, which nobody can see; it cannot make a look-up fail, loop or read what is not there.
 * Progress counts tags (task `open index`).
 * @param manifest decoded and authentic
 * @param segments the files, in the manifest's order; they are kept, not copied, so leave them unchanged
 */
export const openIndex = async (
  manifest: IndexManifest,
  segments: readonly Uint8Array[],
  watch?: Watch,
): Promise<Either<BadIndex, TagIndex>> => {
  const checked = checkManifest(manifest);
  if (E.isLeft(checked)) return checked;
  if (segments.length !== manifest.segments.length)
    return E.left(badManifest(`expected ${manifest.segments.length} segments, as the manifest lists them`));
  const shape = tagShape(manifest.n, manifest.t);
  const opened: Segment[] = [];
  let last: SplitTag | undefined;
  let done = 0;
  for (const [i, { sha256: hash, size, count }] of manifest.segments.entries()) {
    const bytes = segments[i]!;
    if (bytes.length !== size) return E.left(badSegment(i, 'size'));
    if (!equalBytes(sha256(bytes), hash)) return E.left(badSegment(i, 'hash'));
    await giveTurn(watch);
    const read = readSegment(bytes, { shape, count, after: last });
    if (E.isLeft(read)) return E.left(badSegment(i, read.left));
    opened.push(read.right.segment);
    last = read.right.last;
    done += count;
    watch?.onProgress?.({ task: 'open index', done, total: manifest.n });
    await giveTurn(watch);
  }
  return E.right({ manifest, lookup: lookupIn(opened, shape) });
};

/** The last of `count` places whose tag is not above the wanted one, or -1. */
const lastNotAbove = (count: number, isAbove: (place: number) => boolean): number => {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAbove(middle)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
};

const lookupIn = (segments: readonly Segment[], shape: TagShape): TagIndex['lookup'] => {
  const reader = new GapReader(shape);
  const isAbove = ({ high, low }: Segment, block: number, tag: SplitTag): boolean =>
    high[block]! > tag.high || (high[block]! === tag.high && low[block]! > tag.low);

  const has = (tag: SplitTag): boolean => {
    const segment = segments[lastNotAbove(segments.length, (i) => isAbove(segments[i]!, 0, tag))];
    if (segment === undefined) return false;
    const block = lastNotAbove(segment.high.length, (i) => isAbove(segment, i, tag));
    openBlock(reader, segment, block);
    return reader.seek(tag, blockCount(segment, block) - 1) && compareTags(reader, tag) === 0;
  };

  return (tags) => {
    const width = tagBytes(shape.t);
    if (tags.length % width !== 0) throw new RangeError(`expected whole tags of ${width} bytes`);
    const flags = new Uint8Array(tags.length / width);
    for (let i = 0; i < flags.length; i++) flags[i] = has(tagAt(tags, i, shape)) ? 1 : 0;
    return flags;
  };
};
