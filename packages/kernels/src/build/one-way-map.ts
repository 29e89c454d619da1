import type { Kernel } from './arith.ts';
import { type Fe, LANES, VECTORS } from './element.ts';
import { add, mul, shl, type Value } from './wat.ts';
import { vectorsOf, workArray, workMasks } from './work.ts';

/** RFC 9496 §4.3.4 MAP for m vectors of field elements at `t`, to the points at `to`. */
export const emitOneWayMap = (k: Kernel): void => {
  const [rs, us, vs, roots] = ['a', 'b', 'c', 'd'].map((name) => workArray(k, name)) as [number, number, number, number];
  const masks = workMasks(k);
  k.func('elligator', { params: ['i32', 'i32', 'i32'] }, (a, to, ts, m) => {
    const { f } = a;
    const own = (base: Value, i: Value): Fe => a.at(f.let(add(base, mul(i, k.field.bytes))));
    const [q, p1, p2] = a.temps(3) as [Fe, Fe, Fe];
    f.loop(0, m!, (i) => {
      const r = a.item(rs, i);
      a.sqr(q, own(ts!, i));
      a.mul(r, q, a.c('sqrtM1'));
      a.add(p1, r, a.c('one'));
      a.mul(a.item(us, i), p1, a.c('oneMinusDSquared'));
      a.mul(p1, r, a.c('d'));
      a.add(p1, p1, a.c('one'));
      a.neg(p1, p1);
      a.tidy(p1);
      a.add(p2, r, a.c('d'));
      a.mul(a.item(vs, i), p1, p2);
    });
    f.call('sqrt_ratio', roots, masks, us, vs, m!);
    const [s, c, nt, w0, w1, w2, w3, minusOne] = a.temps(8) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe];
    f.loop(0, m!, (i) => {
      const [r, v, root] = [rs, vs, roots].map((at) => a.item(at, i)) as [Fe, Fe, Fe];
      const square = f.load128(f.let(add(masks, shl(i, 4))));
      a.mul(s, root, own(ts!, i));
      a.abs(s, s);
      a.neg(s, s);
      a.select(s, root, s, square);
      a.neg(minusOne, a.c('one'));
      a.select(c, minusOne, r, square);
      a.sub(q, r, a.c('one'));
      a.mul(nt, c, q);
      a.mul(nt, nt, a.c('dMinusOneSquared'));
      a.sub(nt, nt, v);
      a.mul(w0, s, v);
      a.add(w0, w0, w0);
      a.tidy(w0);
      a.mul(w1, nt, a.c('sqrtAdMinusOne'));
      a.sqr(q, s);
      a.sub(w2, a.c('one'), q);
      a.add(w3, a.c('one'), q);
      a.tidy(w2, w3);
      const p = a.point(f.let(add(to!, mul(i, k.pointBytes))));
      a.mul(p.x, w0, w3);
      a.mul(p.y, w2, w1);
      a.mul(p.z, w1, w3);
      a.mul(p.t, w0, w2);
    });
  });
  // 64 uniform bytes for each of n elements at `in`, to working points: two maps and a sum.
  const input = k.memory('in', 64 * LANES);
  const working = k.memory('G', VECTORS * k.pointBytes);
  const second = k.memory('second points', VECTORS * k.pointBytes);
  const ts = workArray(k, 'e');
  k.export('fromUniform', 1, (a, n) => {
    const { f } = a;
    const m = vectorsOf(a, n!);
    for (const [half, points] of [
      [0, working],
      [32, second],
    ] as const) {
      f.loop(0, m, (i) => {
        const from = f.let(add(input, shl(i, 7)));
        a.fromBytes(a.item(ts, i), add(from, half), add(from, 64 + half));
      });
      f.call('elligator', points, ts, m);
    }
    f.loop(0, m, (i) => {
      const o = f.let(mul(i, k.pointBytes));
      const p = f.let(add(working, o));
      f.call('ge_plus', p, p, add(second, o));
    });
  });
};
