import type { Arith, Kernel } from './arith.ts';
import type { Fe } from './element.ts';
import { emitAffine, emitBlock, emitSteps } from './log-blocks.ts';
import { LOG_BLOCK, LOG_CHUNK, LOG_SIDE, logPlaces } from './log-places.ts';
import { emitLogTable } from './log-table.ts';
import { cachedAt } from './point.ts';
import { add, and, load, mul, op, shl, sub, type Value } from './wat.ts';

const keyOf = (a: Arith, j: Value, lane: number): Value =>
  a.f.let(load('i64', 'i64.load', a.f.let(add(placesKeys(a.k), shl(j, 4))), 8 * lane));
const placesKeys = (k: Kernel): number => logPlaces(k).keys;

/**
 * Builds the table of i·S, 0 ≤ i < count, for S = 4·G in working point 0, some centres a call so that nobody waits long. The factor 4 takes away the torsion by which the
 * representatives of a ristretto255 element differ, so that affine coordinates can be compared.
 */
const emitBuild = (k: Kernel): void => {
  const { wide, wideCached, current, centres, centreXs, centreYs, state } = logPlaces(k);
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
        const centre = f.let(mul(add(add(first, shl(i, 1)), lane), LOG_BLOCK));
        f.loop(0, LOG_BLOCK, (j) => {
          const index = f.let(sub(add(centre, j), LOG_SIDE));
          f.if(op('i32', 'i32.lt_u', index, count), () => f.call('log_put', keyOf(a, j, lane), index));
        });
      }
    });
    const after = f.let(add(first, shl(chunk!, 1)));
    f.store('i32.store', state, after, 12);
    f.return(op('i32', 'i32.lt_s', sub(mul(after, LOG_BLOCK), LOG_SIDE), count));
  });
};

/** Searches: giant steps around the target, to both sides at once. */
const emitSolve = (k: Kernel): void => {
  const { working, wide, wideCached, current, centres, centreXs, centreYs, hits } = logPlaces(k);
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
  // Blocks [from, to) around the target, 4·T in working point 0: lane 0 the centres T + b·LOG_BLOCK·S, lane 1 T − (b+1)·LOG_BLOCK·S. Stops behind the first block with a hit.
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
            const up = f.let(sub(mul(b, LOG_BLOCK), LOG_SIDE));
            const down = f.let(sub(mul(sub(-1, b), LOG_BLOCK), LOG_SIDE));
            f.loop(0, LOG_BLOCK, (j) => f.call('log_look', keyOf(a, j, 0), add(up, j)));
            f.loop(0, LOG_BLOCK, (j) => f.call('log_look', keyOf(a, j, 1), add(down, j)));
            f.set(done, add(done, 1));
            f.set(b, add(b, 1));
          },
        );
        f.set(size, op('i32', 'select', shl(size, 1), LOG_CHUNK, op('i32', 'i32.lt_s', size, LOG_CHUNK / 2)));
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
  emitLogTable(k);
  emitBuild(k);
  emitSolve(k);
};
