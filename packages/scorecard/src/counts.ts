import { NO_BIN } from './binning.ts';
import type { Outcome } from './data.ts';
import { atOnce, ROWS_A_STEP, type Steps } from './turns.ts';

/** How many goods and bads each bin has. */
export interface BinCounts {
  readonly good: readonly number[];
  readonly bad: readonly number[];
}

/**
 * Counts goods and bads per bin.
 * @param bins n positions, as `assignBins` gives them; rows with `NO_BIN` are left out
 * @param size how many bins there are
 */
export const countBins = (bins: Uint8Array, bad: Outcome, size: number): BinCounts => atOnce(countSteps(bins, bad, size));

export function* countSteps(bins: Uint8Array, bad: Outcome, size: number): Steps<BinCounts> {
  // Goods at 2·bin, bads at 2·bin + 1.
  const counts = new Float64Array(2 * (NO_BIN + 1));
  for (let from = 0; from < bins.length; from += 4 * ROWS_A_STEP) {
    const to = Math.min(bins.length, from + 4 * ROWS_A_STEP);
    for (let i = from; i < to; i++) counts[2 * bins[i]! + bad[i]!]! += 1;
    yield { done: to, total: bins.length };
  }
  return {
    good: Array.from({ length: size }, (_, bin) => counts[2 * bin]!),
    bad: Array.from({ length: size }, (_, bin) => counts[2 * bin + 1]!),
  };
}
