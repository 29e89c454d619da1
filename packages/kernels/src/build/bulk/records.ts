import { add, type Fn, type Int, i64, type Module, op, shl, type Value, word } from '../wat.ts';
import { compare, constant32, load32, load64, load128, mulhi, xor } from './words.ts';

// A record is 32 bytes: value (low bits of bytes 0 … 7), dense row (bytes 11 … 16), three sparse places (words at 20, 24, 28).

export const VALUE_AT = 0;
/** The 48 bits of bytes 11 … 16. */
export const denseOf = (record: Int): Value => i64('and', load64(record, 11), word((1n << 48n) - 1n));

/** Three different places below m, of a record's last three words (each place uniform among those that are left). */
export const placesOf = (f: Fn, record: Int, m: Value): readonly [Value, Value, Value] => {
  const i0 = f.let(mulhi(load32(record, 20), m));
  const i1 = f.let(mulhi(load32(record, 24), op('i32', 'i32.sub', m, 1)));
  f.set(i1, add(i1, compare('ge_u', i1, i0)));
  const low = f.let(op('i32', 'select', i0, i1, compare('lt_u', i0, i1)));
  const high = f.let(op('i32', 'select', i1, i0, compare('lt_u', i0, i1)));
  const i2 = f.let(mulhi(load32(record, 28), op('i32', 'i32.sub', m, 2)));
  f.set(i2, add(i2, compare('ge_u', i2, low)));
  f.set(i2, add(i2, compare('ge_u', i2, high)));
  return [i0, i1, i2];
};

/** `prepare(digests, n, to)`: for each digest d the two blocks d, d ⊕ 1 that a record is encrypted from. */
const emitPrepare = (m: Module): void =>
  m.func('prepare', { params: ['i32', 'i32', 'i32'], exported: true }, (f, digests, n, to) =>
    f.loop(0, n!, (i) => {
      const d = f.load128(add(digests!, shl(i, 4)));
      const at = f.let(add(to!, shl(i, 5)));
      f.store128(at, d);
      f.store128(at, xor(d, constant32(1, 0, 0, 0)), 16);
    }),
  );

/** The bin of a digest: its last word, scaled. */
const binAt = (f: Fn, digest: Int, bins: Value): Value => f.let(mulhi(load32(digest, 12), bins));

/** `countBins(digests, n, bins, counts)`, then `scatterBins(digests, n, first, bins, next, to, numbers)`: digests bin by bin; `numbers` (0: none) gets each one's place in the input. */
const emitBins = (m: Module): void => {
  m.func('countBins', { params: ['i32', 'i32', 'i32', 'i32'], exported: true }, (f, digests, n, bins, counts) =>
    f.loop(0, n!, (i) => {
      const at = f.let(add(counts!, shl(binAt(f, add(digests!, shl(i, 4)), bins!), 2)));
      f.store('i32.store', at, add(load32(at), 1));
    }),
  );
  m.func(
    'scatterBins',
    { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], exported: true },
    (f, digests, n, first, bins, next, to, numbers) =>
      f.loop(0, n!, (i) => {
        const from = f.let(add(digests!, shl(i, 4)));
        const at = f.let(add(next!, shl(binAt(f, from, bins!), 2)));
        const place = f.let(load32(at));
        f.store('i32.store', at, add(place, 1));
        f.store128(add(to!, shl(place, 4)), load128(from));
        f.if(numbers!, () => f.store('i32.store', add(numbers!, shl(place, 2)), add(first!, i)));
      }),
  );
};

export const emitRecords = (m: Module): void => {
  emitPrepare(m);
  emitBins(m);
};
