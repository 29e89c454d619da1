import type { Kernel } from './arith.ts';
import { freeze } from './canonical.ts';
import type { Fe, Point } from './element.ts';
import { LOG_SIDE, logPlaces } from './log-places.ts';
import { add, mul, shl, sub, type Value, vec } from './wat.ts';

/** n points at `from` to affine x and y. */
export const emitAffine = (k: Kernel): void => {
  const scratch = k.module.alloc(LOG_SIDE * k.field.bytes);
  const zs = k.module.alloc(LOG_SIDE * k.field.bytes);
  k.func('log_affine', { params: ['i32', 'i32', 'i32', 'i32'] }, (a, from, xs, ys, n) => {
    const { f } = a;
    const point = (i: Value): Point => a.point(f.let(add(from!, mul(i, k.pointBytes))));
    const at = (base: Value | number, i: Value): Fe => a.at(f.let(add(base, mul(i, k.field.bytes))));
    f.loop(0, n!, (i) => a.copy(at(zs, i), point(i).z));
    f.call('fe_batchinv', zs, scratch, n!);
    f.loop(0, n!, (i) => {
      const p = point(i);
      a.mul(at(xs!, i), p.x, at(zs, i));
      a.mul(at(ys!, i), p.y, at(zs, i));
    });
  });
};

/** From a step S in working point 0: j·S for j = 1 … LOG_SIDE, affine with d·x·y, and LOG_BLOCK·S. */
export const emitSteps = (k: Kernel): void => {
  const { working, xs, ys, ds, wide } = logPlaces(k);
  const points = k.module.alloc(LOG_SIDE * k.pointBytes);
  const cached = k.module.alloc(k.pointBytes);
  k.func('log_steps', { params: [] }, (a) => {
    const { f } = a;
    f.call('ge_cache', cached, working);
    f.copy(points, working, k.pointBytes);
    f.loop(1, LOG_SIDE, (j) => {
      const at = f.let(add(points, mul(j, k.pointBytes)));
      f.call('ge_add', at, add(at, -k.pointBytes), cached, 1);
    });
    f.call('log_affine', points, xs, ys, LOG_SIDE);
    const t = a.temp();
    f.loop(0, LOG_SIDE, (j) => {
      a.mul(t, a.item(xs, j), a.item(ys, j));
      a.mul(a.item(ds, j), t, a.c('d'));
    });
    // LOG_SIDE·S + LOG_SIDE·S + S.
    f.call('ge_plus', wide, points + (LOG_SIDE - 1) * k.pointBytes, points + (LOG_SIDE - 1) * k.pointBytes);
    f.call('ge_plus', wide, wide, working);
  });
};

/**
 * y of centre + j·S for |j| ≤ LOG_SIDE with one inversion: sum and difference share 1/(1 − (d·x₁x₂y₁y₂)²). Keys are the low 64 bits or so of y: P and −P share it,
 * which is what lets one table answer for both signs.
 */
export const emitBlock = (k: Kernel): void => {
  const { xs, ys, ds, keys } = logPlaces(k);
  const arrays = Array.from({ length: 5 }, () => k.module.alloc(LOG_SIDE * k.field.bytes));
  const [yys, xxs, cs, dens, befores] = arrays as [number, number, number, number, number];
  k.func('fe_key', { params: ['i32'], result: 'v128' }, (a, x) => {
    const h = freeze(a, { base: x!, offset: 0 });
    a.f.return(vec('v128.or', h[0]!, vec('i64x2.shl', h[1]!, k.field.widths[0]!)));
  });
  k.func('log_block', { params: ['i32', 'i32'] }, (a, xAt, yAt) => {
    const { f } = a;
    const [x, y] = [a.at(xAt!), a.at(yAt!)];
    const acc = a.at(k.module.alloc(k.field.bytes));
    const [xy, t, u, v] = [a.at(k.module.alloc(k.field.bytes)), a.temp(), a.temp(), a.temp()];
    const key = (at: Value, from: Fe): void => f.store128(at, f.callValue('v128', 'fe_key', from.place));
    a.mul(xy, x, y);
    a.copy(acc, a.c('one'));
    f.loop(0, LOG_SIDE, (j) => {
      const [c, den] = [a.item(cs, j), a.item(dens, j)];
      a.mul(a.item(yys, j), y, a.item(ys, j));
      a.mul(a.item(xxs, j), x, a.item(xs, j));
      a.mul(c, xy, a.item(ds, j));
      a.sqr(t, c);
      a.sub(t, a.c('one'), t);
      a.tidy(t);
      if (!k.field.carriesSums) a.carry(t);
      a.copy(den, t);
      a.copy(a.item(befores, j), acc);
      a.mul(acc, den, acc);
    });
    f.call('fe_inv', acc.place, acc.place);
    f.loopDown(LOG_SIDE, (j) => {
      const [yy, xx, c, den, before] = [yys, xxs, cs, dens, befores].map((at) => a.item(at, j)) as [Fe, Fe, Fe, Fe, Fe];
      a.mul(v, acc, before);
      a.mul(acc, den, acc);
      a.add(t, a.c('one'), c);
      a.mul(t, t, v);
      a.sub(u, a.c('one'), c);
      a.mul(u, u, v);
      a.add(v, yy, xx);
      a.mul(t, v, t);
      key(f.let(add(keys + 16 * (LOG_SIDE + 1), shl(j, 4))), t);
      a.sub(v, yy, xx);
      a.mul(u, v, u);
      key(f.let(sub(keys + 16 * (LOG_SIDE - 1), shl(j, 4))), u);
    });
    f.store128(keys + 16 * LOG_SIDE, f.callValue('v128', 'fe_key', y.place));
  });
};
