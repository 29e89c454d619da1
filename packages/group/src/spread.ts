import type { Watch } from '@vouchsafe/core';
import { WorkersFailed } from '@vouchsafe/kernels';
import type { BatchPool, BatchTask } from './backend.ts';

/** Elements a task has at most: long enough to outweigh its sending, short enough to stop soon. */
const TASK_ELEMENTS = 1024;
/** And at least. */
const LEAST_ELEMENTS = 256;
/** Tasks a thread gets at least, where the batch is long enough. */
const ROUNDS = 4;
/** Tasks a thread has waiting besides the one it works on. */
const WAITING = 1;

/** A batch cut into tasks of whole rows. */
export interface Batch {
  readonly rows: number;
  /** Elements a row, for sizing tasks. */
  readonly width: number;
  /** Rows a task at least, where a task has work of its own besides that of its rows. */
  readonly leastRows?: number;
  /** Task for rows [from, to). */
  readonly task: (from: number, to: number) => BatchTask;
}

/** Rows [from, to). */
export type RowRange = readonly [from: number, to: number];

/**
 * Rows a task: as many tasks for each thread, of equal length, so that none works alone at the end; an even number, since two lanes share the work. Where other batches keep all
 * threads busy, tasks are as long as they may be.
 */
const taskRows = ({ rows, width, leastRows = 0 }: Batch, { size: threads, pending }: BatchPool): number => {
  const elements = rows * width;
  const longest = Math.ceil(elements / TASK_ELEMENTS);
  const tasks = pending >= threads ? longest : threads * Math.max(ROUNDS, Math.ceil(longest / threads));
  const size = Math.max(leastRows, Math.ceil(LEAST_ELEMENTS / width), Math.ceil(rows / tasks));
  return 2 * Math.ceil(size / 2);
};

/**
 * Runs a batch on a pool: tasks in order, at most two a thread under way, so that a batch of any length holds little memory. Hands each result to `collect` with its first row.
 * When it is told to stop, it waits for what is under way and throws the signal's reason.
 * @returns the rows that are left to do, when the pool's threads failed; else nothing
 */
export const spread = async (
  batch: Batch,
  pool: BatchPool,
  collect: (from: number, result: Uint8Array) => void,
  watch?: Watch,
): Promise<readonly RowRange[]> => {
  watch?.signal?.throwIfAborted();
  const { rows, task } = batch;
  const size = taskRows(batch, pool);
  const left: RowRange[] = [];
  let next = 0;
  let done = 0;
  let over = false;
  const lane = async (): Promise<void> => {
    while (next < rows && !over && !watch?.signal?.aborted) {
      const from = next;
      const to = Math.min(rows, from + size);
      next = to;
      try {
        collect(from, await pool.run(task(from, to)));
      } catch (error) {
        over = true;
        if (!(error instanceof WorkersFailed)) throw error;
        left.push([from, to]);
        return;
      }
      done += to - from;
      watch?.onProgress?.({ task: 'group', done, total: rows });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: pool.size * (1 + WAITING) }, lane));
  watch?.signal?.throwIfAborted();
  for (const result of lanes) if (result.status === 'rejected') throw result.reason;
  if (left.length > 0 && next < rows) left.push([next, rows]);
  return left;
};
