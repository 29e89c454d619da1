import { E, type Either, type Watch } from '@vouchsafe/core';
import { type BadElement, ELEMENT_BYTES, type Elements, type Group } from '@vouchsafe/group';
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
 * Takes the next chunk of either setup stream from outside: whole rows, no more than announced, keys strictly ascending over the whole stream (so they are distinct), every element a valid
 * one other than the identity. Nothing is computed from a chunk that fails.
 * @param chunk k × (V+2) × 32 bytes
 */
export const receiveRows = async (
  {
    place,
    chunk,
    slots,
    watch,
  }: {
    readonly place: StreamPlace;
    readonly chunk: Uint8Array;
    readonly slots: number;
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Either<BadElement | BadRows, ReceivedRows>> => {
  const { rows, taken } = place;
  const width = rowBytes(slots);
  const count = chunk.length / width;
  if (!Number.isInteger(count) || count === 0) return E.left(badRows(taken, `expected whole rows of ${width} bytes`));
  if (taken + count > rows) return E.left(badRows(rows, `more rows than the ${rows} announced`));
  let { last } = place;
  for (let i = 0; i < count; i++) {
    const key = chunk.subarray(i * width, i * width + ELEMENT_BYTES);
    if (!ascends(last, key)) return E.left(badRows(taken + i, 'its key is not above the one before it'));
    last = key;
  }
  const received = await group.receive(chunk, watch);
  if (E.isLeft(received)) {
    const row = taken + Math.floor(received.left.index / (slots + 2));
    return E.left({ ...received.left, message: `row ${row} of the stream: ${received.left.message}` });
  }
  return E.right({ place: { rows, taken: taken + count, last: last!.slice() }, rows: received.right });
};

/** Did exactly the announced rows come? */
export const checkComplete = ({ rows, taken }: StreamPlace): Either<BadRows, void> =>
  taken === rows ? E.right(undefined) : E.left(badRows(taken, `the stream ended before the ${rows} rows announced`));
