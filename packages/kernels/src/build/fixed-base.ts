import { type Arith, type Fe, type Kernel, VECTORS } from './arith.ts';
import { FIXED_SLOTS, fixedWindows, ROW_ELEMENTS, VALUE_SLOTS, valueWindows } from './scalar.ts';
import { add, type Int, load, mul, op, type Place, shl, splat, type Value, vec } from './wat.ts';

/** One lane of an affine entry: Y+X, Y−X, 2dT. */
export const entryBytes = (k: Kernel): number => 3 * k.field.limbs * 8;
const entries = (k: Kernel): number => 1 << (fixedWindows(k).bits - 1);
/** Bytes of a base's table. */
export const fixedTableBytes = (k: Kernel): number => fixedWindows(k).count * entries(k) * entryBytes(k);
/** Bytes of the table for 32-bit values. */
export const valueTableBytes = (k: Kernel): number => valueWindows(k).count * entries(k) * entryBytes(k);

/** Brings `n` points to affine Y+X, Y−X, 2dT and hands each to `put`. */
const emitTables = (k: Kernel): void => {
  const count = entries(k);
  const { bytes, limbs } = k.field;
  const points = k.module.alloc(count * k.pointBytes);
  const [zs, scratch] = [k.module.alloc(count * bytes), k.module.alloc(count * bytes)];
  const [base, twice, cached] = [k.module.alloc(k.pointBytes), k.module.alloc(k.pointBytes), k.module.alloc(k.pointBytes)];
  const working = k.memory('G', VECTORS * k.pointBytes);
  // Entry e of window w holds (2e+1)·2^(W·w)·B. The two lanes of working point 0 are two bases, for tables at `to0` and `to1`.
  k.export('makeTables', 3, (a, to0, to1, windows) => {
    const { f } = a;
    f.copy(base, working, k.pointBytes);
    const [x, y, s, d, t] = a.temps(5) as [Fe, Fe, Fe, Fe, Fe];
    f.loop(0, windows!, (w) => {
      f.call('ge_dbl', twice, base, 1);
      f.call('ge_cache', cached, twice);
      f.copy(points, base, k.pointBytes);
      f.loop(1, count, (e) => {
        const at = f.let(add(points, mul(e, k.pointBytes)));
        f.call('ge_add', at, add(at, -k.pointBytes), cached, 1);
      });
      f.loop(0, count, (e) => a.copy(a.item(zs, e), a.point(a.slot(points, e, k.pointBytes)).z));
      f.call('fe_batchinv', zs, scratch, count);
      f.loop(0, count, (e) => {
        const p = a.point(a.slot(points, e, k.pointBytes));
        a.mul(x, p.x, a.item(zs, e));
        a.mul(y, p.y, a.item(zs, e));
        a.add(s, y, x);
        a.sub(d, y, x);
        a.carry(s);
        a.carry(d);
        a.mul(t, x, y);
        a.mul(t, t, a.c('d2'));
        const o = f.let(mul(add(mul(w, count), e), entryBytes(k)));
        for (const [lane, to] of [to0!, to1!].entries()) {
          const entry = f.let(add(to, o));
          for (const [part, fe] of [s, d, t].entries())
            for (let l = 0; l < limbs; l++)
              f.store('f64.store', entry, lane64(fe.place, 16 * l + 8 * lane), 8 * (part * limbs + l));
        }
      });
      f.loop(0, fixedWindows(k).bits, () => f.call('ge_dbl', base, base, 1));
    });
  });
};
const lane64 = (place: Place, offset: number): Value => ({ ...load('i64', 'f64.load', place, offset) });

/**
 * Adds to each working point its digit's multiple from every window of a table. Every entry of a window is read; masks choose, so that neither a branch nor an
 * address tells a digit. The digit of window bits e is 2e − (2^W − 1): odd, so there is always an entry to add.
 */
