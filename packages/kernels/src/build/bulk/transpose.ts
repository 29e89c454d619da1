import { add, type Fn, type Int, type Module, mul, op, type Value, vec } from '../wat.ts';
import { load128, shuffle } from './words.ts';

const interleave = (from: number): number[] => Array.from({ length: 16 }, (_, i) => from + (i >> 1) + (i % 2) * 16);
const LOW = interleave(0);
const HIGH = interleave(8);

/** 16 vectors as a square of bytes, transposed: four rounds of interleaving each row with the one eight below it. */
const transposeBytes = (f: Fn, rows: readonly Value[]): readonly Value[] => {
  let a = rows;
  for (let round = 0; round < 4; round++)
    a = Array.from({ length: 16 }, (_, i) => f.let(shuffle(i % 2 === 0 ? LOW : HIGH, a[i >> 1]!, a[(i >> 1) + 8]!)));
  return a;
};

/** What to read 16 rows of, and how many bytes of each are wanted. */
export interface Square {
  readonly from: Int;
  readonly stride: Int;
  /** Bytes a row: 16, or 8 of rows that hold 8. */
  readonly bytes: 8 | 16;
}

/**
 * Bits of 128 rows to columns: bit 8j+b of row i becomes bit i of row 8j+b of the result (16 bytes each). 16 rows at a time: their bytes are transposed, then each
 * vector's eight bit planes are gathered by `bitmask`.
 */
export const transposeInto = (f: Fn, { from, stride, bytes }: Square, to: Int): void => {
  f.loop(0, 8, (g) => {
    const base = f.let(add(from, mul(mul(g, 16), stride)));
    const rows: Value[] = [];
    for (let i = 0; i < 16; i++) {
      const at = f.let(add(base, mul(i, stride)));
      rows.push(f.let(bytes === 16 ? load128(at) : { kind: 'v128', code: `(v128.load64_zero ${at.code})` }));
    }
    const planes = transposeBytes(f, rows);
    const out = f.let(add(to, mul(g, 2)));
    for (let j = 0; j < bytes; j++) {
      const plane = f.let(planes[j]!);
      for (let bit = 7; bit >= 0; bit--) {
        f.store('i32.store16', { base: out, offset: 16 * (8 * j + bit) }, op('i32', 'i8x16.bitmask', plane));
        if (bit > 0) f.set(plane, vec('i8x16.add', plane, plane));
      }
    }
  });
};

/** `transpose(from, stride, to)`: for tests of the part. */
export const emitTranspose = (m: Module): void =>
  m.func('transpose', { params: ['i32', 'i32', 'i32'], exported: true }, (f, from, stride, to) =>
    transposeInto(f, { from: from!, stride: stride!, bytes: 16 }, to!),
  );
