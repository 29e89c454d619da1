import { bytes, E, type Either, list, record, text, whole } from '@vouchsafe/core';
import * as t from 'io-ts';
import { type BadIndex, badManifest } from './errors.ts';
import {
  MAX_SEGMENT_BYTES,
  MAX_SEGMENT_TAGS,
  MAX_SEGMENTS,
  MAX_TAG_BITS,
  MAX_TAGS,
  MIN_FALSE_POSITIVE_BITS,
  riceBits,
  segmentCounts,
} from './layout.ts';

/** One file of an index. */
export interface IndexSegment {
  /** Of the whole file, 32 bytes; also its name. */
  readonly sha256: Uint8Array;
  /** In bytes. */
  readonly size: number;
  /** Tags in it. */
  readonly count: number;
}

/** Whose index it is. */
export interface IndexSubject {
  readonly federation: string;
  readonly holder: string;
  readonly epoch: number;
  readonly scheme: string;
  /** The VOPRF key that the tags were made with, 32 bytes. Clients pin it; it goes through `Group.receive` first. */
  readonly pkS: Uint8Array;
}

/** What a holder publishes about the tag index of one (scheme, epoch). Canonical CBOR where it is hashed or signed. */
export interface IndexManifest extends IndexSubject {
  readonly version: 1;
  /** Tags, dummies included: a multiple of `padTo`. */
  readonly n: number;
  /** The declared step to which n is padded. */
  readonly padTo: number;
  /** Bits of a tag. */
  readonly t: number;
  readonly segments: readonly IndexSegment[];
}

const Name: t.Type<string, unknown, unknown> = text('a name of at most 64 printable characters', /^[\x21-\x7e]{1,64}$/);

const IndexSegment: t.Type<IndexSegment, unknown, unknown> = record<IndexSegment>(
  'IndexSegment',
  { sha256: bytes(32), size: whole(1, MAX_SEGMENT_BYTES), count: whole(1, MAX_SEGMENT_TAGS) },
  {},
);

export const IndexManifest: t.Type<IndexManifest, unknown, unknown> = record<IndexManifest>(
  'IndexManifest',
  {
    version: t.literal(1) as t.Type<1, unknown, unknown>,
    federation: Name,
    holder: Name,
    epoch: whole(0, 2 ** 32 - 1),
    scheme: Name,
    pkS: bytes(32),
    n: whole(1, MAX_TAGS),
    padTo: whole(1, MAX_TAGS),
    t: whole(1, MAX_TAG_BITS),
    segments: list(IndexSegment, MAX_SEGMENTS),
  },
  {},
);

/** Do the figures of a manifest agree with each other? */
export const checkManifest = (manifest: IndexManifest): Either<BadIndex, IndexManifest> => {
  const { n, padTo, t: bits, segments } = manifest;
  if (n % padTo !== 0) return E.left(badManifest('the tag index is not padded to the step that its manifest declares'));
  if (riceBits(n, bits) < MIN_FALSE_POSITIVE_BITS || bits > MAX_TAG_BITS)
    return E.left(
      badManifest(
        `tags of ${bits} bits for ${n} subjects: they have ⌈log2 n⌉ + ${MIN_FALSE_POSITIVE_BITS} to ${MAX_TAG_BITS}, else one look-up in 2^${MIN_FALSE_POSITIVE_BITS} errs or more`,
      ),
    );
  const counts = segmentCounts(n);
  if (counts.length !== segments.length || !segments.every(({ count }, i) => count === counts[i]))
    return E.left(badManifest('the segments of the tag index do not add up to its size'));
  return E.right(manifest);
};
