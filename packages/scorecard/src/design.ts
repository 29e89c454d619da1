import { ROWS_A_STEP, type Steps } from './turns.ts';

/** A characteristic as the regression sees it: each row's bin, each bin's weight of evidence. One byte a row. */
export interface WoeColumn {
  readonly name: string;
  readonly bins: Uint8Array;
  /** Indexed by bin; 256 entries, so that no position falls outside. */
  readonly woe: Float64Array;
}

/** @param woe one a bin @returns a column of the design */
export const woeColumn = (name: string, bins: Uint8Array, woe: readonly number[]): WoeColumn => {
  const table = new Float64Array(256);
  table.set(woe);
  return { name, bins, woe: table };
};

/** Rows that are gathered at a time: small enough that all columns of a block stay in the processor's cache. */
export const BLOCK = 2048;

/**
 * The scalar product of BLOCK numbers from two places. Four sums at a time: one alone would wait for each addition before it begins the next.
 */
export const dot = (a: Float64Array, aAt: number, b: Float64Array, bAt: number): number => {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < BLOCK; i += 4) {
    s0 += a[aAt + i]! * b[bAt + i]!;
    s1 += a[aAt + i + 1]! * b[bAt + i + 1]!;
    s2 += a[aAt + i + 2]! * b[bAt + i + 2]!;
    s3 += a[aAt + i + 3]! * b[bAt + i + 3]!;
  }
  return s0 + s1 + (s2 + s3);
};

/** Writes the weights of evidence of rows [from, from + count) into `out`, column after column, {@link BLOCK} apart; zeros behind the last row. */
export const gather = (columns: readonly WoeColumn[], from: number, count: number, out: Float64Array): void => {
  for (let j = 0; j < columns.length; j++) {
    const { bins, woe } = columns[j]!;
    const at = j * BLOCK;
    for (let i = 0; i < count; i++) out[at + i] = woe[bins[from + i]!]!;
    out.fill(0, at + count, at + BLOCK);
  }
};

/** Pearson's correlation of every pair of columns, size × size, row by row; a constant column has correlation 0 with the others. */
export function* correlationSteps(columns: readonly WoeColumn[]): Steps<Float64Array> {
  const size = columns.length;
  const rows = columns[0]?.bins.length ?? 0;
  const block = new Float64Array(size * BLOCK);
  const sums = new Float64Array(size);
  const products = new Float64Array(size * size);
  for (let from = 0; from < rows; from += BLOCK) {
    const count = Math.min(BLOCK, rows - from);
    gather(columns, from, count, block);
    for (let j = 0; j < size; j++) {
      for (let i = 0; i < count; i++) sums[j]! += block[j * BLOCK + i]!;
      for (let k = 0; k <= j; k++) {
        products[j * size + k]! += dot(block, j * BLOCK, block, k * BLOCK);
      }
    }
    if (from % ROWS_A_STEP === 0) yield { done: from, total: rows };
  }
  const variance = (j: number): number => products[j * size + j]! - (sums[j]! * sums[j]!) / rows;
  const out = new Float64Array(size * size);
  for (let j = 0; j < size; j++)
    for (let k = 0; k <= j; k++) {
      const covariance = products[j * size + k]! - (sums[j]! * sums[k]!) / rows;
      const scale = Math.sqrt(variance(j) * variance(k));
      out[j * size + k] = j === k ? 1 : scale > 0 ? covariance / scale : 0;
      out[k * size + j] = out[j * size + k]!;
    }
  return out;
}
