import { concatBytes, E, type Either, rowOf, type Watch } from '@vouchsafe/core';
import {
  type BadElement,
  ELEMENT_BYTES,
  type Elements,
  findIdentity,
  GENERATOR,
  type Group,
  type ScalarBytes,
  type Scalars,
} from '@vouchsafe/group';
import { pairTranscript } from './context.ts';
import type { BureauKeys } from './keys.ts';
import { type BadRows, joinRows, rowBytes, rowScalars, splitRows, USE_BLIND } from './rows.ts';
import { advance, inRow, type ReceivedRows, type StreamPlace } from './stream.ts';

/** Rows of stream 2, in the order in which those of stream 1 came. */
export interface BlindedRows extends ReceivedRows {
  /** s of each row, k × 32 bytes: secret; the shuffle proof needs them. */
  readonly randomness: Scalars;
}

/**
 * Setup step 2: takes the next chunk of stream 1 from outside and gives Q = kB·P, C' = 2(C + s·G), D'_j = 2(D_j + s·PK_j). They leave sorted by Q, in whose order the holder cannot tell
 * its customers, and not before all of stream 1 is in.
 *
 * The elements are checked where they are decoded, in the one pass that computes with them, since checking them first would decode each of them twice; the check is that of `receive`, and nothing
 * that was computed from a chunk with a bad element is given to anybody.
 * @param jointKeys PK_j, V × 32 bytes
 * @param chunk k × (V+2) × 32 bytes as they came
 * @returns the rows, k × (V+2) × 32 bytes, in the order in which they came, and their randomness
 */
export const blindRows = async (
  {
    keys,
    jointKeys,
    place,
    chunk,
    watch,
  }: {
    readonly keys: BureauKeys;
    readonly jointKeys: Elements;
    readonly place: StreamPlace;
    readonly chunk: Uint8Array;
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Either<BadElement | BadRows, BlindedRows>> => {
  const slots = jointKeys.length / ELEMENT_BYTES;
  const next = advance({ place, chunk, slots });
  if (E.isLeft(next)) return next;
  const rows = new Uint8Array(chunk) as Elements;
  let fault: RangeError | undefined;
  try {
    // The identity can be computed with; everything else that is no element cannot.
    if (findIdentity(rows) === -1)
      return E.right({ place: next.right, ...(await blinded({ keys, jointKeys, rows, watch }, group)) });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    fault = error;
  }
  // Which element it is: the check of its own finds it again.
  const received = await group.receive(rows, watch);
  if (E.isRight(received)) throw fault;
  return E.left(inRow(received.left, place, slots));
};

const blinded = async (
  {
    keys,
    jointKeys,
    rows,
    watch,
  }: {
    readonly keys: BureauKeys;
    readonly jointKeys: Elements;
    readonly rows: Elements;
    readonly watch: Watch | undefined;
  },
  group: Group,
): Promise<Pick<BlindedRows, 'rows' | 'randomness'>> => {
  const slots = jointKeys.length / ELEMENT_BYTES;
  const width = rowBytes(slots);
  const { keys: pseudonyms, rest } = splitRows(rows, slots);
  const use = concatBytes(USE_BLIND, pairTranscript(keys.context, jointKeys));
  const count = rows.length / width;
  const randomness = rowScalars({ seed: keys.seed, use, count, describe: (i) => rowOf(rows, width, i) }, group);
  const [own, rerandomised] = await Promise.all([
    group.multiply(pseudonyms, keys.joinScalar.reveal() as ScalarBytes, watch),
    group.doubleRerandomizeRows(rest, randomness, concatBytes(GENERATOR, jointKeys) as Elements, watch),
  ]);
  return { rows: joinRows(own, rerandomised), randomness };
};
