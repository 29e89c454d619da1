import { type Arith, type Fe, type Kernel, type Point, VECTORS } from './arith.ts';
import { add, bitsOf, load, mul, op, type Place, splat, type Value, value, vec } from './wat.ts';

/** A point ready to be added: Y+X, Y−X, 2dT, 2Z. */
export interface Cached {
  readonly at: Place;
  readonly yPlusX: Fe;
  readonly yMinusX: Fe;
  readonly t2d: Fe;
  readonly z2: Fe;
}

export const cachedAt = (a: Arith, base: Value | number): Cached => {
  const { field } = a.k;
  const sums = field.carriesSums ? 1 : 2;
  const part = (k: number, units: number) => a.at({ base, offset: k * field.bytes }, units);
  return { at: { base, offset: 0 }, yPlusX: part(0, sums), yMinusX: part(1, sums), t2d: part(2, 1), z2: part(3, 2) };
};

const finishPoint = (
  a: Arith,
  r: Point,
  parts: { readonly e: Fe; readonly f: Fe; readonly g: Fe; readonly h: Fe },
  wantT?: Value,
): void => {
  a.mul(r.x, parts.e, parts.f);
  a.mul(r.y, parts.g, parts.h);
  a.mul(r.z, parts.f, parts.g);
  if (wantT === undefined) a.mul(r.t, parts.e, parts.h);
  else a.f.if(wantT, () => a.mul(r.t, parts.e, parts.h));
};

/** Formulas of Hisil, Wong, Carter, Dawson 2008 (a = −1): complete, so that no case needs a branch. */
const emitGroupLaw = (k: Kernel): void => {
  const relaxed = k.field.name === 'relaxed';
  const fused = k.module.alloc(6 * k.field.bytes);
  const half = (a: Arith, i: number): Fe => a.at(fused + i * k.field.bytes);

  k.func('ge_dbl', { params: ['i32', 'i32', 'i32'] }, (a, r, p, wantT) => {
    const from = a.point(p!);
    const to = a.point(r!);
    if (relaxed) {
      const e = a.temp();
      a.mul2(e, from.x, from.y);
      a.f.call('fe_dbl1', fused, p!);
      finishPoint(a, to, { e, g: half(a, 0), h: half(a, 1), f: half(a, 2) }, wantT!);
      return;
    }
    const [xx, yy, c, e, f, g, h] = a.temps(7) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe];
    a.sqr(xx, from.x);
    a.sqr(yy, from.y);
    a.sqr(c, from.z);
    a.add(c, c, c);
    a.add(e, from.x, from.y);
    a.sqr(e, e);
    a.sub(e, e, xx);
    a.sub(e, e, yy);
    a.sub(g, yy, xx);
    a.add(h, xx, yy);
    a.sub(f, c, g);
    finishPoint(a, to, { e, f, g, h }, wantT!);
  });

  k.func('ge_add', { params: ['i32', 'i32', 'i32', 'i32'] }, (a, r, p, q, wantT) => {
    const from = a.point(p!);
    const to = a.point(r!);
    if (relaxed) {
      a.f.call('fe_add1', fused, p!, q!);
      finishPoint(a, to, { e: half(a, 0), h: half(a, 1), g: half(a, 2), f: half(a, 3) }, wantT!);
      return;
    }
    const other = cachedAt(a, q!);
    const [aa, b, c, d, e, f, g, h] = a.temps(8) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe];
    a.sub(e, from.y, from.x);
    a.add(f, from.y, from.x);
    a.mul(aa, e, other.yMinusX);
    a.mul(b, f, other.yPlusX);
    a.mul(c, from.t, other.t2d);
    a.mul(d, from.z, other.z2);
    a.sub(e, b, aa);
    a.sub(f, d, c);
    a.add(g, d, c);
    a.add(h, b, aa);
    finishPoint(a, to, { e, f, g, h }, wantT!);
  });

  // Mixed addition: q is Y+X, Y−X, 2dT of an affine point.
  k.func('ge_madd', { params: ['i32', 'i32', 'i32'] }, (a, r, p, q) => {
    const from = a.point(p!);
    const to = a.point(r!);
    if (relaxed) {
      a.f.call('fe_madd1', fused, p!, q!);
      finishPoint(a, to, { e: half(a, 0), h: half(a, 1), g: half(a, 2), f: half(a, 3) });
      return;
    }
    const part = (i: number): Fe => a.at({ base: q!, offset: i * k.field.bytes });
    const [aa, b, c, d, e, f, g, h] = a.temps(8) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe];
    a.sub(e, from.y, from.x);
    a.add(f, from.y, from.x);
    a.mul(aa, e, part(1));
    a.mul(b, f, part(0));
    a.mul(c, from.t, part(2));
    a.add(d, from.z, from.z);
    a.sub(e, b, aa);
    a.sub(f, d, c);
    a.add(g, d, c);
    a.add(h, b, aa);
    finishPoint(a, to, { e, f, g, h });
  });

  k.func('ge_cache', { params: ['i32', 'i32'] }, (a, r, p) => {
    const from = a.point(p!);
    const to = cachedAt(a, r!);
    const [s, d] = a.temps(2) as [Fe, Fe];
    a.add(s, from.y, from.x);
    a.sub(d, from.y, from.x);
    a.tidy(s, d);
    a.copy(to.yPlusX, s);
    a.copy(to.yMinusX, d);
    a.mul(to.t2d, from.t, a.c('d2'));
    a.add(to.z2, from.z, from.z);
  });

  // r = −r, cached.
  k.func('ge_cachedneg', { params: ['i32'] }, (a, r) => {
    const c = cachedAt(a, r!);
    const t = a.temp();
    a.copy(t, c.yPlusX);
    a.copy(c.yPlusX, c.yMinusX);
    a.copy(c.yMinusX, t);
    a.neg(c.t2d, c.t2d);
  });

  k.func('ge_zero', { params: ['i32'] }, (a, r) => {
    const p = a.point(r!);
    a.copy(p.x, a.c('zero'));
    a.copy(p.y, a.c('one'));
    a.copy(p.z, a.c('one'));
    a.copy(p.t, a.c('zero'));
  });

  // r = p + q for two extended points.
  const cached = k.module.alloc(4 * k.field.bytes);
  k.func('ge_plus', { params: ['i32', 'i32', 'i32'] }, (a, r, p, q) => {
    a.f.call('ge_cache', cached, q!);
    a.f.call('ge_add', r!, p!, cached, 1);
  });
};

