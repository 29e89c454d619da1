import type { Arith, Kernel } from './arith.ts';
import type { Fe } from './element.ts';
import type { Place, Value } from './wat.ts';

/**
 * A point on the Jacobi intersection G² = F² + E², H² = F² − d·E². It covers the curve by x = E/F, y = G/H. Points of 2·E have such coordinates without a root, and so do
 * images of the one-way map and what an encoding says.
 */
export interface Intersection {
  readonly e: Fe;
  readonly f: Fe;
  readonly g: Fe;
  readonly h: Fe;
}
export const intersectionAt = (a: Arith, at: Place | Value | number): Intersection => {
  const { x: e, y: f, z: g, t: h } = a.point(at);
  return { e, f, g, h };
};

/** G and H of a point that is s on the Jacobi quartic: 1 − s² and 1 + s², times `scale`. */
export const putGH = (a: Arith, { g, h }: Intersection, s: Fe, scale: Fe): void => {
  const [q, w] = a.temps(2) as [Fe, Fe];
  a.sqr(q, s);
  a.sub(w, a.c('one'), q);
  a.tidy(w);
  a.mul(g, w, scale);
  a.add(w, a.c('one'), q);
  a.tidy(w);
  a.mul(h, w, scale);
};

/**
 * r = p + q on the Jacobi intersection: Chudnovsky and Chudnovsky 1986 for s² + c² = 1, −d·s² + δ² = 1, where s = √−1·E/F, c = G/F, δ = H/F. Complete: F = 0 in the sum, or in a point, would
 * make −d a square, which it is not.
 */
export const emitIntersectionLaw = (k: Kernel): void => {
  k.func('ji_plus', { params: ['i32', 'i32', 'i32'] }, (a, r, p, q) => {
    const [one, two, to] = [intersectionAt(a, p!), intersectionAt(a, q!), intersectionAt(a, r!)];
    const [ef, gh, ef2, gh2, ff, gg, ee, hh, fg, he, t, u] = a.temps(12) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe];
    a.mul(ef, one.e, one.f);
    a.mul(gh, one.g, one.h);
    a.mul(ef2, two.e, two.f);
    a.mul(gh2, two.g, two.h);
    a.mul(ee, one.e, two.e);
    a.mul(ff, one.f, two.f);
    a.mul(gg, one.g, two.g);
    a.mul(hh, one.h, two.h);
    a.mul(fg, one.f, two.g);
    a.mul(he, one.h, two.e);
    const sum = (into: Fe, x: Fe, y: Fe, combine: 'add' | 'sub'): void => {
      a[combine](u, x, y);
      a.carry(into, u);
    };
    a.mul(t, ef, gh2);
    a.mul(ef2, ef2, gh);
    sum(to.e, t, ef2, 'add');
    sum(t, fg, he, 'add');
    sum(fg, fg, he, 'sub');
    a.mul(to.f, t, fg);
    a.mul(t, ff, gg);
    a.mul(he, ee, hh);
    sum(to.g, t, he, 'add');
    a.mul(t, ff, hh);
    a.mul(ee, ee, gg);
    a.mul(ee, ee, a.c('d'));
    sum(to.h, t, ee, 'sub');
  });
};
