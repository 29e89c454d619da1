import type { Arith, Kernel } from './arith.ts';
import { VECTORS } from './element.ts';
import { add, bitsOf, load, mul, op, splat, type Value, value, vec } from './wat.ts';

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

/** Multiplication by a scalar through tables that are read whole. */
export const emitMultiplication = (k: Kernel): void => {
  emitTable(k);
  emitSelect(k);
  emitScalarMultiplication(k);
};
