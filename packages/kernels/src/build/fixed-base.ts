import type { Arith, Kernel } from './arith.ts';
import { type Fe, VECTORS } from './element.ts';
import { FIXED_SLOTS, FIXED_WINDOWS, ROW_ELEMENTS, VALUE_SLOTS, VALUE_WINDOWS } from './scalar.ts';
import { add, type Fn, type Int, load, mul, op, type Place, shl, splat, splatDouble, sub, type Value, vec } from './wat.ts';
import { vectorsOf, workArray } from './work.ts';

/** Entries of a window: one for each odd multiple. */
const ENTRIES = 1 << (FIXED_WINDOWS.bits - 1);
/** One lane of an affine entry: Y+X, Y−X, 2dT, as doubles, or as whole numbers of 32 bits where limbs fit. */
export const entryBytes = (k: Kernel): number => 3 * k.field.limbs * limbBytes(k);
const limbBytes = (k: Kernel): number => (k.field.packedScale === undefined ? 8 : 4);
/** Bytes of a base's table, and of the table for 32-bit values. */
export const fixedTableBytes = (k: Kernel): number => FIXED_WINDOWS.count * ENTRIES * entryBytes(k);
export const valueTableBytes = (k: Kernel): number => VALUE_WINDOWS.count * ENTRIES * entryBytes(k);

/** Brings `n` points to affine Y+X, Y−X, 2dT and hands each to `put`. */
const emitTables = (k: Kernel): void => {
  const count = ENTRIES;
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
              storeLimb(a, entry, part * limbs + l, { base: fe.place.base, offset: fe.place.offset + 16 * l + 8 * lane });
        }
      });
      f.loop(0, FIXED_WINDOWS.bits, () => f.call('ge_dbl', base, base, 1));
    });
  });
};
const storeLimb = (a: Arith, entry: Value, i: number, from: Place): void => {
  const scale = a.k.field.packedScale?.[i % a.k.field.limbs];
  if (scale === undefined) {
    a.f.store('i64.store', entry, load('i64', 'i64.load', from), 8 * i);
    return;
  }
  const whole = `(f64.mul ${load('i64', 'f64.load', from).code} (f64.const ${2 ** -scale}))`;
  a.f.store('i32.store', entry, { kind: 'i32', code: `(i32.trunc_f64_s ${whole})` }, 4 * i);
};

/**
 * `fixed_select`: puts into `chosen` the entries of one window for two lanes' digits. Every entry is read; masks choose, so that neither a branch nor an address tells a
 * digit. The digit of window bits e is 2e − (2^W − 1): odd, so there is always an entry to add.
 */
const emitSelectDoubles = (k: Kernel): void => {
  const { bytes, limbs } = k.field;
  const size = entryBytes(k);
  const chosen = k.memory('fixed chosen', 3 * bytes);
  k.func('fixed_select', { params: ['i32', 'v128'] }, ({ f }, window, e) => {
    const negative = f.op('i64x2.lt_s', e!, splat(ENTRIES));
    const index = f.op('v128.and', vec('v128.xor', e!, negative), splat(ENTRIES - 1));
    leak(k, f, window!, index);
    const bit = Array.from({ length: FIXED_WINDOWS.bits - 1 }, (_, b) =>
      f.op('i64x2.eq', vec('v128.and', index, splat(1 << b)), splat(1 << b)),
    );
    const one = (base: Value, entry: number): Value =>
      k.traceable
        ? vec('i64x2.splat', load('i64', 'i64.load', base, entry * size))
        : load('v128', 'v128.load64_splat', base, entry * size);
    /** Entry number `index` among 2^level from `first` on. */
    const scan = (base: Value, first: number, level: number): Value => {
      if (level === 0) return one(base, first);
      const half = 1 << (level - 1);
      return vec('i64x2.relaxed_laneselect', scan(base, first + half, level - 1), scan(base, first, level - 1), bit[level - 1]!);
    };
    const all = (base: Value): Value => f.let(scan(base, 0, FIXED_WINDOWS.bits - 1));
    const each = (first: number, body: (from: Value, to: Value) => void): void => {
      f.loop(
        0,
        limbs * 8,
        (l) => body(f.let(add(window!, add(l, first * limbs * 8))), f.let(add(chosen + first * bytes, shl(l, 1)))),
        8,
      );
    };
    each(0, (from, to) => {
      const plus = all(from);
      const minus = all(f.let(add(from, limbs * 8)));
      const swap = f.op('v128.and', vec('v128.xor', plus, minus), negative);
      f.store128({ base: to, offset: 0 }, vec('v128.xor', plus, swap));
      f.store128({ base: to, offset: bytes }, vec('v128.xor', minus, swap));
    });
    const sign = f.op('v128.and', negative, splat(1n << 63n));
    each(2, (from, to) => f.store128({ base: to, offset: 0 }, vec('v128.xor', all(from), sign)));
  });
};

