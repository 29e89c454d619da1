import { type Arith, type Fe, type Kernel, type Point, VECTORS } from './arith.ts';
import { freeze } from './field-common.ts';
import { cachedAt } from './point.ts';
import { add, and, i64, load, mul, op, shl, sub, type Value, vec, word } from './wat.ts';

/** Points around a centre that one block covers to each side, and all of them. */
const SIDE = 255;
export const BLOCK: number = 2 * SIDE + 1;
/** Centres brought to affine coordinates together. */
const CHUNK = 128;
/** Hits that one block can report. */
const MAX_HITS = 1024;

/** Places that the small logarithm keeps between calls. */
type Places = Readonly<
  Record<
    | 'working'
    | 'xs'
    | 'ys'
    | 'ds'
    | 'wide'
    | 'wideCached'
    | 'current'
    | 'centres'
    | 'centreXs'
    | 'centreYs'
    | 'keys'
    | 'state'
    | 'hits',
    number
  >
>;
const places = (k: Kernel): Places => ({
  working: k.memory('G', VECTORS * k.pointBytes),
  xs: k.memory('log xs', SIDE * k.field.bytes),
  ys: k.memory('log ys', SIDE * k.field.bytes),
  ds: k.memory('log ds', SIDE * k.field.bytes),
  wide: k.memory('log wide', k.pointBytes),
  wideCached: k.memory('log wide cached', k.pointBytes),
  current: k.memory('log current', k.pointBytes),
  centres: k.memory('log centres', CHUNK * k.pointBytes),
  centreXs: k.memory('log centre xs', SIDE * k.field.bytes),
  centreYs: k.memory('log centre ys', SIDE * k.field.bytes),
  keys: k.memory('log keys', BLOCK * 16),
  state: k.memory('log state', 32),
  hits: k.memory('hits', 16 + 8 * MAX_HITS),
});