/** Windows of a scalar, and bytes of one vector's digits: 64 signed digits, most significant first, as {magnitude, sign mask} for both lanes. */
export const WINDOWS = 64;
export const DIGIT_BYTES: number = WINDOWS * 32;
const TABLE = 8;

/** 1P … 8P, cached, from the point at p. */
export const tableBytes = (k: Kernel): number => TABLE * k.pointBytes;

const emitTable = (k: Kernel): void => {
  const p2 = k.module.alloc(k.pointBytes);
  k.func('ge_table', { params: ['i32', 'i32'] }, ({ f }, table, p) => {
    f.call('ge_cache', table!, p!);
    f.call('ge_dbl', p2, p!, 1);
    f.call('ge_cache', add(table!, k.pointBytes), p2);
    f.loop(2, TABLE, (i) => {
      f.call('ge_add', p2, p2, table!, 1);
      f.call('ge_cache', add(table!, mul(i, k.pointBytes)), p2);
    });
  });
};

/** q = digit · P from a table of 1P…8P: reads every entry, so that neither a branch nor an address tells the digit (which may be 0 or negative). */
const emitSelect = (k: Kernel): void => {
  const { bytes } = k.field;
  const stride = k.pointBytes;
  k.func('ge_select', { params: ['i32', 'i32', 'v128', 'v128'] }, (a, q, table, magnitude, negative) => {
    const { f } = a;
    if (k.leaky) {
      const index = f.let(op('i32', 'i32.wrap_i64', { kind: 'i64', code: `(i64x2.extract_lane 0 ${magnitude!.code})` }));
      f.call('ge_leak', q!, add(table!, mul(index, stride)));
      return;
    }
    const masks = Array.from({ length: TABLE }, (_, i) => f.op('i64x2.eq', magnitude!, splat(i + 1)));
    const none = f.op('i64x2.eq', magnitude!, splat(0));
    const pick = (o: Value, offset: number): Value =>
      f.let(
        masks
          .map((mask, i) => vec('v128.and', load('v128', 'v128.load', { base: o, offset: offset + i * stride }), mask))
          .reduce((x, y) => vec('v128.or', x, y)),
      );
    const part = (first: number, each: (from: Value, to: Value) => void): void => {
      f.loop(first, first + bytes, (o) => each(f.let(add(table!, o)), f.let(add(q!, o))), 16);
    };
    part(0, (from, to) => {
      const plus = pick(from, 0);
      const minus = pick(from, bytes);
      const swap = f.op('v128.and', vec('v128.xor', plus, minus), negative!);
      f.store128({ base: to, offset: 0 }, vec('v128.xor', plus, swap));
      f.store128({ base: to, offset: bytes }, vec('v128.xor', minus, swap));
    });
    const sign = f.op('v128.and', negative!, splat(1n << 63n));
    part(2 * bytes, (from, to) => f.store128({ base: to, offset: 0 }, vec('v128.xor', pick(from, 0), sign)));
    part(3 * bytes, (from, to) => f.store128({ base: to, offset: 0 }, pick(from, 0)));
    // Digit 0: the identity, Y+X = Y−X = 1, 2dT = 0, 2Z = 2. Limb 0 holds such small numbers as they are.
    for (const [offset, x] of [
      [0, 1],
      [bytes, 1],
      [3 * bytes, 2],
    ] as const) {
      const place = { base: q!, offset };
      f.store128(place, vec('v128.or', load('v128', 'v128.load', place), vec('v128.and', none, splat(bitsOf(x)))));
    }
  });
  if (k.leaky)
    k.func('ge_leak', { params: ['i32', 'i32'] }, ({ f }, q, from) =>
      f.loop(0, stride, (o) => f.store128(add(q!, o), load('v128', 'v128.load', f.let(add(from!, o)))), 16),
    );
};

