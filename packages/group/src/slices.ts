import { setImmediate } from 'node:timers/promises';
import type { Watch } from '@vouchsafe/core';

/** A slice is sized to take about this long, so that the event loop gets its turn well within 50 ms. */
const SLICE_MS = 15;

/**
 * Runs `work` over [0, rows) in slices and lays the results behind each other; gives the event loop a turn between two slices, tells progress, and stops when asked.
 * @param work computes rows [from, to) and returns (to − from) × rowBytes bytes
 * @returns rows × rowBytes bytes
 */
export const inSlices = async ({
  rows,
  rowBytes,
  width = 1,
  work,
  watch,
}: {
  readonly rows: number;
  readonly rowBytes: number;
  /** Elements a row: the first slice has four, as nothing is known yet. */
  readonly width?: number;
  readonly work: (from: number, to: number) => Uint8Array;
  readonly watch?: Watch | undefined;
}): Promise<Uint8Array> => {
  watch?.signal?.throwIfAborted();
  const out = new Uint8Array(rows * rowBytes);
  let size = Math.max(1, Math.floor(4 / width));
  for (let from = 0; from < rows; ) {
    const to = Math.min(rows, from + size);
    const start = performance.now();
    out.set(work(from, to), from * rowBytes);
    const took = performance.now() - start;
    size = Math.max(1, Math.min(4096, Math.floor((to - from) * Math.min(4, SLICE_MS / Math.max(took, 0.01)))));
    from = to;
    watch?.onProgress?.({ task: 'group', done: to, total: rows });
    if (from < rows) await setImmediate();
    watch?.signal?.throwIfAborted();
  }
  return out;
};
