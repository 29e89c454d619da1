import { add, and, type Fn, type Int, i64, type Module, mul, op, shl, sub, type Value, word } from '../wat.ts';
import { mapped } from './columns.ts';
import { denseOf, placesOf } from './records.ts';
import { compare, load8, load16, load32, load64, load128, narrow, notZero, xor, xor32, xor64, zero } from './words.ts';

// The oblivious key-value store of Raghuraman and Rindal (2022, §2–4, "PaXoS" form) of one bin: three sparse ones a row, D dense bits, 64-bit values.
// Encoding branches and addresses by the party's own keys: it is not constant-time, and the README says so.

/** Places of a bin at most: they are kept in 16 bits. */
export const MAX_PLACES = 65_535;
/** Dense bits, and so equations that are left after peeling, at most. */
export const MAX_DENSE = 48;

const half = (name: number, index: Value, offset = 0): { base: Int; offset: number } => ({
  base: shl(index, 1),
  offset: name + offset,
});
const long = (name: Int, index: Value): Int => add(name, shl(index, 3));

export const emitOkvs = (m: Module): void => {
  const [edges, order, owner, edgeSum, degree, stack] = [6, 2, 2, 2, 2, 2].map((bytes) => m.alloc(bytes * (MAX_PLACES + 1))) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const gone = m.alloc(MAX_PLACES + 1);
  const symbols = m.alloc(8 * (MAX_PLACES + 1));
  const [gapEdges, gapRows, gapValues, pivots] = [2, 8, 8, 4].map((bytes) => m.alloc(bytes * 64)) as [
    number,
    number,
    number,
    number,
  ];

  /** The three places of equation e. */
  const placesAt = (f: Fn, e: Value): Value[] => {
    const at = f.let(mul(e, 6));
    return [0, 1, 2].map((k) => f.let(load16({ base: at, offset: edges + 2 * k })));
  };
  const valueAt = (records: Value, e: Value, mask: Value): Value => i64('and', load64(add(records, shl(e, 5))), mask);

  /** Takes equation e out of the graph; a place that is left with one equation goes on the stack. */
  const remove = (f: Fn, e: Value, top: Value): void => {
    for (const place of placesAt(f, e)) {
      f.store('i32.store16', half(edgeSum, place), xor32(load16(half(edgeSum, place)), e));
      const left = f.let(sub(load16(half(degree, place)), 1));
      f.store('i32.store16', half(degree, place), left);
      f.if(compare('eq', left, 1), () => {
        f.store('i32.store16', half(stack, top), place);
        f.set(top, add(top, 1));
      });
    }
  };

  /** The places in reverse order of peeling: each takes what its equation leaves. @param dense add the dense part */
  const substitute = (
    f: Fn,
    given: { readonly records: Value; readonly store: Value; readonly count: Value; readonly mask: Value },
    dense?: (e: Value) => Value,
  ): void =>
    f.loopDown(given.count, (t) => {
      const e = f.let(load16(half(order, t)));
      const rest = placesAt(f, e).map((place) => load64(long(given.store, place)));
      const value = f.let(xor64(valueAt(given.records, e, given.mask), ...rest));
      const whole = dense === undefined ? value : f.let(xor64(value, dense(e)));
      f.store('i64.store', long(given.store, f.let(load16(half(owner, t)))), whole);
    });

  /** Gauss–Jordan over the equations that peeling left. @returns false, by returning −1 from the function, when they are dependent */
  const eliminate = (f: Fn, gaps: Value): void =>
    f.loop(0, gaps, (j) => {
      const row = f.let(load64(long(gapRows, j)));
      const value = f.let(load64(long(gapValues, j)));
      f.if(op('i32', 'i64.eqz', row), () => f.return(-1));
      const pivot = f.let(i64('ctz', row));
      f.store('i32.store', add(pivots, shl(j, 2)), narrow(pivot));
      f.loop(0, gaps, (k) => {
        const bit = i64('and', i64('shr_u', load64(long(gapRows, k)), pivot), word(1));
        f.if(op('i32', 'i32.and', compare('ne', j, k), notZero(bit)), () => {
          f.store('i64.store', long(gapRows, k), xor64(load64(long(gapRows, k)), row));
          f.store('i64.store', long(gapValues, k), xor64(load64(long(gapValues, k)), value));
        });
      });
    });

  /** `encode(records, n, m, dense, store, mask)`: m + dense values of 64 bits; free ones are zero. @returns equations left after peeling, or −1 */
  m.func('encode', { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i64'], result: 'i32', exported: true }, (f, ...given) => {
    const [records, n, places, dense, store, mask] = given as [Value, Value, Value, Value, Value, Value];
    f.fill(degree, shl(places, 1));
    f.fill(edgeSum, shl(places, 1));
    f.fill(gone, n);
    f.fill(store, shl(add(places, dense), 3));
    f.loop(0, n, (e) => {
      const own = placesOf(f, f.let(add(records, shl(e, 5))), places);
      const at = f.let(mul(e, 6));
      for (const [k, place] of own.entries()) {
        f.store('i32.store16', { base: at, offset: edges + 2 * k }, place);
        f.store('i32.store16', half(degree, place), add(load16(half(degree, place)), 1));
        f.store('i32.store16', half(edgeSum, place), xor32(load16(half(edgeSum, place)), e));
      }
    });
    const [top, count, gaps, scan] = [f.let(0), f.let(0), f.let(0), f.let(0)];
    f.loop(0, places, (place) =>
      f.if(compare('eq', load16(half(degree, place)), 1), () => {
        f.store('i32.store16', half(stack, top), place);
        f.set(top, add(top, 1));
      }),
    );
    const left = (): Value => compare('ne', add(count, gaps), n);
    f.while(left, () => {
      f.while(
        () => compare('ne', top, 0),
        () => {
          f.set(top, sub(top, 1));
          const place = f.let(load16(half(stack, top)));
          f.if(compare('eq', load16(half(degree, place)), 1), () => {
            const e = f.let(load16(half(edgeSum, place)));
            f.store('i32.store16', half(order, count), e);
            f.store('i32.store16', half(owner, count), place);
            f.store('i32.store8', add(gone, e), 1);
            f.set(count, add(count, 1));
            remove(f, e, top);
          });
        },
      );
      f.if(left(), () => {
        f.if(compare('ge_u', gaps, dense), () => f.return(-1));
        f.while(
          () => load8(add(gone, scan)),
          () => f.set(scan, add(scan, 1)),
        );
        f.store('i32.store8', add(gone, scan), 1);
        f.store('i32.store16', half(gapEdges, gaps), scan);
        f.set(gaps, add(gaps, 1));
        remove(f, scan, top);
      });
    });
    const all = { records, store, count, mask };
    substitute(f, all);
    f.if(op('i32', 'i32.eqz', gaps), () => f.return(0));
    // What each place still owes to the dense part, as a set of dense bits.
    const denseMask = f.let(i64('sub', i64('shl', word(1), i64('extend_i32_u', dense)), word(1)));
    const owed = (e: Value): Value =>
      xor64(
        i64('and', denseOf(add(records, shl(e, 5))), denseMask),
        ...placesAt(f, e).map((place) => load64(long(symbols, place))),
      );
    f.fill(symbols, shl(places, 3));
    f.loopDown(count, (t) => {
      const e = f.let(load16(half(order, t)));
      f.store('i64.store', long(symbols, f.let(load16(half(owner, t)))), f.let(owed(e)));
    });
    f.loop(0, gaps, (j) => {
      const e = f.let(load16(half(gapEdges, j)));
      f.store('i64.store', long(gapRows, j), f.let(owed(e)));
      const known = placesAt(f, e).map((place) => load64(long(store, place)));
      f.store('i64.store', long(gapValues, j), xor64(valueAt(records, e, mask), ...known));
    });
    eliminate(f, gaps);
    f.fill(store, shl(places, 3));
    const pivotOf = (j: Value): Value => load32(add(pivots, shl(j, 2)));
    f.loop(0, gaps, (j) => f.store('i64.store', long(store, f.let(add(places, pivotOf(j)))), load64(long(gapValues, j))));
    substitute(f, all, (e) => {
      const bits = f.let(denseOf(add(records, shl(e, 5))));
      const sum = f.let(word(0));
      f.loop(0, gaps, (j) => {
        const pivot = f.let(pivotOf(j));
        const bit = i64('and', i64('shr_u', bits, i64('extend_i32_u', pivot)), word(1));
        f.set(sum, xor64(sum, i64('and', i64('sub', word(0), bit), load64(long(store, f.let(add(places, pivot)))))));
      });
      return sum;
    });
    f.return(gaps);
  });
};

