import type { Watch } from '@vouchsafe/core';
import type { BatchPool, BatchTask } from './backend.ts';

/** Elements a task has at most: long enough to outweigh its sending, short enough to share out evenly and to stop soon. */
const TASK_ELEMENTS = 1024;
/** Tasks a thread has waiting besides the one it works on. */
const WAITING = 1;

/** A batch cut into tasks of whole rows. */
export interface Batch {
  readonly rows: number;
  /** Elements a row, for sizing tasks. */
  readonly width: number;
  /** Task for rows [from, to). */
  readonly task: (from: number, to: number) => BatchTask;
}

/**
 * Runs a batch on a pool: tasks in order, at most two a thread under way, so that a batch of any length holds little memory. Hands each result to `collect` with its first row.
 * When it is told to stop, it waits for what is under way and throws the signal's reason.
 */
export const spread = async (
  { rows, width, task }: Batch,
  pool: BatchPool,
  collect: (from: number, result: Uint8Array) => void,
  watch?: Watch,
): Promise<void> => {
  watch?.signal?.throwIfAborted();
  const share = Math.ceil((rows * width) / (4 * pool.size));
  const size = Math.max(2, 2 * Math.ceil(Math.min(TASK_ELEMENTS, Math.max(128, share)) / width / 2));
  let next = 0;
  let done = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < rows && !failed && !watch?.signal?.aborted) {
      const from = next;
      const to = Math.min(rows, from + size);
      next = to;
      try {
        collect(from, await pool.run(task(from, to)));
      } catch (error) {
        failed = true;
        throw error;
      }
      done += to - from;
      watch?.onProgress?.({ task: 'group', done, total: rows });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: pool.size * (1 + WAITING) }, lane));
  watch?.signal?.throwIfAborted();
  for (const result of lanes) if (result.status === 'rejected') throw result.reason;
};
