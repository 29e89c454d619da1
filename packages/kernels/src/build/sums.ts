import type { Arith, Kernel } from './arith.ts';
import { type Fe, VECTORS } from './element.ts';
import { DIGIT_BYTES, tableBytes, WINDOWS } from './multiply.ts';
import { add, and, load, mul, op, shl, splat, sub, type Value, vec } from './wat.ts';

/** Elements of one row that a sum can have at most. */
export const SUM_WIDTH = 128;

/** Column sums: accumulator j takes the two lanes apart until they are folded together. */
const emitSums = (k: Kernel): void => {
  const working = k.memory('G', VECTORS * k.pointBytes);
  const sums = k.memory('sums', SUM_WIDTH * k.pointBytes);
  const cached = k.module.alloc(k.pointBytes);
  const swapped = k.module.alloc(k.pointBytes);
  k.export('clearSums', 1, ({ f }, width) => f.loop(0, width!, (j) => f.call('ge_zero', add(sums, mul(j, k.pointBytes)))));
  // Adds all n working points to sum j.
  k.export('addToSum', 2, ({ f }, j, n) => {
    const sum = f.let(add(sums, mul(j!, k.pointBytes)));
    f.loop(0, f.let(op('i32', 'i32.shr_u', n!, 1)), (i) => {
      f.call('ge_cache', cached, f.let(add(working, mul(i, k.pointBytes))));
      f.call('ge_add', sum, sum, cached, 1);
    });
  });
  // Folds sums first … first + 2·VECTORS: sum j goes to working lane j − first.
  k.export('foldSums', 2, (a, first, n) => {
    const { f } = a;
    const fold = (sum: Value): void => {
      const p = a.point(sum);
      const q = a.point(swapped);
      for (const part of ['x', 'y', 'z', 't'] as const) a.swapLanes(q[part], p[part]);
      f.call('ge_plus', sum, sum, swapped);
    };
    f.loop(0, n!, (j) => fold(f.let(add(sums, mul(add(first!, j), k.pointBytes)))));
    f.loop(0, n!, (j) => {
      const one = f.let(add(sums, mul(add(first!, j), k.pointBytes)));
      const target = a.point(f.let(add(working, mul(op('i32', 'i32.shr_u', j, 1), k.pointBytes))));
      const from = a.point(one);
      f.if(op('i32', 'i32.eqz', and(j, 1)), () => f.copy(target.at, one, k.pointBytes));
      f.if(and(j, 1) as Value, () => {
        for (const part of ['x', 'y', 'z', 't'] as const) a.mixLanes(target[part], target[part], from[part]);
      });
    });
  });
};

/**
 * Σ kᵢ·Pᵢ over the working points with their digits, added to sum j; for secret scalars (Straus): one chain of doublings for all, tables read whole.
 */
const emitSecretMultiScalar = (k: Kernel): void => {
  const working = k.memory('G', VECTORS * k.pointBytes);
  const tables = k.module.alloc(VECTORS * tableBytes(k));
  const digits = k.memory('digits', (VECTORS + 1) * DIGIT_BYTES);
  const [sum, chosen] = [k.module.alloc(k.pointBytes), k.module.alloc(k.pointBytes)];
  k.export('multiScalarSecret', 2, ({ f }, j, n) => {
    const m = f.let(op('i32', 'i32.shr_u', n!, 1));
    f.loop(0, m, (i) => f.call('ge_table', f.let(add(tables, mul(i, tableBytes(k)))), f.let(add(working, mul(i, k.pointBytes)))));
    f.call('ge_zero', sum);
    f.loop(0, WINDOWS, (w) => {
      for (const wantT of [0, 0, 0, 1]) f.call('ge_dbl', sum, sum, wantT);
      f.loop(0, m, (i) => {
        const digit = f.let(add(add(digits, mul(i, DIGIT_BYTES)), shl(w, 5)));
        f.call(
          'ge_select',
          chosen,
          f.let(add(tables, mul(i, tableBytes(k)))),
          load('v128', 'v128.load', digit),
          load('v128', 'v128.load', digit, 16),
        );
        f.call('ge_add', sum, sum, chosen, 1);
      });
    });
    const total = f.let(add(k.memory('sums', 0), mul(j!, k.pointBytes)));
    f.call('ge_plus', total, total, sum);
  });
};

