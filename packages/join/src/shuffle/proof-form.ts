import { E, type Either } from '@vouchsafe/core';
import {
  type BadElement,
  type BadScalar,
  ELEMENT_BYTES,
  type Elements,
  type Group,
  receiveScalars,
  SCALAR_BYTES,
  type Scalars,
} from '@vouchsafe/group';
import { SHUFFLE_CHUNK } from './statement.ts';

/**
 * A proof comes in four parts, in this order; the first, second and last have one entry a row:
 * - `commitments`: c_j, in the order of stream 1;
 * - `chain`: ĉ_i and t̂_i, in the order of stream 2;
 * - `head`: t1, t2, t3, t_Q, t_C, t_D1 … t_DV, t_K, then s1 … s5;
 * - `responses`: ŝ_i and s'_i, in the order of stream 2.
 */
export const SHUFFLE_PARTS = ['commitments', 'chain', 'head', 'responses'] as const;
/** A part of a proof, in the order in which they travel ({@link SHUFFLE_PARTS}). */
export type ShufflePart = (typeof SHUFFLE_PARTS)[number];

/** Single responses s1 … s5. */
export const HEAD_SCALARS = 5;
export const headElements = (slots: number): number => slots + 6;

/** Bytes of an entry of a part: 160 a row in all. @param slots V */
export const entryBytes = (part: ShufflePart, slots: number): number => {
  if (part === 'head') return headElements(slots) * ELEMENT_BYTES + HEAD_SCALARS * SCALAR_BYTES;
  return part === 'commitments' ? ELEMENT_BYTES : 2 * ELEMENT_BYTES;
};

/** Entries of a part. @param rows n */
export const entriesOf = (part: ShufflePart, rows: number): number => (part === 'head' ? 1 : rows);

/** Where in a proof a chunk stands. */
export interface ProofPlace {
  readonly part: ShufflePart;
  /** Its first entry. */
  readonly from: number;
}

/** The place after a chunk, or nothing after the last one. */
export const nextPlace = ({ part, from }: ProofPlace, rows: number): ProofPlace | undefined => {
  const next = from + SHUFFLE_CHUNK;
  if (next < entriesOf(part, rows)) return { part, from: next };
  const following = SHUFFLE_PARTS[SHUFFLE_PARTS.indexOf(part) + 1];
  return following && { part: following, from: 0 };
};

/** Where a proof begins. */
export const FIRST_PLACE: ProofPlace = { part: 'commitments', from: 0 };

/** Chunks of a whole proof. */
export const proofChunks = (rows: number): number => 3 * Math.ceil(rows / SHUFFLE_CHUNK) + 1;

/** How many chunks stand before a place. */
export const chunksBefore = ({ part, from }: ProofPlace, rows: number): number => {
  const each = Math.ceil(rows / SHUFFLE_CHUNK);
  return { commitments: 0, chain: each, head: 2 * each, responses: 2 * each + 1 }[part] + from / SHUFFLE_CHUNK;
};

/** The place of chunk number `chunk` of a proof; nothing from {@link proofChunks} on. */
export const placeOfChunk = (chunk: number, rows: number): ProofPlace | undefined => {
  const each = Math.ceil(rows / SHUFFLE_CHUNK);
  if (!Number.isSafeInteger(chunk) || chunk < 0 || chunk >= proofChunks(rows)) return undefined;
  if (chunk === 2 * each) return { part: 'head', from: 0 };
  const part = chunk < each ? 'commitments' : chunk < 2 * each ? 'chain' : 'responses';
  const first = { commitments: 0, chain: each, responses: 2 * each + 1 }[part];
  return { part, from: (chunk - first) * SHUFFLE_CHUNK };
};

/** A chunk of a proof that does not have the size of its place. */
export interface BadProofChunk {
  readonly _tag: 'BadProofChunk';
  readonly message: string;
}

/** Takes a chunk of a proof from outside: exactly the entries of its place, every element and scalar a valid one. */
export const receiveProof = async (
  {
    place: { part, from },
    chunk,
    rows,
    slots,
  }: { readonly place: ProofPlace; readonly chunk: Uint8Array; readonly rows: number; readonly slots: number },
  group: Group,
): Promise<Either<BadElement | BadScalar | BadProofChunk, Uint8Array>> => {
  const count = Math.min(SHUFFLE_CHUNK, entriesOf(part, rows) - from);
  const expected = count * entryBytes(part, slots);
  if (chunk.length !== expected)
    return E.left({
      _tag: 'BadProofChunk',
      message: `expected ${expected} bytes of ${part} from entry ${from} on, got ${chunk.length}: send this chunk again`,
    });
  if (part === 'responses') return receiveScalars(chunk);
  const elements = part === 'head' ? headElements(slots) * ELEMENT_BYTES : chunk.length;
  const received = await group.receive(chunk.subarray(0, elements));
  if (E.isLeft(received)) return received;
  const scalars = receiveScalars(chunk.subarray(elements));
  return E.isLeft(scalars) ? scalars : E.right(chunk.slice());
};

/** A head, taken apart. */
export interface ProofHead {
  /** t1, t2, t3, t_Q, t_C, t_D1 … t_DV, t_K. */
  readonly commitments: Elements;
  /** s1 … s5. */
  readonly responses: Scalars;
}

export const readHead = (bytes: Uint8Array, slots: number): ProofHead => {
  const elements = headElements(slots) * ELEMENT_BYTES;
  return { commitments: bytes.subarray(0, elements) as Elements, responses: bytes.subarray(elements) as Scalars };
};

/** Takes entries of two values each apart. @param pairs k × 64 bytes */
export const unzip = <T extends Uint8Array>(pairs: Uint8Array): readonly [T, T] => {
  const count = pairs.length / (2 * ELEMENT_BYTES);
  const [first, second] = [new Uint8Array(count * ELEMENT_BYTES), new Uint8Array(count * ELEMENT_BYTES)];
  for (let i = 0; i < count; i++) {
    const at = 2 * i * ELEMENT_BYTES;
    first.set(pairs.subarray(at, at + ELEMENT_BYTES), i * ELEMENT_BYTES);
    second.set(pairs.subarray(at + ELEMENT_BYTES, at + 2 * ELEMENT_BYTES), i * ELEMENT_BYTES);
  }
  return [first as T, second as T];
};

/** The reverse of {@link unzip}. */
export const zip = <T extends Uint8Array>(first: T, second: T): T => {
  const out = new Uint8Array(first.length + second.length);
  for (let i = 0, at = 0; i < first.length; i += ELEMENT_BYTES, at += 2 * ELEMENT_BYTES) {
    out.set(first.subarray(i, i + ELEMENT_BYTES), at);
    out.set(second.subarray(i, i + ELEMENT_BYTES), at + ELEMENT_BYTES);
  }
  return out as T;
};