/** n points at `from` to affine x and y. */
const emitAffine = (k: Kernel): void => {
  const scratch = k.module.alloc(SIDE * k.field.bytes);
  const zs = k.module.alloc(SIDE * k.field.bytes);
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

/** From a step S in working point 0: j·S for j = 1 … SIDE, affine with d·x·y, and BLOCK·S. */
const emitSteps = (k: Kernel): void => {
  const { working, xs, ys, ds, wide } = places(k);
  const points = k.module.alloc(SIDE * k.pointBytes);
  const cached = k.module.alloc(k.pointBytes);
  k.func('log_steps', { params: [] }, (a) => {
    const { f } = a;
    f.call('ge_cache', cached, working);
    f.copy(points, working, k.pointBytes);
    f.loop(1, SIDE, (j) => {
      const at = f.let(add(points, mul(j, k.pointBytes)));
      f.call('ge_add', at, add(at, -k.pointBytes), cached, 1);
    });
    f.call('log_affine', points, xs, ys, SIDE);
    const t = a.temp();
    f.loop(0, SIDE, (j) => {
      a.mul(t, a.item(xs, j), a.item(ys, j));
      a.mul(a.item(ds, j), t, a.c('d'));
    });
    // SIDE·S + SIDE·S + S.
    f.call('ge_plus', wide, points + (SIDE - 1) * k.pointBytes, points + (SIDE - 1) * k.pointBytes);
    f.call('ge_plus', wide, wide, working);
  });
};

/**
 * y of centre + j·S for |j| ≤ SIDE with one inversion: sum and difference share 1/(1 − (d·x₁x₂y₁y₂)²). Keys are the low 64 bits or so of y: P and −P share it,
 * which is what lets one table answer for both signs.
 */
const emitBlock = (k: Kernel): void => {
  const { xs, ys, ds, keys } = places(k);
  const arrays = Array.from({ length: 5 }, () => k.module.alloc(SIDE * k.field.bytes));
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
    f.loop(0, SIDE, (j) => {
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
    f.loopDown(SIDE, (j) => {
      const [yy, xx, c, den, before] = [yys, xxs, cs, dens, befores].map((at) => a.item(at, j)) as [Fe, Fe, Fe, Fe, Fe];
      a.mul(v, acc, before);
      a.mul(acc, den, acc);
      a.add(t, a.c('one'), c);
      a.mul(t, t, v);
      a.sub(u, a.c('one'), c);
      a.mul(u, u, v);
      a.add(v, yy, xx);
      a.mul(t, v, t);
      key(f.let(add(keys + 16 * (SIDE + 1), shl(j, 4))), t);
      a.sub(v, yy, xx);
      a.mul(u, v, u);
      key(f.let(sub(keys + 16 * (SIDE - 1), shl(j, 4))), u);
    });
    f.store128(keys + 16 * SIDE, f.callValue('v128', 'fe_key', y.place));
  });
};

/** A slot: 32 bits of the key, then index + 1 below 8 more of its bits; 0 when empty. Open addressing. */
const emitTable = (k: Kernel): void => {
  const { state } = places(k);
  const slotOf = (key: Value): Value => {
    const hash = op('i32', 'i32.wrap_i64', i64('shr_u', i64('mul', key, word(0x9e3779b97f4a7c15n)), word(32)));
    return op('i32', 'i32.and', hash, load('i32', 'i32.load', state, 4));
  };
  const at = (slot: Value): Value => add(load('i32', 'i32.load', state, 0), shl(slot, 3)) as Value;
  const next = (slot: Value): Value => op('i32', 'i32.and', add(slot, 1), load('i32', 'i32.load', state, 4));
  const top = (key: Value): Value => shl(op('i32', 'i32.wrap_i64', i64('shr_u', key, word(56))), 24) as Value;
  const index = (place: Value): Value => load('i32', 'i32.load', place, 4);

  k.func('log_put', { params: ['i64', 'i32'] }, ({ f }, key, i) => {
    const slot = f.let(slotOf(key!));
    f.while(
      () => op('i32', 'i32.ne', index(at(slot)), 0),
      () => f.set(slot, next(slot)),
    );
    const place = f.let(at(slot));
    f.store('i32.store', place, op('i32', 'i32.wrap_i64', key!));
    f.store('i32.store', place, op('i32', 'i32.or', add(i!, 1), top(key!)), 4);
  });

  const { hits } = places(k);
  k.func('log_look', { params: ['i64', 'i32'] }, ({ f }, key, centre) => {
    const slot = f.let(slotOf(key!));
    const found = f.let(index(at(slot)));
    f.while(
      () => found,
      () => {
        const place = f.let(at(slot));
        const same = op('i32', 'i32.eq', load('i32', 'i32.load', place), op('i32', 'i32.wrap_i64', key!));
        const sameTop = op('i32', 'i32.eq', and(found, 0xff000000 | 0), top(key!));
        f.if(op('i32', 'i32.and', same, sameTop), () => {
          const count = f.let(load('i32', 'i32.load', hits));
          f.if(op('i32', 'i32.lt_u', count, MAX_HITS), () => {
            const to = f.let(add(hits + 16, shl(count, 3)));
            f.store('i32.store', to, centre!);
            f.store('i32.store', to, sub(and(found, 0xffffff), 1), 4);
            f.store('i32.store', hits, add(count, 1));
          });
        });
        f.set(slot, next(slot));
        f.set(found, index(at(slot)));
      },
    );
  });
};

const keyOf = (a: Arith, j: Value, lane: number): Value =>
  a.f.let(load('i64', 'i64.load', a.f.let(add(placesKeys(a.k), shl(j, 4))), 8 * lane));
const placesKeys = (k: Kernel): number => places(k).keys;

/**
 * Builds the table of i·S, 0 ≤ i < count, for S = 4·G in working point 0, some centres a call so that nobody waits long. The factor 4 takes away the torsion by which the
 * representatives of a ristretto255 element differ, so that affine coordinates can be compared.
 */
const emitBuild = (k: Kernel): void => {
  const { wide, wideCached, current, centres, centreXs, centreYs, state } = places(k);
  // `mask`: slots − 1. The table must be zero.
  k.export('logBegin', 3, (a, table, mask, count) => {
    const { f } = a;
    f.call('log_steps');
    for (const [i, x] of [table!, mask!, count!].entries()) f.store('i32.store', state, x, 4 * i);
    f.store('i32.store', state, 0, 12);
    // Lane 0 takes the even centres, lane 1 the odd ones.
    f.call('ge_zero', current);
    const [p, q] = [a.point(current), a.point(wide)];
    for (const part of ['x', 'y', 'z', 't'] as const) a.mixLanes(p[part], p[part], q[part]);
    f.call('ge_plus', wide, wide, wide);
    f.call('ge_cache', wideCached, wide);
  });
  // One chunk of centres. @returns 0 when the table is complete
  k.func('logBuild', { params: ['i32'], result: 'i32', exported: true }, (a, chunk) => {
    const { f } = a;
    f.loop(0, chunk!, (i) => {
      f.copy(add(centres, mul(i, k.pointBytes)), current, k.pointBytes);
      f.call('ge_add', current, current, wideCached, 1);
    });
    f.call('log_affine', centres, centreXs, centreYs, chunk!);
    const first = f.let(load('i32', 'i32.load', state, 12));
    const count = f.let(load('i32', 'i32.load', state, 8));
    f.loop(0, chunk!, (i) => {
      const o = f.let(mul(i, k.field.bytes));
      f.call('log_block', add(centreXs, o), add(centreYs, o));
      for (const lane of [0, 1]) {
        const centre = f.let(mul(add(add(first, shl(i, 1)), lane), BLOCK));
        f.loop(0, BLOCK, (j) => {
          const index = f.let(sub(add(centre, j), SIDE));
          f.if(op('i32', 'i32.lt_u', index, count), () => f.call('log_put', keyOf(a, j, lane), index));
        });
      }
    });
    const after = f.let(add(first, shl(chunk!, 1)));
    f.store('i32.store', state, after, 12);
    f.return(op('i32', 'i32.lt_s', sub(mul(after, BLOCK), SIDE), count));
  });
};

/** Searches: giant steps around the target, to both sides at once. */
const emitSolve = (k: Kernel): void => {
  const { working, wide, wideCached, current, centres, centreXs, centreYs, hits } = places(k);
  // The giant step, (2·count − 1)·4·G, is in working point 0. Lane 0 walks up, lane 1 down.
  k.export('logGiant', 0, (a) => {
    const { f } = a;
    f.call('log_steps');
    f.call('ge_cache', wideCached, wide);
    const down = splatLane1();
    const c = cachedAt(a, wideCached);
    const [plus, minus, t, w] = a.temps(4) as [Fe, Fe, Fe, Fe];
    a.copy(plus, c.yPlusX);
    a.copy(minus, c.yMinusX);
    a.select(c.yPlusX, minus, plus, down);
    a.select(c.yMinusX, plus, minus, down);
    a.cneg(c.t2d, c.t2d, down);
    const p = a.point(wide);
    a.copy(t, p.x);
    a.cneg(p.x, t, down);
    a.copy(w, p.t);
    a.cneg(p.t, w, down);
  });
  // r = n·p for a public n.
  k.func('ge_times', { params: ['i32', 'i32', 'i32'] }, ({ f }, r, p, n) => {
    const power = k.module.alloc(k.pointBytes);
    f.copy(power, p!, k.pointBytes);
    f.call('ge_zero', r!);
    const left = f.let(n!);
    f.while(
      () => left,
      () => {
        f.if(and(left, 1) as Value, () => f.call('ge_plus', r!, r!, power));
        f.call('ge_dbl', power, power, 1);
        f.set(left, op('i32', 'i32.shr_u', left, 1));
      },
    );
  });
  // Blocks [from, to) around the target, 4·T in working point 0: lane 0 the centres T + b·BLOCK·S, lane 1 T − (b+1)·BLOCK·S. Stops behind the first block with a hit.
  // `hits` gets their number, the next block, and pairs c, i with T + c·S = ±i·4G, as far as the fingerprint tells.
  k.export('logSolve', 2, (a, from, to) => {
    const { f } = a;
    const first = k.module.alloc(k.pointBytes);
    // Lane 1 starts one wide step down.
    f.call('ge_add', current, working, wideCached, 1);
    const [p, q] = [a.point(current), a.point(working)];
    for (const part of ['x', 'y', 'z', 't'] as const) a.mixLanes(p[part], q[part], p[part]);
    f.call('ge_times', first, wide, from!);
    f.call('ge_plus', current, current, first);
    f.store('i32.store', hits, 0);
    const b = f.let(from!);
    const size = f.let(2);
    f.while(
      () => op('i32', 'i32.and', op('i32', 'i32.lt_s', b, to!), op('i32', 'i32.eqz', load('i32', 'i32.load', hits))),
      () => {
        const left = f.let(sub(to!, b));
        const n = f.let(op('i32', 'select', left, size, op('i32', 'i32.lt_s', left, size)));
        f.loop(0, n, (i) => {
          f.copy(add(centres, mul(i, k.pointBytes)), current, k.pointBytes);
          f.call('ge_add', current, current, wideCached, 1);
        });
        f.call('log_affine', centres, centreXs, centreYs, n);
        const done = f.let(0);
        f.while(
          () => op('i32', 'i32.and', op('i32', 'i32.lt_s', done, n), op('i32', 'i32.eqz', load('i32', 'i32.load', hits))),
          () => {
            const o = f.let(mul(done, k.field.bytes));
            f.call('log_block', add(centreXs, o), add(centreYs, o));
            const up = f.let(sub(mul(b, BLOCK), SIDE));
            const down = f.let(sub(mul(sub(-1, b), BLOCK), SIDE));
            f.loop(0, BLOCK, (j) => f.call('log_look', keyOf(a, j, 0), add(up, j)));
            f.loop(0, BLOCK, (j) => f.call('log_look', keyOf(a, j, 1), add(down, j)));
            f.set(done, add(done, 1));
            f.set(b, add(b, 1));
          },
        );
        f.set(size, op('i32', 'select', shl(size, 1), CHUNK, op('i32', 'i32.lt_s', size, CHUNK / 2)));
      },
    );
    f.store('i32.store', hits, b, 4);
  });
};
const splatLane1 = (): Value => ({ kind: 'v128', code: '(v128.const i64x2 0 -1)' });

export const emitSmallLog = (k: Kernel): void => {
  emitAffine(k);
  emitSteps(k);
  emitBlock(k);
  emitTable(k);
  emitBuild(k);
  emitSolve(k);
};
