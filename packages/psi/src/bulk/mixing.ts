import { BULK_LIMITS } from '@vouchsafe/kernels/bulk';
import { parityBit, parityRows } from './code.ts';
import { derive } from './derive.ts';
import { FIELD_BITS, PARITY_BITS } from './parameters.ts';

const GROUP_BYTES = 512;
/** Bits of M that one byte of the kernel's form holds. */
const BITS = 6;
const WORDS = 4;

/** M ∈ F_2^{128 × 4·columns}, uniform from sid, in the form that the kernel reads: 24 columns a group, for each of the 128 rows four bytes of six bits. */
export const mixingChoices = (sid: Uint8Array, columns: number): Uint8Array =>
  derive('mixing', sid, Math.ceil((FIELD_BITS * columns) / BULK_LIMITS.mixColumns) * GROUP_BYTES).map(
    (byte) => byte & ((1 << BITS) - 1),
  );

/** M's columns, four words each. */
export const mixingColumns = (choices: Uint8Array, columns: number): Uint32Array => {
  const out = new Uint32Array(WORDS * FIELD_BITS * columns);
  for (let c = 0; c < FIELD_BITS * columns; c++) {
    const at = GROUP_BYTES * Math.floor(c / BULK_LIMITS.mixColumns) + Math.floor((c % BULK_LIMITS.mixColumns) / BITS);
    for (let row = 0; row < 128; row++)
      out[WORDS * c + (row >> 5)]! |= ((choices[at + 4 * row]! >> (c % BITS)) & 1) << (row & 31);
  }
  return out;
};

/** Are the four columns of every nibble independent? Otherwise some Δ_i would say nothing, and M is refused. */
export const isMixing = (columns: Uint32Array): boolean => {
  for (let i = 0; i < columns.length; i += WORDS * FIELD_BITS)
    for (let subset = 1; subset < 1 << FIELD_BITS; subset++) {
      let any = 0;
      for (let w = 0; w < WORDS; w++) {
        let sum = 0;
        for (let b = 0; b < FIELD_BITS; b++) if ((subset >> b) & 1) sum ^= columns[i + WORDS * b + w]!;
        any |= sum;
      }
      if (any === 0) return false;
    }
  return true;
};

/**
 * L_Δ of the 64 unit values, 16 bytes each: L_Δ(e_j) = M·(C(e_j) ⊙ Δ), zero from j = l on. No branch and no address depends on Δ.
 * @param delta a nibble a code column
 */
export const deltaGenerators = (columns: Uint32Array, delta: Uint8Array, l: number): Uint8Array => {
  const own = new Uint32Array(WORDS * delta.length);
  for (let i = 0; i < delta.length; i++)
    for (let b = 0; b < FIELD_BITS; b++) {
      const mask = -((delta[i]! >> b) & 1);
      for (let w = 0; w < WORDS; w++) own[WORDS * i + w]! ^= mask & columns[WORDS * (FIELD_BITS * i + b) + w]!;
    }
  const parity = parityRows();
  const out = new Uint32Array(WORDS * 64);
  for (let j = 0; j < l; j++)
    for (let w = 0; w < WORDS; w++) {
      let sum = own[WORDS * j + w]!;
      for (let t = 0; t < PARITY_BITS; t++) if (parityBit(parity, j, t)) sum ^= own[WORDS * (l + t) + w]!;
      out[WORDS * j + w] = sum;
    }
  own.fill(0);
  return new Uint8Array(out.buffer);
};