/** 64 bits from each of two places. */
const loadPair = (place: readonly Value[], o: number): Value => {
  const low = load('v128', 'v128.load64_zero', place[0]!, o);
  return { kind: 'v128', code: `(v128.load64_lane offset=${o + 8} 1 ${place[1]!.code} ${low.code})` };
};

/** Bits of a bucket window, windows, and buckets: signed digits of 8 bits. */
const BUCKET_BITS = 8;
const BUCKET_WINDOWS = 32;
const BUCKETS = 1 << (BUCKET_BITS - 1);

/**
 * Pippenger's method for PUBLIC scalars: its addresses are digits. The two lanes are two windows of the same point: lane 0 serves windows 0…15, lane 1
 * windows 16…31, so one addition serves two buckets. Sums stay in memory over calls; `multiScalarPublicEnd` gathers them into sum j.
 */
const emitPublicMultiScalar = (k: Kernel): void => {
  const { bytes, limbs } = k.field;
  const half = BUCKET_WINDOWS / 2;
  const buckets = k.memory('buckets', half * BUCKETS * k.pointBytes);
  const working = k.memory('G', VECTORS * k.pointBytes);
  const scalars = k.memory('scalars', 0);
  const digits = k.module.alloc(2 * VECTORS * BUCKET_WINDOWS);
  const niels = k.module.alloc(2 * VECTORS * 3 * bytes);
  const [point, chosen] = [k.module.alloc(k.pointBytes), k.module.alloc(3 * bytes)];

  k.export('multiScalarPublicBegin', 0, ({ f }) => {
    f.loop(0, half * BUCKETS, (b) => f.call('ge_zero', f.let(add(buckets, mul(b, k.pointBytes)))));
  });

  // Working points are decoded (Z = 1); each becomes Y+X, Y−X, 2dT with the same point in both lanes.
  const spread = (a: Arith, from: Fe, to: Value, lane: number, part: number): void => {
    for (let l = 0; l < limbs; l++) {
      const v = vec('i64x2.splat', load('i64', 'i64.load', from.place, 16 * l + 8 * lane));
      a.f.store128({ base: to, offset: part * bytes + 16 * l }, v);
    }
  };
  k.export('multiScalarPublic', 1, (a, n) => {
    const { f } = a;
    const [s, d, t] = a.temps(3) as [Fe, Fe, Fe];
    f.loop(0, f.let(op('i32', 'i32.shr_u', n!, 1)), (i) => {
      const p = a.point(f.let(add(working, mul(i, k.pointBytes))));
      a.add(s, p.y, p.x);
      a.sub(d, p.y, p.x);
      a.carry(s);
      a.carry(d);
      a.mul(t, p.t, a.c('d2'));
      for (const lane of [0, 1]) {
        const to = f.let(add(niels, mul(add(shl(i, 1), lane), 3 * bytes)));
        for (const [part, fe] of [s, d, t].entries()) spread(a, fe, to, lane, part);
      }
    });
    // Signed digits −128 … 127, one byte each.
    f.loop(0, n!, (i) => {
      const carry = f.let(0);
      f.loop(0, BUCKET_WINDOWS, (w) => {
        const at = f.let(add(shl(i, 5), w));
        const x = f.let(add(load('i32', 'i32.load8_u', f.let(add(scalars, at))), carry));
        f.set(carry, op('i32', 'i32.shr_u', add(x, BUCKETS), BUCKET_BITS));
        f.store('i32.store8', f.let(add(digits, at)), x);
      });
    });
    f.loop(0, half, (w) => {
      const row = f.let(add(buckets, mul(w, BUCKETS * k.pointBytes)));
      f.loop(0, n!, (i) => {
        const digit = [0, 1].map((lane) =>
          f.let(load('i32', 'i32.load8_s', f.let(add(add(digits, shl(i, 5)), add(w, lane * half))))),
        );
        const sign = digit.map((x) => f.let(op('i32', 'i32.shr_s', x, 31)));
        const place = digit.map((x, lane) => {
          const magnitude = sub(op('i32', 'i32.xor', x, sign[lane]!), sign[lane]!);
          // Digit 0 goes to bucket 1 as the identity.
          return f.let(add(row, mul(sub(op('i32', 'select', magnitude, 1, magnitude), 1), k.pointBytes)));
        });
        const lanes = (values: readonly Value[]): Value =>
          f.op(
            'i64x2.replace_lane 1',
            vec('i64x2.splat', op('i64', 'i64.extend_i32_s', values[0]!)),
            op('i64', 'i64.extend_i32_s', values[1]!),
          );
        const negative = lanes(sign);
        const nonzero = f.op('i64x2.ne', lanes(digit), splat(0));
        const from = f.let(add(niels, mul(i, 3 * bytes)));
        for (let l = 0; l < limbs; l++) {
          const o = 16 * l;
          const plus = f.load128(from, o);
          const minus = f.load128(from, bytes + o);
          const one = splat(l === 0 ? 0x3ff0000000000000n : 0n);
          const swap = f.op('v128.and', vec('v128.xor', plus, minus), negative);
          f.store128(chosen, vec('v128.bitselect', vec('v128.xor', plus, swap), one, nonzero), o);
          f.store128(chosen, vec('v128.bitselect', vec('v128.xor', minus, swap), one, nonzero), bytes + o);
          const t2d = vec('v128.xor', f.load128(from, 2 * bytes + o), vec('v128.and', negative, splat(1n << 63n)));
          f.store128(chosen, vec('v128.and', t2d, nonzero), 2 * bytes + o);
        }
        for (let o = 0; o < k.pointBytes; o += 16) f.store128(point, loadPair(place, o), o);
        f.call('ge_madd', point, point, chosen);
        for (let o = 0; o < k.pointBytes; o += 16) {
          const v = f.load128(point, o);
          f.storeLane(place[0]!, v, 0, o);
          f.storeLane(place[1]!, v, 1, o + 8);
        }
      });
    });
  });

  // Σ b·bucket_b for each window, then the windows from the top: 8 doublings between two of them.
  const [running, window, total] = [0, 1, 2].map(() => k.module.alloc(k.pointBytes)) as [number, number, number];
  k.export('multiScalarPublicEnd', 1, (a, j) => {
    const { f } = a;
    f.call('ge_zero', total);
    f.loopDown(half, (w) => {
      for (let i = 0; i < BUCKET_BITS; i++) f.call('ge_dbl', total, total, i === BUCKET_BITS - 1 ? 1 : 0);
      f.call('ge_zero', running);
      f.call('ge_zero', window);
      f.loopDown(BUCKETS, (b) => {
        const bucket = f.let(add(buckets, mul(add(mul(w, BUCKETS), b), k.pointBytes)));
        f.call('ge_plus', running, running, bucket);
        f.call('ge_plus', window, window, running);
      });
      f.call('ge_plus', total, total, window);
    });
    // Lane 1 still stands 16 windows too low.
    f.copy(window, total, k.pointBytes);
    f.loop(0, half * BUCKET_BITS, () => f.call('ge_dbl', window, window, 1));
    const [high, low] = [a.point(window), a.point(total)];
    for (const part of ['x', 'y', 'z', 't'] as const) a.mixLanes(low[part], low[part], high[part]);
    const sum = f.let(add(k.memory('sums', 0), mul(j!, k.pointBytes)));
    f.call('ge_plus', sum, sum, total);
  });
};

export const emitSumsOfPoints = (k: Kernel): void => {
  emitSums(k);
  emitSecretMultiScalar(k);
  emitPublicMultiScalar(k);
};
