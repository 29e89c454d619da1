import { MAX_BODY_BYTES } from '@vouchsafe/protocol';

/** Rows of the first chunk: a second or so even where the reference backend computes. */
const FIRST_ROWS = 64;
/** Rows at most: what a holder makes at once. */
const MOST_ROWS = 1024;
/** Elements at most: some hundred kilobytes, a quarter of a second for one thread of a compiled backend. */
const MOST_ELEMENTS = 16_384;
const ELEMENT_BYTES = 32;
/** What the envelope may take of a body. */
const ENVELOPE_BYTES = 4096;
/** A chunk that took less long is followed by one twice as long; one that took longer by one half as long. In milliseconds. */
const QUICK = 2000;
const SLOW = 10_000;

/** How many rows to ask for, or to send, at a time. Long chunks keep all threads of both sides at work; but both must answer well before a request times out. */
export interface ChunkSize {
  readonly rows: () => number;
  /** A chunk's whole way took so many milliseconds. */
  readonly took: (ms: number) => void;
}

/** Begins small. @param rowBytes bytes a row */
export const createChunkSize = (rowBytes: number): ChunkSize => {
  const most = Math.max(
    1,
    Math.min(
      MOST_ROWS,
      Math.floor((MOST_ELEMENTS * ELEMENT_BYTES) / rowBytes),
      Math.floor((MAX_BODY_BYTES - ENVELOPE_BYTES) / rowBytes),
    ),
  );
  let rows = Math.min(FIRST_ROWS, most);
  return {
    rows: () => rows,
    took: (ms) => {
      if (ms < QUICK) rows = Math.min(most, 2 * rows);
      else if (ms > SLOW) rows = Math.max(1, rows >> 1);
    },
  };
};
