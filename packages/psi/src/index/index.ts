export { type BuiltIndex, buildIndex, buildIndexInOrder, buildIndexOfTags } from './build.ts';
export { type BadIndex, badSegment, type IndexFault } from './errors.ts';
export { FALSE_POSITIVE_BITS, MAX_SEGMENT_BYTES, MAX_TAG_BITS, MAX_TAGS, paddedSize, tagBits, tagBytes } from './layout.ts';
export { checkManifest, IndexManifest, type IndexSegment, type IndexSubject } from './manifest.ts';
export { openIndex, type TagIndex } from './open.ts';
export { tagsOf, tagsOfPrefixes } from './tags.ts';
