import { E, type Either } from '@vouchsafe/core';
import type { InvalidInput } from '@vouchsafe/oprf';
import type { SubjectBatch } from './ingest/index.ts';

/**
 * Subjects evaluated, and stored, together: a few tenths of a second's work, which is what a kill can cost. The spill has 256 partitions, each a piece of its own that is encrypted: in
 * batches of the size that records are read in, the pieces would take longer than the curve.
 */
const BATCH = 16_384;

/** Batches at work at once: while one is on the worker threads, the other one is hashed and stored. */
const AT_ONCE = 2;

/** Subjects that become tags together. */
export interface IndexBatch extends Pick<SubjectBatch, 'ids' | 'rows'> {
  /** From 0. */
  readonly number: number;
}

/** Gathers subjects into larger batches, which depend on the order of the subjects only, and lets two of them be at work at once. */
export interface IndexBatches {
  /** Takes subjects over. @returns the fault of an earlier batch, when there is one */
  readonly add: (subjects: Pick<SubjectBatch, 'ids' | 'rows'>) => Promise<Either<InvalidInput, void>>;
  /** Starts the last batch and waits for all. */
  readonly end: () => Promise<Either<InvalidInput, void>>;
  /** Batches that were started. */
  readonly count: () => number;
}

/** @param work does one batch; when it rejects, so does the next call of `add` or `end` that waits for it */
export const createIndexBatches = (work: (batch: IndexBatch) => Promise<Either<InvalidInput, void>>): IndexBatches => {
  const running: Promise<Either<InvalidInput, void>>[] = Array.from({ length: AT_ONCE }, async () => E.right(undefined));
  let ids: SubjectBatch['ids'][number][] = [];
  let rows: number[] = [];
  let count = 0;

  const start = async (): Promise<Either<InvalidInput, void>> => {
    const batch = { number: count, ids, rows };
    [ids, rows] = [[], []];
    const place = count++ % AT_ONCE;
    const before = await running[place]!;
    if (E.isLeft(before)) return before;
    const own = work(batch);
    // Whoever waits for it next is told of its failure; until then it is no unhandled one.
    own.catch(() => undefined);
    running[place] = own;
    return before;
  };

  return {
    add: async (subjects) => {
      for (const [i, id] of subjects.ids.entries()) {
        ids.push(id);
        rows.push(subjects.rows[i]!);
        if (ids.length < BATCH) continue;
        const started = await start();
        if (E.isLeft(started)) return started;
      }
      return E.right(undefined);
    },
    end: async () => {
      if (ids.length > 0) {
        const started = await start();
        if (E.isLeft(started)) return started;
      }
      const all = await Promise.all(running);
      return all.find(E.isLeft) ?? E.right(undefined);
    },
    count: () => count,
  };
};
