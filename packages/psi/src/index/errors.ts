/** What is wrong with an index. */
export type IndexFault = 'manifest' | 'size' | 'hash' | 'header' | 'order' | 'code';

/**
 * The manifest contradicts itself, or a segment is not what it says or is no canonical encoding. Nothing of the index is used: fetch it again, and
 * if a segment with the right hash is bad, the holder has built it so.
 */
export interface BadIndex {
  readonly _tag: 'BadIndex';
  readonly message: string;
  readonly fault: IndexFault;
  /** Which segment, from 0; absent when it is the manifest. */
  readonly segment?: number;
}

const WHAT: Readonly<Record<Exclude<IndexFault, 'manifest'>, string>> = {
  size: 'has another size than the manifest says: fetch it again',
  hash: 'has another SHA-256 than the manifest says: fetch it again',
  header: 'has a header that does not fit the manifest',
  order: 'has tags out of order',
  code: 'has a block that is no canonical code',
};

export const badManifest = (message: string): BadIndex => ({ _tag: 'BadIndex', fault: 'manifest', message });

/** The error of one segment, from 0. */
export const badSegment = (segment: number, fault: Exclude<IndexFault, 'manifest'>): BadIndex => ({
  _tag: 'BadIndex',
  fault,
  segment,
  message: `segment ${segment} of the tag index ${WHAT[fault]}`,
});
