import type { Kernel } from './arith.ts';
import { type Fe, VECTORS } from './element.ts';
import { add, mul, op, shl, type Value, vec } from './wat.ts';

/** Array functions: chains of squarings run over several vectors in turn, so that one's latency hides behind the other's. */
const emitArrays = (k: Kernel): void => {
  const fe = k.field.bytes;
  k.func('fe_sqrn', { params: ['i32', 'i32', 'i32'] }, ({ f }, x, n, m) => {
    const p = f.let(x!);
    const pairs = op('i32', 'i32.shr_u', m!, 1);
    f.loop(0, f.let(pairs), () => {
      f.loop(0, n!, () => {
        f.call('fe_sqr', p, p);
        f.call('fe_sqr', add(p, fe), add(p, fe));
      });
      f.set(p, add(p, 2 * fe));
    });
    f.if(op('i32', 'i32.and', m!, 1), () => f.loop(0, n!, () => f.call('fe_sqr', p, p)));
  });
  k.func('fe_muln', { params: ['i32', 'i32', 'i32', 'i32'] }, ({ f }, r, a, b, m) => {
    f.loop(0, f.let(mul(m!, fe)), (o) => f.call('fe_mul', add(r!, o), add(a!, o), add(b!, o)), fe);
  });
};

/** x^(2^250 − 1) into `t1` and x^11 into `t0`, for m vectors. */
const emitPowers = (k: Kernel): void => {
  const size = VECTORS * k.field.bytes;
  const [t0, t1, t2, t3, own] = ['t0', 't1', 't2', 't3', 'tx'].map((name) => k.memory(`pow ${name}`, size)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  k.func('fe_powers', { params: ['i32', 'i32'] }, ({ f }, x, m) => {
    const bytes = f.let(mul(m!, k.field.bytes));
    const copy = (to: number, from: Value | number) => f.copy(to, from, bytes);
    const square = (at: number, n: number) => f.call('fe_sqrn', at, n, m!);
    const times = (r: number, a: Value | number, b: number) => f.call('fe_muln', r, a, b, m!);
    copy(t0, x!);
    square(t0, 1); // 2
    copy(t1, t0);
    square(t1, 2); // 8
    times(t1, x!, t1); // 9
    times(t0, t0, t1); // 11
    copy(t2, t0);
    square(t2, 1); // 22
    times(t1, t1, t2); // 2^5 − 1
    copy(t2, t1);
    square(t2, 5);
    times(t1, t2, t1); // 2^10 − 1
    copy(t2, t1);
    square(t2, 10);
    times(t2, t2, t1); // 2^20 − 1
    copy(t3, t2);
    square(t3, 20);
    times(t2, t3, t2); // 2^40 − 1
    square(t2, 10);
    times(t1, t2, t1); // 2^50 − 1
    copy(t2, t1);
    square(t2, 50);
    times(t2, t2, t1); // 2^100 − 1
    copy(t3, t2);
    square(t3, 100);
    times(t2, t3, t2); // 2^200 − 1
    square(t2, 50);
    times(t1, t2, t1); // 2^250 − 1
  });
  // x = x^((p−5)/8) = x^(2^252 − 3), in place.
  k.func('fe_pow22523', { params: ['i32', 'i32'] }, ({ f }, x, m) => {
    const bytes = f.let(mul(m!, k.field.bytes));
    f.copy(own, x!, bytes);
    f.call('fe_powers', own, m!);
    f.call('fe_sqrn', t1, 2, m!);
    f.call('fe_muln', x!, t1, own, m!);
  });
  // One inversion: x^(p−2) = x^(2^255 − 21).
  k.func('fe_inv', { params: ['i32', 'i32'] }, ({ f }, r, x) => {
    f.copy(own, x!, k.field.bytes);
    f.call('fe_powers', own, 1);
    f.call('fe_sqrn', t1, 5, 1);
    f.call('fe_mul', r!, t1, t0);
  });
};

/** Montgomery's trick: x[i] = 1/x[i] for n vectors with one inversion; `scratch` holds n vectors too. A zero would make all zero: callers replace it. */
const emitBatchInverse = (k: Kernel): void => {
  const fe = k.field.bytes;
  k.func('fe_batchinv', { params: ['i32', 'i32', 'i32'] }, (a, x, scratch, n) => {
    const { f } = a;
    const acc = a.at(k.module.alloc(fe));
    const t = a.temp();
    a.copy(acc, a.c('one'));
    const bytes = f.let(mul(n!, fe));
    f.loop(
      0,
      bytes,
      (o) => {
        a.copy(a.at(f.let(add(scratch!, o))), acc);
        a.mul(acc, acc, a.at(f.let(add(x!, o))));
      },
      fe,
    );
    f.call('fe_inv', acc.place, acc.place);
    f.loopDown(n!, (i) => {
      const o = f.let(mul(i, fe));
      const at = f.let(add(x!, o));
      a.mul(t, acc, a.at(f.let(add(scratch!, o))));
      a.mul(acc, acc, a.at(at));
      a.copy(a.at(at), t);
    });
  });
};

/**
 * RFC 9496 §4.2 SQRT_RATIO_M1 for m vectors: r[i] = |√(u/v)| or |√(i·u/v)|, and a mask of the lanes where u/v was a square. `inv_sqrt` is the case u = 1.
 */
const emitSquareRoots = (k: Kernel): void => {
  const size = VECTORS * k.field.bytes;
  const v3s = k.memory('sqrt v3', size);
  for (const inverse of [false, true]) {
    const params = inverse ? 4 : 5;
    k.func(inverse ? 'inv_sqrt' : 'sqrt_ratio', { params: new Array(params).fill('i32') }, (a, ...given) => {
      const { f } = a;
      const [r, masks, u, v, m] = inverse
        ? [given[0]!, given[1]!, undefined, given[2]!, given[3]!]
        : (given as [Value, Value, Value, Value, Value]);
      const array = (base: Value | number, i: Value): Fe => a.at(f.let(add(base, mul(i, k.field.bytes))));
      const [t, c, d, ui, ri] = a.temps(5) as [Fe, Fe, Fe, Fe, Fe];
      f.loop(0, m!, (i) => {
        const vi = array(v!, i);
        const v3 = array(v3s, i);
        a.sqr(t, vi);
        a.mul(v3, t, vi);
        a.sqr(t, v3);
        a.mul(t, t, vi);
        if (u === undefined) a.copy(array(r!, i), t);
        else {
          a.mul(array(r!, i), array(u, i), t);
          a.mul(v3, v3, array(u, i));
        }
      });
      f.call('fe_pow22523', r!, m!);
      f.loop(0, m!, (i) => {
        const one = u === undefined ? a.c('one') : array(u, i);
        const root = array(r!, i);
        a.mul(t, array(v3s, i), root);
        a.sqr(c, t);
        a.mul(c, c, array(v!, i));
        if (u === undefined) a.copy(ui, a.c('sqrtM1'));
        else a.mul(ui, one, a.c('sqrtM1'));
        a.sub(d, c, one);
        const correct = a.isZero(d);
        a.add(d, c, one);
        const flipped = a.isZero(d);
        a.add(d, c, ui);
        const flippedI = a.isZero(d);
        a.mul(ri, t, a.c('sqrtM1'));
        a.select(t, ri, t, f.op('v128.or', flipped, flippedI));
        a.abs(root, t);
        f.store128(f.let(add(masks!, shl(i, 4))), vec('v128.or', correct, flipped));
      });
    });
  }
};

/** Powers, inverses and square roots, whatever the representation. */
export const emitFieldPowers = (k: Kernel): void => {
  emitArrays(k);
  emitPowers(k);
  emitBatchInverse(k);
  emitSquareRoots(k);
};
