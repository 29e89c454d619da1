import { rowOf } from '@vouchsafe/core';
import { type Stream, stream } from './aes.ts';
import { derive } from './derive.ts';
import { FIELD, FIELD_BITS } from './parameters.ts';

const BLOCK = 16;
const ROW = 2 * BLOCK;

/** Keys and initial counters beside each other, 32 bytes a leaf; the counter of a (column, leaf) comes from sid. */
const keysAndCounters = (sid: Uint8Array, keys: Uint8Array): Uint8Array => {
  const counters = derive('streams', sid, keys.length);
  const out = new Uint8Array(2 * keys.length);
  for (let k = 0; k < keys.length / BLOCK; k++) {
    out.set(rowOf(keys, BLOCK, k), ROW * k);
    out.set(rowOf(counters, BLOCK, k), ROW * k + BLOCK);
  }
  return out;
};

/** Moves row x of each column to row x ⊕ Δ_i: four rounds of swaps under masks, so that no address depends on Δ. */
export const permuteByDelta = (rows: Uint8Array, delta: Uint8Array): void => {
  for (let i = 0; i < delta.length; i++)
    for (let b = 0; b < FIELD_BITS; b++) {
      const mask = -((delta[i]! >> b) & 1);
      for (let x = 0; x < FIELD; x++) {
        if ((x >> b) & 1) continue;
        const [one, two] = [ROW * (FIELD * i + x), ROW * (FIELD * i + (x | (1 << b)))];
        for (let k = 0; k < ROW; k++) {
          const change = mask & (rows[one + k]! ^ rows[two + k]!);
          rows[one + k]! ^= change;
          rows[two + k]! ^= change;
        }
      }
    }
};

/** The streams of all leaves, 16 a column; of the sender's, number t belongs to leaf t ⊕ Δ_i, and number 0 does not exist. Keys are wiped. */
export const openStreams = (sid: Uint8Array, keys: Uint8Array, delta?: Uint8Array): readonly Stream[] => {
  const rows = keysAndCounters(sid, keys);
  if (delta !== undefined) permuteByDelta(rows, delta);
  const streams = Array.from({ length: keys.length / BLOCK }, (_, k) =>
    stream(rowOf(rows, ROW, k).subarray(0, BLOCK), rowOf(rows, ROW, k).subarray(BLOCK)),
  );
  rows.fill(0);
  keys.fill(0);
  return streams;
};
