import { concatBytes, giveBack, type Pace } from '@vouchsafe/core';
import type { BulkKernel } from '@vouchsafe/kernels/bulk';
import { stream } from './aes.ts';
import { derive } from './derive.ts';
import { CHECK_ROWS } from './parameters.ts';

/** Octets of rows that are summed before the event loop may have its turn. */
const PIECE = 2048;
const OCTET = CHECK_ROWS;

/** Row 8g + b of the last 64 enters combination 8g + b and no other: it masks it. */
const maskCoefficients = (): Uint8Array => {
  const out = new Uint8Array((CHECK_ROWS / 8) * OCTET);
  for (let row = 0; row < CHECK_ROWS; row++) out[(row >> 3) * OCTET + row] = 1 << (row & 7);
  return out;
};

/** Bytes of a row: a store's value, or a compressed row of the correlation. */
export type RowBytes = 8 | 16;

/**
 * The 64 combinations Σ r_tj·row_j of all rows, R being uniform from sid and the sender's seed, but for the last 64 rows (see above).
 * @param tables addresses and widths of what is combined, all with the same rows
 * @returns for each the 64 sums
 */
export const combinations = async (
  { kernel, pace }: { readonly kernel: BulkKernel; readonly pace: Pace },
  {
    sid,
    seed,
    rows,
    of,
  }: {
    readonly sid: Uint8Array;
    readonly seed: Uint8Array;
    readonly rows: number;
    readonly of: readonly { readonly at: number; readonly bytes: RowBytes }[];
  },
): Promise<readonly Uint8Array[]> => {
  const key = derive('check', concatBytes(sid, seed));
  const coins = stream(key.subarray(0, 16), key.subarray(16));
  const mark = kernel.mark;
  const coefficients = kernel.allocate(PIECE * OCTET);
  const sums = of.map(({ bytes }) => kernel.place(new Uint8Array(CHECK_ROWS * bytes)));
  const zeros = new Uint8Array(PIECE * OCTET);
  const octets = rows / 8;
  const combine = (first: number, count: number): void => {
    for (const [k, { at, bytes }] of of.entries())
      (bytes === 8 ? kernel.run.combineShort : kernel.run.combine)(at + 8 * bytes * first, count, coefficients, sums[k]!);
  };
  const masked = octets - CHECK_ROWS / 8;
  for (let first = 0; first < masked; first += PIECE) {
    const count = Math.min(PIECE, masked - first);
    const piece = coins.next(zeros.subarray(0, count * OCTET));
    kernel.bytes.set(piece, coefficients);
    giveBack(piece);
    combine(first, count);
    if (pace.due()) await pace.rest();
  }
  kernel.bytes.set(maskCoefficients(), coefficients);
  combine(masked, CHECK_ROWS / 8);
  const out = of.map(({ bytes }, k) => kernel.view(sums[k]!, CHECK_ROWS * bytes).slice());
  kernel.release(mark);
  coins.end();
  return out;
};
