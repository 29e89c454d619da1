import { add, and, type Fn, type Int, i64, type Module, mul, shl, shr, type Value, vec, word } from '../wat.ts';
import { transposeInto } from './transpose.ts';
import { load8, load32, load64, load128, narrow, splat32, xor, zero } from './words.ts';

/** Columns of one step of {@link emitMix}: four tables of six columns each. */
export const MIX_COLUMNS = 24;
const TABLES = 4;
const TABLE_COLUMNS = 6;
const WAYS = 1 << TABLE_COLUMNS;

/**
 * `fold(pieces, stride, length, u, v, vStride)`: SoftSpoken's small-field sums (Roy 2022, §4) of 16 pieces r_x: u = ⊕ r_x, and v_b = ⊕ r_x over the x with bit b, for
 * b = 0 … 3. Lengths are multiples of 16 bytes.
 */
const emitFold = (m: Module): void =>
  m.func(
    'fold',
    { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], exported: true },
    (f, pieces, stride, length, u, v, vStride) => {
      const starts = Array.from({ length: 16 }, (_, x) => f.let(add(pieces!, mul(x, stride!))));
      const outs = Array.from({ length: 4 }, (_, b) => f.let(add(v!, mul(b, vStride!))));
      f.loop(
        0,
        length!,
        (at) => {
          let level = starts.map((start) => f.let(load128(add(start, at))));
          // The sums of pairs, of fours, of eights: bit b of the index is gone after step b, and what had it set is v_b.
          for (let b = 0; b < 4; b++) {
            f.store128(add(outs[b]!, at), f.let(xor(...level.filter((_, i) => i % 2 === 1))));
            level = level.filter((_, i) => i % 2 === 0).map((x, i) => f.let(xor(x, level[2 * i + 1]!)));
          }
          f.store128(add(u!, at), level[0]!);
        },
        16,
      );
    },
  );

/** `xorInto(to, from, bytes)`, and `xorMasked(to, from, bytes, mask)`: mask is 0 or −1, and the same instructions run for both. */
const emitXor = (m: Module): void => {
  m.func('xorInto', { params: ['i32', 'i32', 'i32'], exported: true }, (f, to, from, bytes) =>
    f.loop(0, bytes!, (at) => f.store128(add(to!, at), xor(load128(add(to!, at)), load128(add(from!, at)))), 16),
  );
  m.func('xorMasked', { params: ['i32', 'i32', 'i32', 'i32'], exported: true }, (f, to, from, bytes, mask) => {
    const all = f.let(splat32(mask!));
    f.loop(
      0,
      bytes!,
      (at) => f.store128(add(to!, at), xor(load128(add(to!, at)), vec('v128.and', all, load128(add(from!, at))))),
      16,
    );
  });
};

/** `tables(generators, bytes, to)`: for each byte of input a table of 256 sums of its eight generators, 16 bytes each. */
const emitTables = (m: Module): void =>
  m.func('tables', { params: ['i32', 'i32', 'i32'], exported: true }, (f, generators, bytes, to) =>
    f.loop(0, bytes!, (j) => {
      const table = f.let(add(to!, shl(j, 12)));
      f.store128(table, zero());
      for (let b = 0; b < 8; b++) {
        const generator = f.load128(add(generators!, shl(j, 7)), 16 * b);
        f.loop(0, 1 << b, (i) => f.store128(add(table, shl(i, 4)), xor(load128(add(table, shl(i, 4))), generator), 16 << b));
      }
    }),
  );

/** The linear map of a 64-bit value by eight tables of {@link emitTables}. Addresses are bytes of the value. */
export const mapped = (f: Fn, value: Value, tables: Int): Value => {
  const parts = Array.from({ length: 8 }, (_, k) => {
    const byte = narrow(i64('and', k === 0 ? value : i64('shr_u', value, word(8 * k)), word(255)));
    return f.let(load128({ base: add(tables, shl(byte, 4)), offset: 4096 * k }));
  });
  return xor(...parts);
};

/** `map(values, n, tables, to)`: 64-bit values through a linear map, 16 bytes each. */
const emitMap = (m: Module): void =>
  m.func('map', { params: ['i32', 'i32', 'i32', 'i32'], exported: true }, (f, values, n, tables, to) =>
    f.loop(0, n!, (i) => f.store128(add(to!, shl(i, 4)), mapped(f, f.let(load64(add(values!, shl(i, 3)))), tables!))),
  );

/**
 * `encodeColumns(rows, blocks, parity, l, columns, stride)`: the codewords of 128·blocks rows of 64-bit values, XORed into columns: l message columns, then 100 parity
 * columns, by the parity rows' tables.
 */