const emitFixed = (k: Kernel, name: string, digits: number, slots: number): void => {
  const { bits } = fixedWindows(k);
  const count = entries(k);
  const { bytes, limbs } = k.field;
  const size = entryBytes(k);
  const working = k.memory('G', VECTORS * k.pointBytes);
  const chosen = k.memory('fixed chosen', 3 * bytes);
  const relaxed = k.field.name === 'relaxed';

  k.export(name, 3, (a, table, windows, n) => {
    const { f } = a;
    const m = f.let(op('i32', 'i32.shr_u', n!, 1));
    f.loop(0, windows!, (w) => {
      const window = f.let(add(table!, mul(w, count * size)));
      f.loop(0, m, (i) => {
        const e = f.load128(f.let(add(digits, shl(add(mul(i, slots), w), 4))));
        const negative = f.op('i64x2.lt_s', e, splat(count));
        const index = f.op('v128.and', vec('v128.xor', e, negative), splat(count - 1));
        const bit = Array.from({ length: bits - 1 }, (_, b) => f.op('i64x2.eq', vec('v128.and', index, splat(1 << b)), splat(1 << b)));
        const quarter = Array.from({ length: 4 }, (_, b) => f.op('i64x2.eq', vec('v128.and', index, splat(3)), splat(b)));
        const one = (base: Value, entry: number): Value =>
          k.traceable
            ? vec('i64x2.splat', load('i64', 'i64.load', base, entry * size))
            : load('v128', 'v128.load64_splat', base, entry * size);
        const choose = (yes: Value, no: Value, mask: Value): Value =>
          vec(relaxed ? 'i64x2.relaxed_laneselect' : 'v128.bitselect', yes, no, mask);
        /** Entry number `index` among 2^level from `first` on. */
        const scan = (base: Value, first: number, level: number): Value => {
          if (!relaxed && level === 2)
            return [0, 1, 2, 3]
              .map((q) => vec('v128.and', one(base, first + q), quarter[q]!))
              .reduce((x, y) => vec('v128.or', x, y));
          if (level === 0) return one(base, first);
          const half = 1 << (level - 1);
          return choose(scan(base, first + half, level - 1), scan(base, first, level - 1), bit[level - 1]!);
        };
        if (k.leaky) f.call('fixed_leak', window, op('i32', 'i32.wrap_i64', { kind: 'i64', code: `(i64x2.extract_lane 0 ${index.code})` }));
        f.loop(
          0,
          limbs * 8,
          (l) => {
            const from = f.let(add(window, l));
            const to: Int = f.let(add(chosen, shl(l, 1)));
            const plus = f.let(scan(from, 0, bits - 1));
            const minus = f.let(scan(f.let(add(from, limbs * 8)), 0, bits - 1));
            const swap = f.op('v128.and', vec('v128.xor', plus, minus), negative);
            f.store128({ base: to, offset: 0 }, vec('v128.xor', plus, swap));
            f.store128({ base: to, offset: bytes }, vec('v128.xor', minus, swap));
          },
          8,
        );
        const sign = f.op('v128.and', negative, splat(1n << 63n));
        f.loop(
          0,
          limbs * 8,
          (l) => {
            const from = f.let(add(window, add(l, 2 * limbs * 8)));
            f.store128({ base: f.let(add(chosen, shl(l, 1))), offset: 2 * bytes }, vec('v128.xor', scan(from, 0, bits - 1), sign));
          },
          8,
        );
        const point = f.let(add(working, mul(i, k.pointBytes)));
        f.call('ge_madd', point, point, chosen);
      });
    });
  });
};

export const emitFixedBase = (k: Kernel): void => {
  emitTables(k);
  if (k.leaky) {
    const sink = k.module.alloc(16);
    k.func('fixed_leak', { params: ['i32', 'i32'] }, ({ f }, window, index) => {
      f.store('i64.store', sink, load('i64', 'i64.load', f.let(add(window!, mul(index!, entryBytes(k))))));
    });
  }
  emitFixed(k, 'addFixed', k.memory('fixed digits', VECTORS * FIXED_SLOTS * 16), FIXED_SLOTS);
  emitFixed(k, 'addValues', k.memory('value digits', VECTORS * VALUE_SLOTS * 16), VALUE_SLOTS);
};

/** Moves between points, rows and the working array. */
export const emitMoves = (k: Kernel): void => {
  const working = k.memory('G', VECTORS * k.pointBytes);
  const saved = k.memory('saved points', VECTORS * k.pointBytes);
  const start = k.memory('start point', k.pointBytes);
  const cached = k.module.alloc(k.pointBytes);
  const bytesOf = (n: Value): Int => mul(op('i32', 'i32.shr_u', n, 1), k.pointBytes);
  const each = (a: Arith, n: Value, body: (point: Value, offset: Value) => void): void =>
    a.f.loop(0, a.f.let(bytesOf(n)), (o) => body(a.f.let(add(working, o)), o), k.pointBytes);
  k.export('zero', 1, (a, n) => each(a, n!, (p) => a.f.call('ge_zero', p)));
  k.export('save', 1, ({ f }, n) => f.copy(saved, working, bytesOf(n!)));
  k.export('addSaved', 2, (a, n, negative) =>
    each(a, n!, (p, o) => {
      a.f.call('ge_cache', cached, add(saved, o));
      a.f.if(negative!, () => a.f.call('ge_cachedneg', cached));
      a.f.call('ge_add', p, p, cached, 1);
    }),
  );
  k.export('double', 1, (a, n) => each(a, n!, (p) => a.f.call('ge_dbl', p, p, 1)));
  // What every working point starts from when values are added: a constant multiple of the value base, in both lanes.
  k.export('keepStart', 0, ({ f }) => f.copy(start, working, k.pointBytes));
  k.export('begin', 1, (a, n) => each(a, n!, (p) => a.f.copy(p, start, k.pointBytes)));
  // Element j of each of n rows of `stride` bytes, to and from the places of single batches.
  const [input, output, rows] = [k.memory('in', 0), k.memory('out', 0), k.memory('rows', 32 * ROW_ELEMENTS)];
  k.export('gather', 3, ({ f }, offset, stride, n) => {
    f.loop(0, n!, (i) => f.copy(add(input, shl(i, 5)), add(add(rows, offset!), mul(i, stride!)), 32));
  });
  k.export('scatter', 3, ({ f }, offset, stride, n) => {
    f.loop(0, n!, (i) => f.copy(add(add(rows, offset!), mul(i, stride!)), add(output, shl(i, 5)), 32));
  });
};