/** The same where a vector holds four limbs of one entry: one load serves both lanes, and limbs become doubles after the choice. */
const emitSelectPacked = (k: Kernel, scales: readonly number[]): void => {
  const { bytes, limbs } = k.field;
  const size = entryBytes(k);
  const chosen = k.memory('fixed chosen', 3 * bytes);
  const parts = limbs / 4;
  k.func('fixed_select', { params: ['i32', 'v128'] }, ({ f }, window, e) => {
    const negative = f.op('i64x2.lt_s', e!, splat(ENTRIES));
    const index = f.op('v128.and', vec('v128.xor', e!, negative), splat(ENTRIES - 1));
    leak(k, f, window!, index);
    const spread = (v: Value, lane: 0 | 1): Value => f.op(`i8x16.shuffle ${lane === 0 ? LOW : HIGH}`, v, v);
    const lanes = ([0, 1] as const).map((lane) => {
      const own = spread(index, lane);
      return {
        masks: Array.from({ length: ENTRIES }, (_, i) => f.op('i64x2.eq', own, splat(i))),
        negative: spread(negative, lane),
      };
    });
    const pick = (vector: number): Value[] => {
      const loaded = Array.from({ length: ENTRIES }, (_, i) => f.load128(window!, i * size + 16 * vector));
      return lanes.map(({ masks }) =>
        f.let(loaded.map((v, i) => vec('v128.and', v, masks[i]!)).reduce((x, y) => vec('v128.or', x, y))),
      );
    };
    /** Four limbs of each lane to four vectors of doubles. */
    const write = (part: number, vector: number, [a, b]: readonly Value[]): void => {
      for (const [first, pattern] of [
        [0, '0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23'],
        [2, '8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31'],
      ] as const) {
        const pair = f.op(`i8x16.shuffle ${pattern}`, a!, b!);
        const next = vec(`i8x16.shuffle ${HIGH}`, pair, pair);
        for (const [i, x] of [pair, next].entries()) {
          const limb = 4 * vector + first + i;
          const doubles = vec('f64x2.convert_low_i32x4_s', x);
          const scaled = scales[limb] === 0 ? doubles : vec('f64x2.mul', doubles, splatDouble(2 ** scales[limb]!));
          f.store128(chosen, scaled, part * bytes + 16 * limb);
        }
      }
    };
    for (let v = 0; v < parts; v++) {
      const plus = pick(v);
      const minus = pick(parts + v);
      const swap = lanes.map((lane, i) => f.op('v128.and', vec('v128.xor', plus[i]!, minus[i]!), lane.negative));
      write(
        0,
        v,
        plus.map((x, i) => f.op('v128.xor', x, swap[i]!)),
      );
      write(
        1,
        v,
        minus.map((x, i) => f.op('v128.xor', x, swap[i]!)),
      );
    }
    for (let v = 0; v < parts; v++) {
      const t2d = pick(2 * parts + v);
      write(
        2,
        v,
        t2d.map((x, i) => f.op('i32x4.sub', vec('v128.xor', x, lanes[i]!.negative), lanes[i]!.negative)),
      );
    }
  });
};
const LOW = '0 1 2 3 4 5 6 7 0 1 2 3 4 5 6 7';
const HIGH = '8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15';

/** In the leaky build, an access at the digit's address. */
const leak = (k: Kernel, f: Fn, window: Value, index: Value): void => {
  if (!k.leaky) return;
  const digit = op('i32', 'i32.wrap_i64', { kind: 'i64', code: `(i64x2.extract_lane 0 ${index.code})` });
  f.store('i64.store', k.memory('leak', 16), load('i64', 'i64.load', f.let(add(window, mul(digit, entryBytes(k))))));
};

/** Adds to each working point its digit's multiple from every window of a table. */
const emitFixed = (k: Kernel, name: string, digits: number, slots: number): void => {
  const working = k.memory('G', VECTORS * k.pointBytes);
  const chosen = k.memory('fixed chosen', 0);
  k.export(name, 3, ({ f }, table, windows, n) => {
    const m = f.let(op('i32', 'i32.shr_u', n!, 1));
    f.loop(0, windows!, (w) => {
      const window = f.let(add(table!, mul(w, ENTRIES * entryBytes(k))));
      f.loop(0, m, (i) => {
        f.call('fixed_select', window, load('v128', 'v128.load', f.let(add(digits, shl(add(mul(i, slots), w), 4)))));
        const point = f.let(add(working, mul(i, k.pointBytes)));
        f.call('ge_madd', point, point, chosen);
      });
    });
  });
};

export const emitFixedBase = (k: Kernel): void => {
  emitTables(k);
  if (k.field.packedScale === undefined) emitSelectDoubles(k);
  else emitSelectPacked(k, k.field.packedScale);
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
  // The same points with Z = 1, as bucket sums want them.
  const [zs, scratch] = [workArray(k, 'a'), workArray(k, 'b')];
  k.export('normalize', 1, (a, n) => {
    const { f } = a;
    const m = vectorsOf(a, n!);
    f.loop(0, m, (i) => a.copy(a.item(zs, i), a.working(i).z));
    f.call('fe_batchinv', zs, scratch, m);
    f.loop(0, m, (i) => {
      const p = a.working(i);
      a.mul(p.x, p.x, a.item(zs, i));
      a.mul(p.y, p.y, a.item(zs, i));
      a.mul(p.t, p.x, p.y);
      a.copy(p.z, a.c('one'));
    });
  });
  // The identity in the second lane of the last vector: what stands beside an odd message is none.
  k.export('dropLast', 1, (a, n) => {
    const p = a.working(a.f.let(sub(vectorsOf(a, n!), 1)));
    for (const part of ['x', 't'] as const) a.mixLanes(p[part], p[part], a.c('zero'));
    for (const part of ['y', 'z'] as const) a.mixLanes(p[part], p[part], a.c('one'));
  });
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
