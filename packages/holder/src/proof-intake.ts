import { createSerially, E, type Either } from '@vouchsafe/core';
import { type BadElement, type BadScalar, ELEMENT_BYTES, type Elements, type Group } from '@vouchsafe/group';
import {
  type BadProofChunk,
  type BadShuffle,
  chunksBefore,
  type HolderKeys,
  placeOfChunk,
  proofChunks,
  receiveProof,
  rowBytes,
  type ShuffleStatement,
  sumsOfOwnRows,
  verificationSteps,
  verifyShuffle,
} from '@vouchsafe/join';
import { type OutOfTurn, outOfTurn } from './out-of-turn.ts';
import type { TableStore } from './store/index.ts';

/** One request verifies for about this long, in milliseconds: none is left without an answer for minutes. */
const TURN_MS = 1000;

/** How far a verification is. */
export interface Verified {
  readonly done: number;
  readonly total: number;
}

/** The shuffle proof of one table: taken in chunk by chunk, then verified. */
export interface ProofIntake {
  /** Chunks that are in. */
  readonly proven: number;
  /** Was the whole proof verified, in this process? */
  readonly verified: boolean;
  /** Takes a chunk; one that is in already is passed over. @returns chunks that are in */
  take(chunk: number, bytes: Uint8Array): Promise<Either<OutOfTurn | BadElement | BadScalar | BadProofChunk, number>>;
  /** Goes on verifying for about a second. */
  verify(): Promise<Either<OutOfTurn | BadShuffle, Verified>>;
}

/** @param proven chunks that are in from before */
export const createProofIntake = (
  {
    statement,
    keys,
    store,
    proven: before,
  }: {
    readonly statement: ShuffleStatement;
    readonly keys: HolderKeys;
    readonly store: TableStore;
    readonly proven: number;
  },
  group: Group,
): ProofIntake => {
  const { jointKeys, rows } = statement;
  const slots = jointKeys.length / ELEMENT_BYTES;
  const serially = createSerially();
  const total = verificationSteps(rows);
  let proven = before;
  let verified = false;
  let steps: ReturnType<typeof verifyShuffle> | undefined;

  const take: ProofIntake['take'] = async (chunk, bytes) => {
    if (chunk < proven) return E.right(proven);
    const place = placeOfChunk(chunk, rows);
    if (chunk > proven || !place)
      return E.left(outOfTurn(`${proven} of ${proofChunks(rows)} chunks of the proof are in: go on from there`));
    const received = await receiveProof({ place, chunk: bytes, rows, slots }, group);
    if (E.isLeft(received)) return received;
    await store.prove(chunk, received.right);
    proven = chunk + 1;
    return E.right(proven);
  };

  /** Stream 2 as it lies in the store, read in its order. */
  const outputs = (): ((from: number, count: number) => Promise<Elements>) => {
    let last: Uint8Array | undefined;
    return async (from, count) => {
      if (from === 0) last = undefined;
      const read = await store.acceptedRows(last, count);
      const width = rowBytes(slots);
      if (read.length !== count * width) throw new RangeError('rows of stream 2 are missing in the store');
      last = read.slice(read.length - width, read.length - width + ELEMENT_BYTES);
      return read;
    };
  };

  const begin = (): ReturnType<typeof verifyShuffle> =>
    verifyShuffle(
      {
        statement,
        evidence: {
          outputs: outputs(),
          proof: (part, from) => store.proofChunk(chunksBefore({ part, from }, rows)),
          inputs: sumsOfOwnRows({ keys, jointKeys, plain: (from, count) => store.plainRows(from, count) }, group),
        },
      },
      group,
    );

  const verify: ProofIntake['verify'] = async () => {
    if (proven < proofChunks(rows)) return E.left(outOfTurn(`the proof is not complete: ${proven} chunks are in`));
    if (verified) return E.right({ done: total, total });
    const own = steps ?? begin();
    steps = own;
    const start = performance.now();
    let done = 0;
    try {
      while (done === 0 || performance.now() - start < TURN_MS) {
        const step = await own.next();
        if (step.done) {
          steps = undefined;
          if (E.isLeft(step.value)) return step.value;
          verified = true;
          return E.right({ done: total, total });
        }
        done = step.value;
      }
    } catch (error) {
      // A store that could not be read: the next request begins again.
      steps = undefined;
      throw error;
    }
    // The last step is the verdict.
    return E.right({ done: Math.min(done, total - 1), total });
  };

  return {
    get proven() {
      return proven;
    },
    get verified() {
      return verified;
    },
    take: (chunk, bytes) => serially(() => take(chunk, bytes)),
    verify: () => serially(verify),
  };
};
