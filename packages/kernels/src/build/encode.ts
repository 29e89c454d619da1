import type { Kernel } from './arith.ts';
import { type Fe, LANES } from './element.ts';
import { add, load, shl } from './wat.ts';
import { vectorsOf, workArray, workMasks } from './work.ts';

/**
 * Encodes 2·P for each of n working points: doubling and compressing together needs no inverse square root (Hamburg's "double-and-compress", as in
 * curve25519-dalek), only one inversion for the batch. Callers multiply by k/2 to get k·P.
 */
const emitEncodeDoubled = (k: Kernel): void => {
  const out = k.memory('out', 32 * LANES);
  const [es, fs, gs, hs, egs, fhs, invs, scratch] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) =>
    workArray(k, name),
  ) as [number, number, number, number, number, number, number, number];
  const masks = workMasks(k);
  k.export('encodeDoubled', 1, (a, n) => {
    const { f } = a;
    const m = vectorsOf(a, n!);
    const [xx, yy, zz, dtt, t, u] = a.temps(6) as [Fe, Fe, Fe, Fe, Fe, Fe];
    f.loop(0, m, (i) => {
      const p = a.working(i);
      const [e, eg, fh, inv] = [es, egs, fhs, invs].map((at) => a.item(at, i)) as [Fe, Fe, Fe, Fe];
      a.sqr(xx, p.x);
      a.sqr(yy, p.y);
      a.sqr(zz, p.z);
      a.sqr(t, p.t);
      a.mul(dtt, t, a.c('d'));
      a.add(t, p.y, p.y);
      a.mul(e, t, p.x);
      const carried = (at: number, sum: () => void): Fe => {
        sum();
        a.carry(u);
        const to = a.item(at, i);
        a.copy(to, u);
        return to;
      };
      const ff = carried(fs, () => a.add(u, zz, dtt));
      const g = carried(gs, () => a.add(u, yy, xx));
      const h = carried(hs, () => a.sub(u, zz, dtt));
      a.mul(eg, e, g);
      a.mul(fh, ff, h);
      a.mul(inv, eg, fh);
      const zero = a.isZero(inv);
      f.store128(f.let(add(masks, shl(i, 4))), zero);
      a.select(inv, a.c('one'), inv, zero);
    });
    f.call('fe_batchinv', invs, scratch, m);
    const [zi, ti, me, fsq, ee, gg, hh, magic, s] = a.temps(9) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe];
    f.loop(0, m, (i) => {
      const [e, ff, g, h, eg, fh, inv] = [es, fs, gs, hs, egs, fhs, invs].map((at) => a.item(at, i)) as [
        Fe,
        Fe,
        Fe,
        Fe,
        Fe,
        Fe,
        Fe,
      ];
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
  emitEncodeDoubled(k);
  emitEncode(k);
};