/** r = k·p by signed windows of 4 bits; `digits` are one vector's. */
const emitScalarMultiplication = (k: Kernel): void => {
  const table = k.module.alloc(tableBytes(k));
  const [sum, chosen] = [k.module.alloc(k.pointBytes), k.module.alloc(k.pointBytes)];
  k.func('ge_scalarmult', { params: ['i32', 'i32', 'i32'] }, ({ f }, r, p, digits) => {
    f.call('ge_table', table, p!);
    f.call('ge_zero', sum);
    f.loop(0, WINDOWS, (w) => {
      f.if(w, () => {
        for (const wantT of [0, 0, 0, 1]) f.call('ge_dbl', sum, sum, wantT);
      });
      const digit = f.let(add(digits!, mul(w, 32)));
      f.call('ge_select', chosen, table, load('v128', 'v128.load', digit), load('v128', 'v128.load', digit, 16));
      f.call('ge_add', sum, sum, chosen, op('i32', 'i32.eq', w, value(WINDOWS - 1)));
    });
    f.copy(r!, sum, k.pointBytes);
  });
  const all = k.memory('digits', (VECTORS + 1) * DIGIT_BYTES);
  const working = k.memory('G', VECTORS * k.pointBytes);
  const each = (step: number, from: number) => (a: Arith, n?: Value) => {
    a.f.loop(0, a.f.let(op('i32', 'i32.shr_u', n!, 1)), (i) => {
      const point = a.f.let(add(working, mul(i, k.pointBytes)));
      a.f.call('ge_scalarmult', point, point, add(from, mul(i, step)));
    });
  };
  // Working points times the shared scalar, or each its own.
  k.export('mul', 1, each(0, all + VECTORS * DIGIT_BYTES));
  k.export('mulEach', 1, each(DIGIT_BYTES, all));
};

export const emitPoints = (k: Kernel): void => {
  emitGroupLaw(k);
  emitTable(k);
  emitSelect(k);
  emitScalarMultiplication(k);
};
