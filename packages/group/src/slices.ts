import { setImmediate } from 'node:timers/promises';
import type { Watch } from '@vouchsafe/core';

/** A slice is sized to take about this long, so that the event loop gets its turn well within 50 ms. */
const SLICE_MS = 15;
/** Rows a slice has at most. */
const MOST_ROWS = 4096;
/** And at least: two lanes share the work, so that all slices but the last are even. */
const LEAST_ROWS = 2;

/** How fast one kind of work went last time: the next first slice is sized by it. */
export interface Pace {
  rowsPerSlice?: number;
}

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
  pace = {},
}: {
  readonly rows: number;
  readonly rowBytes: number;
  /** Elements a row: the very first slice has four, as nothing is known yet. */
  readonly width?: number;
  readonly work: (from: number, to: number) => Uint8Array;
  readonly watch?: Watch | undefined;
  /** What is known from before; it is kept up to date. */
  readonly pace?: Pace;
}): Promise<Uint8Array> => {
  watch?.signal?.throwIfAborted();
  const out = new Uint8Array(rows * rowBytes);
  let size = pace.rowsPerSlice ?? Math.max(LEAST_ROWS, Math.floor(4 / width));
  for (let from = 0; from < rows; ) {
    const to = Math.min(rows, from + size);
    const start = performance.now();
    out.set(work(from, to), from * rowBytes);
    const took = performance.now() - start;
    // A short last slice says little about long ones, which have less to do a row.
    const measured = Math.floor((to - from) * Math.min(4, SLICE_MS / Math.max(took, 0.01)));
    if (to - from === size || measured < size) size = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, measured - (measured % 2)));
    from = to;
    watch?.onProgress?.({ task: 'group', done: to, total: rows });
    if (from < rows) await setImmediate();
    watch?.signal?.throwIfAborted();
  }
  pace.rowsPerSlice = size;
  return out;
};