const emitEncode = (m: Module): void => {
  const parities = m.alloc(2048);
  const bits = m.alloc(2048);
  m.func(
    'encodeColumns',
    { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], exported: true },
    (f, rows, blocks, tables, l, columns, stride) =>
      f.loop(0, blocks!, (block) => {
        const from = f.let(add(rows!, shl(block, 10)));
        f.loop(0, 128, (i) => f.store128(add(parities, shl(i, 4)), mapped(f, f.let(load64(add(from, shl(i, 3)))), tables!)));
        const out = f.let(add(columns!, shl(block, 4)));
        const put = (count: Int, first: Int): void =>
          f.loop(0, count, (c) => {
            const at = f.let(add(out, mul(add(first, c), stride!)));
            f.store128(at, xor(load128(at), load128(add(bits, shl(c, 4)))));
          });
        transposeInto(f, { from, stride: 8, bytes: 8 }, bits);
        put(l!, 0);
        transposeInto(f, { from: parities, stride: 16, bytes: 16 }, bits);
        put(100, l!);
      }),
  );
};

/**
 * `mix(columns, stride, count, to, blocks, choices)`: M applied to `count` columns (a multiple of 24), then transposed into 128·blocks rows of 16 bytes; blocks come in
 * pairs. The method of Four Russians: for six columns a table of their 64 sums, then one lookup for each of the 128 results, at the bits of M, which are public.
 */
const emitMix = (m: Module): void => {
  const sums = m.alloc(2 * 2048);
  const table = m.alloc(TABLES * WAYS * 32);
  m.func(
    'mix',
    { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], exported: true },
    (f, columns, stride, count, to, blocks, choices) =>
      f.loop(
        0,
        blocks!,
        (block) => {
          const base = f.let(add(columns!, shl(block, 4)));
          f.fill(sums, 2 * 2048);
          const choice = f.let(choices!);
          f.loop(
            0,
            count!,
            (group) => {
              const first = f.let(add(base, mul(group, stride!)));
              for (let t = 0; t < TABLES; t++)
                for (let half = 0; half < 2; half++) {
                  const at = table + t * WAYS * 32 + 16 * half;
                  f.store128(at, zero());
                  let known: Value[] = [zero()];
                  for (let c = 0; c < TABLE_COLUMNS; c++) {
                    const column = f.load128(add(first, mul(TABLE_COLUMNS * t + c, stride!)), 16 * half);
                    if (c < 4) {
                      known = known.concat(known.map((x, i) => (i === 0 ? column : f.let(xor(x, column)))));
                      for (let i = 1 << c; i < 2 << c; i++) f.store128(at + 32 * i, known[i]!);
                    } else {
                      for (let i = 0; i < 1 << c; i++) f.store128(at + 32 * (i + (1 << c)), xor(load128(at + 32 * i), column));
                    }
                  }
                }
              f.loop(0, 128, (j) => {
                const four = f.let(load32(add(choice, shl(j, 2))));
                const places = [0, 1, 2, 3].map((t) =>
                  f.let(add(table + t * WAYS * 32, shl(and(t === 0 ? four : shr(four, 8 * t), WAYS - 1), 5))),
                );
                const own = f.let(add(sums, shl(j, 4)));
                for (let half = 0; half < 2; half++)
                  f.store128(
                    { base: own, offset: 2048 * half },
                    xor(load128(own, 2048 * half), ...places.map((at) => load128(at, 16 * half))),
                  );
              });
              f.set(choice, add(choice, 512));
            },
            MIX_COLUMNS,
          );
          const out = f.let(add(to!, shl(block, 11)));
          transposeInto(f, { from: sums, stride: 16, bytes: 16 }, out);
          transposeInto(f, { from: sums + 2048, stride: 16, bytes: 16 }, add(out, 2048));
        },
        2,
      ),
  );
};

/**
 * `combine(rows, octets, coefficients, sums)` for rows of 16 bytes, `combineShort` for rows of 8: adds to 64 sums; bit b of coefficient byte t of an octet says whether its row
 * b enters sum t. A table of the 256 sums of an octet's rows, then 64 lookups at public bytes.
 */
const emitCombine = (m: Module): void => {
  const table = m.alloc(4096);
  const emit = (name: string, bytes: 8 | 16): void =>
    m.func(name, { params: ['i32', 'i32', 'i32', 'i32'], exported: true }, (f, rows, octets, coefficients, sums) => {
      const [size, get, put, plus] =
        bytes === 16
          ? ([4, load128, 'v128.store', xor] as const)
          : ([3, load64, 'i64.store', (a: Value, b: Value) => i64('xor', a, b)] as const);
      f.store(put, table, bytes === 16 ? zero() : word(0));
      f.loop(0, octets!, (octet) => {
        const from = f.let(add(rows!, shl(octet, size + 3)));
        for (let b = 0; b < 8; b++) {
          const row = f.let(get(from, bytes * b));
          f.loop(0, 1 << b, (i) => f.store(put, add(table, shl(i, size)), plus(get(add(table, shl(i, size))), row), bytes << b));
        }
        const own = f.let(add(coefficients!, shl(octet, 6)));
        f.loop(0, 64, (t) => {
          const at = f.let(add(sums!, shl(t, size)));
          f.store(put, at, plus(get(at), get(add(table, shl(load8(add(own, t)), size)))));
        });
      });
    });
  emit('combine', 16);
  emit('combineShort', 8);
};

export const emitColumns = (m: Module): void => {
  emitFold(m);
  emitXor(m);
  emitTables(m);
  emitMap(m);
  emitEncode(m);
  emitMix(m);
  emitCombine(m);
};
