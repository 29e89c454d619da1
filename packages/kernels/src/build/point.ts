import type { Arith, Kernel } from './arith.ts';
import type { Fe, Point } from './element.ts';
import type { Place, Value } from './wat.ts';

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
export const emitGroupLaw = (k: Kernel): void => {
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
