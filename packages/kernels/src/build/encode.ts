import type { Arith, Kernel } from './arith.ts';
import { type Fe, LANES, type Point, VECTORS } from './element.ts';
import { type Intersection, intersectionAt } from './intersection.ts';
import { add, load, shl, type Value } from './wat.ts';
import { vectorsOf, workArray, workMasks } from './work.ts';

/** Arrays of points on the Jacobi intersection: E, F, G, H, then EG, FH and 1/(EG·FH). */
const ARRAYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;
const intersections = (k: Kernel): readonly number[] => ARRAYS.map((name) => workArray(k, name));

/** Vector i of the points that `compress` is to encode, given on the Jacobi intersection. */
export const putIntersection = (a: Arith, i: Value, e: Fe, f: Fe, g: Fe, h: Fe): void => {
  const places = intersections(a.k).map((at) => a.item(at, i)) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe];
  for (const [j, part] of [e, f, g, h].entries()) a.copy(places[j]!, part);
  const [, , , , eg, fh, inv] = places;
  a.mul(eg, e, g);
  a.mul(fh, f, h);
  a.mul(inv, eg, fh);
  const zero = a.isZero(inv);
  a.f.store128(a.f.let(add(workMasks(a.k), shl(i, 4))), zero);
  a.select(inv, a.c('one'), inv, zero);
};

/**
 * Encodes m vectors of points on the Jacobi intersection: what RFC 9496 §4.3.2 takes an inverse square root for is known there (Hamburg's "double-and-compress", as in
 * curve25519-dalek), so that only one inversion is left for the batch.
 */
const emitCompress = (k: Kernel): void => {
  const out = k.memory('out', 32 * LANES);
  const scratch = workArray(k, 'h');
  const masks = workMasks(k);
  k.func('compress', { params: ['i32'] }, (a, m) => {
    const { f } = a;
    const invs = intersections(k)[6]!;
    f.call('fe_batchinv', invs, scratch, m!);
    const [zi, ti, me, fsq, ee, gg, hh, magic, s, t] = a.temps(10) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe];
    f.loop(0, m!, (i) => {
      const [e, ff, g, h, eg, fh, inv] = intersections(k).map((at) => a.item(at, i)) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe];
      a.mul(zi, eg, inv);
      a.mul(ti, fh, inv);
      a.mul(t, eg, zi);
      const rotate = a.isNegative(t);
      a.neg(me, e);
      a.mul(fsq, ff, a.c('sqrtM1'));
      a.select(ee, g, e, rotate);
      a.select(gg, me, g, rotate);
      a.select(hh, fsq, h, rotate);
      a.select(magic, a.c('sqrtM1'), a.c('invSqrtAMinusD'), rotate);
      a.mul(t, hh, ee);
      a.mul(t, t, zi);
      a.cneg(gg, gg, a.isNegative(t));
      a.sub(s, hh, gg);
      a.mul(t, gg, ti);
      a.mul(t, magic, t);
      a.mul(s, s, t);
      a.abs(s, s);
      a.clear(s, load('v128', 'v128.load', f.let(add(masks, shl(i, 4)))));
      const to = f.let(add(out, shl(i, 6)));
      a.toBytes(to, add(to, 32), s);
    });
  });
};

/** 2·P on the Jacobi intersection, for P in extended coordinates. */
const double = (a: Arith, p: Point, { e, f, g, h }: Intersection): void => {
  const [xx, yy, zz, dtt, t] = a.temps(5) as [Fe, Fe, Fe, Fe, Fe];
  a.sqr(xx, p.x);
  a.sqr(yy, p.y);
  a.sqr(zz, p.z);
  a.sqr(t, p.t);
  a.mul(dtt, t, a.c('d'));
  a.add(t, p.y, p.y);
  a.mul(e, t, p.x);
  a.add(t, zz, dtt);
  a.carry(f, t);
  a.add(t, yy, xx);
  a.carry(g, t);
  a.sub(t, zz, dtt);
  a.carry(h, t);
};

