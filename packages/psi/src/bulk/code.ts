import { PARITY_BITS } from './parameters.ts';

/** The order of the quadratic residues: XQ199, the extended quadratic-residue code [200, 100, 32] over F_2, is doubly even and self-dual. */
const PRIME = 199;

/** Reduces rows to a systematic form: a pivot each in the first columns that allow it. */
const reduce = (
  rows: readonly bigint[],
  length: number,
): { readonly rows: readonly bigint[]; readonly pivots: readonly number[] } => {
  let left = [...rows];
  const done: bigint[] = [];
  const pivots: number[] = [];
  for (let column = 0; column < length && left.length > 0; column++) {
    const bit = 1n << BigInt(column);
    const pivot = left.find((row) => row & bit);
    if (pivot === undefined) continue;
    left = left
      .filter((row) => row !== pivot)
      .map((row) => (row & bit ? row ^ pivot : row))
      .filter((row) => row !== 0n);
    for (const [i, row] of done.entries()) if (row & bit) done[i] = row ^ pivot;
    done.push(pivot);
    pivots.push(column);
  }
  return { rows: done, pivots };
};

const parity = (x: bigint): bigint => BigInt(x.toString(2).replaceAll('0', '').length % 2);

/** The generator matrix of XQ199: 100 rows of 200 bits, systematic on the pivots, which are the first 100 positions. */
export const codeGenerators = (): readonly bigint[] => {
  const squares = new Set(Array.from({ length: PRIME - 1 }, (_, i) => ((i + 1) * (i + 1)) % PRIME));
  const shifts = Array.from({ length: PRIME }, (_, shift) =>
    [...squares].reduce((row, square) => row | (1n << BigInt((square + shift) % PRIME)), 0n),
  );
  const all = [...shifts, (1n << BigInt(PRIME)) - 1n];
  return reduce(
    all.map((row) => row | (parity(row) << BigInt(PRIME))),
    PRIME + 1,
  ).rows;
};

let known: Uint8Array | undefined;

/** The 100 parity rows, 16 bytes each, little-endian: row j is what message bit j adds to the parity bits. Shortening the code to l message bits takes the first l rows. */
export const parityRows = (): Uint8Array => {
  if (known !== undefined) return known;
  const rows = new Uint8Array(100 * 16);
  const view = new DataView(rows.buffer);
  for (const [j, row] of codeGenerators().entries()) {
    const bits = row >> BigInt(PARITY_BITS);
    view.setBigUint64(16 * j, bits & 0xffff_ffff_ffff_ffffn, true);
    view.setBigUint64(16 * j + 8, bits >> 64n, true);
  }
  known = rows;
  return rows;
};

/** Is parity bit t set for message bit j? */
export const parityBit = (rows: Uint8Array, j: number, t: number): boolean => ((rows[16 * j + (t >> 3)]! >> (t & 7)) & 1) === 1;
