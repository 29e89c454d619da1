import { E, type Either } from '@vouchsafe/core';
import { type BadElement, ELEMENT_BYTES, type Elements, findIdentity } from '@vouchsafe/group';
import { ascends, type BadRows, badRows, rowBytes } from './rows.ts';

/** How far one of the two setup streams is. */
export interface StreamPlace {
  /** n: rows of the whole stream, as announced. */
  readonly rows: number;
  /** Rows that came so far. */
  readonly taken: number;
  /** The key of the last one, 32 bytes; none before the first. */
  readonly last?: Uint8Array | undefined;
}

/** The next chunk of a stream, checked. */
export interface ReceivedRows {
  readonly place: StreamPlace;
  /** k × (V+2) × 32 bytes. */
  readonly rows: Elements;
}

/**
 * Takes the next chunk of stream 2 from outside: whole rows, no more than announced, keys strictly ascending over the whole stream (so they are distinct), no element the identity. The other elements are
 * decoded where they are first computed with, by {@link verifyShuffle}, whose verdict the table waits for: nothing else reads rows before.
 * @param chunk k × (V+2) × 32 bytes
 */
export const acceptRows = ({
  place,
  chunk,
  slots,
}: {
  readonly place: StreamPlace;
  readonly chunk: Uint8Array;
  readonly slots: number;
}): Either<BadRows, ReceivedRows> => {
  const next = advance({ place, chunk, slots });
  if (E.isLeft(next)) return next;
  const rows = new Uint8Array(chunk) as Elements;
  const identity = findIdentity(rows);
  if (identity === -1) return E.right({ place: next.right, rows });
  return E.left(badRows(place.taken + Math.floor(identity / (slots + 2)), 'one of its elements is the identity'));
};

/**
 * The place after a chunk whose rows have the right form and order; says nothing of its elements.
 * @param chunk k × (V+2) × 32 bytes
 */
export const advance = ({
  place: { rows, taken, last: before },
  chunk,
  slots,
}: {
  readonly place: StreamPlace;
  readonly chunk: Uint8Array;
  readonly slots: number;
}): Either<BadRows, StreamPlace> => {
  const width = rowBytes(slots);
  const count = chunk.length / width;
  if (!Number.isInteger(count) || count === 0) return E.left(badRows(taken, `expected whole rows of ${width} bytes`));
  if (taken + count > rows) return E.left(badRows(rows, `more rows than the ${rows} announced`));
  let last = before;
  for (let i = 0; i < count; i++) {
    const key = chunk.subarray(i * width, i * width + ELEMENT_BYTES);
    if (!ascends(last, key)) return E.left(badRows(taken + i, 'its key is not above the one before it'));
    last = key;
  }
  return E.right({ rows, taken: taken + count, last: last!.slice() });
};

/** The same error with the row that it is in. */
export const inRow = (error: BadElement, { taken }: StreamPlace, slots: number): BadElement => ({
  ...error,
  message: `row ${taken + Math.floor(error.index / (slots + 2))} of the stream: ${error.message}`,
});

/** Did exactly the announced rows come? */
export const checkComplete = ({ rows, taken }: StreamPlace): Either<BadRows, void> =>
  taken === rows ? E.right(undefined) : E.left(badRows(taken, `the stream ended before the ${rows} rows announced`));