/** Encodes 2·P for each of n working points. Callers multiply by k/2 to get k·P. */
const emitEncodeDoubled = (k: Kernel): void => {
  k.export('encodeDoubled', 1, (a, n) => {
    const m = vectorsOf(a, n!);
    const [e, f, g, h] = a.temps(4) as [Fe, Fe, Fe, Fe];
    a.f.loop(0, m, (i) => {
      double(a, a.working(i), { e, f, g, h });
      putIntersection(a, i, e, f, g, h);
    });
    a.f.call('compress', m);
  });
};

/** Points on the Jacobi intersection, to which `encodeDoubledOnto` adds. */
export const coversOf = (k: Kernel): number => k.memory('covers', VECTORS * k.pointBytes);

/**
 * Encodes Cᵢ + 2·Pᵢ for n working points P and as many points C at `covers`. A point that comes from an encoding, or from the one-way map, is known on the Jacobi intersection; when the
 * multiple that is added is made as a half, the sum is known there as well, and no root is needed.
 */
const emitEncodeDoubledOnto = (k: Kernel): void => {
  const [twice, sum] = [k.module.alloc(k.pointBytes), k.module.alloc(k.pointBytes)];
  k.export('encodeDoubledOnto', 1, (a, n) => {
    const m = vectorsOf(a, n!);
    a.f.loop(0, m, (i) => {
      double(a, a.working(i), intersectionAt(a, twice));
      a.f.call('ji_plus', sum, a.slot(coversOf(k), i, k.pointBytes), twice);
      const { e, f, g, h } = intersectionAt(a, sum);
      putIntersection(a, i, e, f, g, h);
    });
    a.f.call('compress', m);
  });
};

/** RFC 9496 §4.3.2 ENCODE of n working points: one inverse square root each. */
const emitEncode = (k: Kernel): void => {
  const out = k.memory('out', 32 * LANES);
  const [u1s, u2s, ws, roots] = ['a', 'b', 'c', 'd'].map((name) => workArray(k, name)) as [number, number, number, number];
  k.export('encode', 1, (a, n) => {
    const { f } = a;
    const m = vectorsOf(a, n!);
    const [p1, p2] = a.temps(2) as [Fe, Fe];
    f.loop(0, m, (i) => {
      const p = a.working(i);
      a.add(p1, p.z, p.y);
      a.sub(p2, p.z, p.y);
      a.carry(p2);
      a.mul(a.item(u1s, i), p1, p2);
      a.mul(a.item(u2s, i), p.x, p.y);
      a.sqr(p1, a.item(u2s, i));
      a.mul(a.item(ws, i), a.item(u1s, i), p1);
    });
    f.call('inv_sqrt', roots, workMasks(k), ws, m);
    const [d1, d2, zi, ix, iy, en, t, x, y, di, s] = a.temps(11) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe];
    f.loop(0, m, (i) => {
      const p = a.working(i);
      a.mul(d1, a.item(roots, i), a.item(u1s, i));
      a.mul(d2, a.item(roots, i), a.item(u2s, i));
      a.mul(zi, d1, d2);
      a.mul(zi, zi, p.t);
      a.mul(ix, p.x, a.c('sqrtM1'));
      a.mul(iy, p.y, a.c('sqrtM1'));
      a.mul(en, d1, a.c('invSqrtAMinusD'));
      a.mul(t, p.t, zi);
      const rotate = a.isNegative(t);
      a.select(x, iy, p.x, rotate);
      a.select(y, ix, p.y, rotate);
      a.select(di, en, d2, rotate);
      a.mul(t, x, zi);
      a.cneg(y, y, a.isNegative(t));
      a.sub(t, p.z, y);
      a.mul(s, t, di);
      a.abs(s, s);
      const to = f.let(add(out, shl(i, 6)));
      a.toBytes(to, add(to, 32), s);
    });
  });
};

export const emitEncoding = (k: Kernel): void => {
  emitCompress(k);
  emitEncodeDoubled(k);
  emitEncodeDoubledOnto(k);
  emitEncode(k);
};
