import type { Arith, Kernel } from './arith.ts';
import { type Fe, LANES, VECTORS } from './element.ts';
import { coversOf, putIntersection } from './encode.ts';
import { type Intersection, intersectionAt, putGH } from './intersection.ts';
import { add, mul, shl, type Value } from './wat.ts';
import { vectorsOf, workArray, workMasks } from './work.ts';

/** RFC 9496 §4.3.4 MAP for m vectors of field elements at `t`, to points on the Jacobi intersection at `to`. */
const emitElligator = (k: Kernel): void => {
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
    const [s, c, n, scale, w, minusOne] = a.temps(6) as [Fe, Fe, Fe, Fe, Fe, Fe];
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
      a.mul(n, c, q);
      a.mul(n, n, a.c('dMinusOneSquared'));
      a.sub(n, n, v);
      a.carry(n);
      // E : F : G : H = 2s/√(ad−1) : N/v : 1 − s² : 1 + s², times v. Where v = 0, s is 0 as well and the point is the identity, 0 : 1 : 1 : 1: times N.
      a.select(scale, n, v, a.isZero(v));
      const p = intersectionAt(a, f.let(add(to!, mul(i, k.pointBytes))));
      a.mul(w, s, scale);
      a.mul(p.e, w, a.c('twoInvSqrtAdMinusOne'));
      a.copy(p.f, n);
      putGH(a, p, s, scale);
    });
  });
};

/** RFC 9496 §4.3.4: 64 uniform bytes for each of n elements at `in`, two maps and a sum. */
export const emitOneWayMap = (k: Kernel): void => {
  emitElligator(k);
  const input = k.memory('in', 64 * LANES);
  const working = k.memory('G', VECTORS * k.pointBytes);
  const second = k.memory('second points', VECTORS * k.pointBytes);
  const sum = k.module.alloc(k.pointBytes);
  const ts = workArray(k, 'e');
  k.func('map_twice', { params: ['i32'] }, (a, m) => {
    const { f } = a;
    for (const [half, points] of [
      [0, working],
      [32, second],
    ] as const) {
      f.loop(0, m!, (i) => {
        const from = f.let(add(input, shl(i, 7)));
        a.fromBytes(a.item(ts, i), add(from, half), add(from, 64 + half));
      });
      f.call('elligator', points, ts, m!);
    }
  });
  /** What `use` makes of the sum of lane pair i's two maps. */
  const each = (use: (a: Arith, i: Value, sum: Intersection) => void) => (a: Arith, n?: Value) => {
    const { f } = a;
    const m = vectorsOf(a, n!);
    f.call('map_twice', m);
    f.loop(0, m, (i) => {
      const o = f.let(mul(i, k.pointBytes));
      f.call('ji_plus', sum, add(working, o), add(second, o));
      use(a, i, intersectionAt(a, sum));
    });
    return m;
  };
  // To working points.
  k.export(
    'fromUniform',
    1,
    each((a, i, { e, f, g, h }) => {
      const p = a.working(i);
      a.mul(p.x, e, h);
      a.mul(p.y, f, g);
      a.mul(p.z, f, h);
      a.mul(p.t, e, g);
    }),
  );
  // To what `encodeDoubledOnto` adds to.
  const keep = each((a, i) => a.f.copy(a.slot(coversOf(k), i, k.pointBytes), sum, k.pointBytes));
  k.export('coverUniform', 1, (a, n) => void keep(a, n));
  // To encodings at `out`.
  const put = each((a, i, { e, f, g, h }) => putIntersection(a, i, e, f, g, h));
  k.export('encodeUniform', 1, (a, n) => a.f.call('compress', put(a, n)));
};
