import type { Kernel } from './arith.ts';
import { type Fe, LANES } from './element.ts';
import { coversOf } from './encode.ts';
import { P } from './field.ts';
import { intersectionAt, putGH } from './intersection.ts';
import { add, i64, load, op, shl, type Value, word } from './wat.ts';
import { vectorsOf, workArray, workMasks } from './work.ts';

/** RFC 9496 §4.3.1: 1 when 32 bytes are below p and even. What they hold is public. */
const emitCanonicalBytes = (k: Kernel): void => {
  k.func('canonical', { params: ['i32'], result: 'i32' }, ({ f }, at) => {
    let borrow: Value = word(0);
    for (let i = 0; i < 4; i++) {
      const p = word((P >> BigInt(64 * i)) & ((1n << 64n) - 1n));
      const x = f.let(load('i64', 'i64.load', at!, 8 * i));
      const low = f.let(i64('sub', x, p));
      borrow = f.let(
        i64(
          'or',
          op('i64', 'i64.extend_i32_u', op('i32', 'i64.lt_u', x, p)),
          op('i64', 'i64.extend_i32_u', op('i32', 'i64.lt_u', low, borrow)),
        ),
      );
    }
    const even = op('i32', 'i32.xor', op('i32', 'i32.and', load('i32', 'i32.load8_u', at!), 1), 1);
    f.return(op('i32', 'i32.and', op('i32', 'i32.wrap_i64', borrow), even));
  });
};

/** RFC 9496 §4.3.1 DECODE of n encodings at `in` into the working points; `ok` gets a flag for each. */
const emitDecode = (k: Kernel): void => {
  const input = k.memory('in', 64 * LANES);
  const ok = k.memory('ok', LANES);
  const [ss, u1s, u2s, vs, ws, roots] = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => workArray(k, name)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const masks = workMasks(k);
  k.export('decode', 1, (a, n) => {
    const { f } = a;
    const m = vectorsOf(a, n!);
    const [sq, t, u2u2, dx, dy] = a.temps(5) as [Fe, Fe, Fe, Fe, Fe];
    f.loop(0, m, (i) => {
      const from = f.let(add(input, shl(i, 6)));
      const s = a.item(ss, i);
      const [u1, u2, v] = [a.temp(), a.temp(), a.item(vs, i)];
      a.fromBytes(s, from, add(from, 32));
      a.sqr(sq, s);
      a.sub(u1, a.c('one'), sq);
      a.add(u2, a.c('one'), sq);
      a.carry(u1);
      a.carry(u2);
      a.copy(a.item(u1s, i), u1);
      a.copy(a.item(u2s, i), u2);
      a.sqr(u2u2, u2);
      a.sqr(t, u1);
      a.mul(t, t, a.c('d'));
      a.add(t, t, u2u2);
      a.neg(t, t);
      a.carry(t);
      a.copy(v, t);
      a.mul(a.item(ws, i), v, u2u2);
    });
    f.call('inv_sqrt', roots, masks, ws, m);
    f.loop(0, m, (i) => {
      const p = a.working(i);
      a.mul(dx, a.item(roots, i), a.item(u2s, i));
      a.mul(dy, a.item(roots, i), dx);
      a.mul(dy, dy, a.item(vs, i));
      const s = a.item(ss, i);
      a.add(t, s, s);
      a.mul(t, t, dx);
      a.abs(p.x, t);
      a.mul(p.y, a.item(u1s, i), dy);
      a.mul(p.t, p.x, p.y);
      a.copy(p.z, a.c('one'));
      const square = load('v128', 'v128.load', f.let(add(masks, shl(i, 4))));
      const bad = f.op('v128.or', f.op('v128.not', square), f.op('v128.or', a.isNegative(p.t), a.isZero(p.y)));
      for (const lane of [0, 1]) {
        const wrong = op('i32', 'i32.wrap_i64', { kind: 'i64', code: `(i64x2.extract_lane ${lane} ${bad.code})` });
        const canonical = f.callValue('i32', 'canonical', add(add(input, shl(i, 6)), 32 * lane));
        const good = op('i32', 'i32.and', canonical, op('i32', 'i32.xor', wrong, -1));
        f.store('i32.store8', f.let(add(ok, shl(i, 1))), good, lane);
      }
    });
  });
};

/**
 * Working points as `decode` made them, and their encodings s at `in`, to points on the Jacobi intersection at `covers`: E : F : G : H = 2s/√(ad−1) : t : 1 − s² : 1 + s², where t = E/x is
 * on the Jacobi quartic with s. All times x, since that spares an inversion; the identity, with x = 0, is 0 : 1 : 1 : 1.
 */
const emitCover = (k: Kernel): void => {
  const input = k.memory('in', 64 * LANES);
  k.export('coverDecoded', 1, (a, n) => {
    const { f } = a;
    const m = vectorsOf(a, n!);
    const s = a.temp();
    f.loop(0, m, (i) => {
      const { x } = a.working(i);
      const to = intersectionAt(a, a.slot(coversOf(k), i, k.pointBytes));
      const from = f.let(add(input, shl(i, 6)));
      a.fromBytes(s, from, add(from, 32));
      putGH(a, to, s, x);
      a.mul(to.f, s, a.c('twoInvSqrtAdMinusOne'));
      a.mul(to.e, to.f, x);
      const identity = a.isZero(x);
      for (const part of [to.f, to.g, to.h]) a.select(part, a.c('one'), part, identity);
    });
  });
};

export const emitDecoding = (k: Kernel): void => {
  emitCanonicalBytes(k);
  emitDecode(k);
  emitCover(k);
};
