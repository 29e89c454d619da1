import { type Arith, type Fe, type Kernel, VECTORS } from './arith.ts';
import { add, i64, load, mul, op, type Place, shl, splat, type Value, vec, word } from './wat.ts';

/** x + 18·c: with x + c it makes 19·c, what a carry out of the top is worth. */
const times19 = (a: Arith, c: Value): Value => {
  const three = vec('i64x2.add', c, vec('i64x2.shl', c, 1));
  return a.f.op('i64x2.add', three, vec('i64x2.shl', c, 4));
};

/** The canonical words of an element below p, in both lanes, without a branch. */
export const freeze = (a: Arith, at: Place): Value[] => {
  const { f, k } = a;
  const { widths } = k.field;
  const last = widths.length - 1;
  const h = k.field.integerWords(f, k.module, at);
  const mask = (i: number): Value => splat((1n << BigInt(widths[i]!)) - 1n);
  const carryRound = (into: Value): Value => {
    let c = into;
    for (let i = 0; i <= last; i++) {
      const x = f.op('i64x2.add', h[i]!, c);
      c = f.op('i64x2.shr_u', x, widths[i]!);
      h[i] = f.op('v128.and', x, mask(i));
    }
    return c;
  };
  for (let round = 0; round < 2; round++) {
    const top = times19(a, carryRound(splat(0)));
    h[0] = f.op('i64x2.add', h[0]!, top);
  }
  // Now 0 ≤ x < 2^255 + a little: x ≥ p exactly when x + 19 reaches 2^255.
  let c = f.op('i64x2.shr_u', vec('i64x2.add', h[0]!, splat(19)), widths[0]!);
  for (let i = 1; i <= last; i++) c = f.op('i64x2.shr_u', vec('i64x2.add', h[i]!, c), widths[i]!);
  carryRound(times19(a, c));
  return h;
};

const emitCanonical = (k: Kernel): void => {
  k.func('fe_isneg', { params: ['i32'], result: 'v128' }, (a, x) => {
    const h = freeze(a, { base: x!, offset: 0 });
    a.f.return(vec('i64x2.sub', splat(0), vec('v128.and', h[0]!, splat(1))));
  });
  k.func('fe_iszero', { params: ['i32'], result: 'v128' }, (a, x) => {
    const h = freeze(a, { base: x!, offset: 0 });
    a.f.return(
      vec(
        'i64x2.eq',
        h.reduce((p, q) => vec('v128.or', p, q)),
        splat(0),
      ),
    );
  });
  k.func('fe_tobytes', { params: ['i32', 'i32', 'i32'] }, (a, to0, to1, x) => {
    const { f } = a;
    const h = freeze(a, { base: x!, offset: 0 });
    const starts = k.field.widths.map((_, i) => k.field.widths.slice(0, i).reduce((p, q) => p + q, 0));
    for (const [lane, to] of [to0!, to1!].entries()) {
      const words = h.map((v) => f.let({ kind: 'i64', code: `(i64x2.extract_lane ${lane} ${v.code})` }));
      for (let w = 0; w < 4; w++) {
        const parts = words.flatMap((x_, i) => {
          const from = starts[i]! - 64 * w;
          if (from >= 64 || from + k.field.widths[i]! <= 0) return [];
          return [from >= 0 ? i64('shl', x_, word(from)) : i64('shr_u', x_, word(-from))];
        });
        f.store(
          'i64.store',
          to,
          parts.reduce((p, q) => i64('or', p, q)),
          8 * w,
        );
      }
    }
  });
  k.func('fe_frombytes', { params: ['i32', 'i32', 'i32'] }, (a, r, from0, from1) => {
    const { f } = a;
    // RFC 9496 §4.3.4 ignores the top bit; the decoder checks the bytes themselves.
    const lanes = [from0!, from1!].map((from) =>
      [0, 1, 2, 3].map((w) => {
        const x = load('i64', 'i64.load', from, 8 * w);
        return f.let(w === 3 ? i64('and', x, word((1n << 63n) - 1n)) : x);
      }),
    );
    k.field.fromWords(f, k.module, { base: r!, offset: 0 }, lanes);
  });
};

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

/** What every representation shares: canonical bytes, powers, inverses and square roots. */
export const emitFieldCommon = (k: Kernel): void => {
  emitCanonical(k);
  emitArrays(k);
  emitPowers(k);
  emitBatchInverse(k);
  emitSquareRoots(k);
};