/**
 * `decode(records, n, m, dense, rows, to, tables, mask)`: ⟨row(x), rows⟩ for each record, rows of 16 bytes; where `tables` are given (not 0), plus the mapped value. The
 * dense part by six tables of 256 sums.
 */
export const emitDecode = (m: Module): void => {
  const sums = m.alloc(6 * 4096);
  m.func('decode', { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i64'], exported: true }, (f, ...given) => {
    const [records, n, places, dense, rows, to, tables, mask] = given as [Value, Value, Value, Value, Value, Value, Value, Value];
    const denseRows = f.let(add(rows, shl(places, 4)));
    f.loop(0, 6, (byte) => {
      const table = f.let(add(sums, shl(byte, 12)));
      f.store128(table, zero());
      for (let b = 0; b < 8; b++) {
        const bit = f.let(add(shl(byte, 3), b));
        const row = f.let(zero());
        f.if(compare('lt_u', bit, dense), () => f.set(row, load128(add(denseRows, shl(bit, 4)))));
        f.loop(0, 1 << b, (i) => f.store128(add(table, shl(i, 4)), xor(load128(add(table, shl(i, 4))), row), 16 << b));
      }
    });
    f.loop(0, n, (e) => {
      const record = f.let(add(records, shl(e, 5)));
      const sparse = placesOf(f, record, places).map((place) => f.let(load128(add(rows, shl(place, 4)))));
      const bits = f.let(denseOf(record));
      const parts = [0, 1, 2, 3, 4, 5].map((k) => {
        const byte = narrow(k === 0 ? bits : i64('shr_u', bits, word(8 * k)));
        return f.let(load128({ base: shl(and(byte, 255), 4), offset: sums + 4096 * k }));
      });
      const result = f.let(xor(...sparse, ...parts));
      f.if(tables, () => f.set(result, xor(result, mapped(f, f.let(i64('and', load64(record), mask)), tables))));
      f.store128(add(to, shl(e, 4)), result);
    });
  });
};
