import { setImmediate } from 'node:timers/promises';
import type { Watch } from '@vouchsafe/core';

/** A slice is sized to take about this long, so that the event loop gets its turn well within 50 ms. */
const SLICE_MS = 15;
const MAX_SLICE = 4096;

/**
 * Runs `work` over [0, rows) in slices on this thread; gives the event loop a turn between two slices, tells progress, and stops when asked.
 * @param work computes rows [from, to)
 */
export const inSlices = async (rows: number, work: (from: number, to: number) => void, watch?: Watch): Promise<void> => {
  watch?.signal?.throwIfAborted();
  let size = 4;
  for (let from = 0; from < rows; ) {
    const to = Math.min(rows, from + size);
    const start = performance.now();
    work(from, to);
    const took = performance.now() - start;
    size = Math.max(1, Math.min(MAX_SLICE, Math.floor((to - from) * Math.min(4, SLICE_MS / Math.max(took, 0.01)))));
    from = to;
    watch?.onProgress?.({ task: 'group', done: to, total: rows });
    if (from < rows) await setImmediate();
    watch?.signal?.throwIfAborted();
  }
};
