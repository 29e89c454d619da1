import { createHmac } from 'node:crypto';
import { domain, i2osp, lengthPrefixed } from '@vouchsafe/core';

/** At most so many rows in one sample: one proof covers them. */
export const MAX_SAMPLE = 1000;
/** Bytes of a seed. */
export const SEED_BYTES = 32;

/**
 * Which rows an auditor draws: distinct, uniform, from a seed that it draws itself and that the holder cannot foresee. Block i is HMAC-SHA256(seed, tag ‖ root ‖ i), its first 6 bytes are the draw; a draw
 * above the largest multiple of n, or of a row that was drawn already, is made again. Whoever has the log can repeat it.
 * @param root of the table, 32 bytes: one seed draws other rows from another table
 * @param rows n
 * @param count at most n are drawn
 * @returns row numbers, rising
 */
export const drawRows = ({
  seed,
  root,
  rows,
  count,
}: {
  readonly seed: Uint8Array;
  readonly root: Uint8Array;
  readonly rows: number;
  readonly count: number;
}): readonly number[] => {
  const drawn = new Set<number>();
  const limit = 2 ** 48 - (2 ** 48 % rows);
  const wanted = Math.min(count, rows);
  for (let block = 0; drawn.size < wanted; block++) {
    const message = lengthPrefixed(domain('sampleDraw'), root, i2osp(block, 6));
    const value = createHmac('sha256', seed).update(message).digest().readUIntBE(0, 6);
    if (value < limit) drawn.add(value % rows);
  }
  return [...drawn].sort((a, b) => a - b);
};
