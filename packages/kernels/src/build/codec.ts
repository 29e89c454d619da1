import { type Arith, type Fe, type Kernel, LANES, VECTORS } from './arith.ts';
import { P } from './field.ts';
import { add, i64, load, mul, op, shl, type Value, word } from './wat.ts';

/** Working arrays that decoding, encoding and hashing share: they never run inside one another. */
const shared = (k: Kernel, name: string): number => k.memory(`work ${name}`, VECTORS * k.field.bytes);
const masksOf = (k: Kernel): number => k.memory('work masks', VECTORS * 16);
const halfOf = (a: Arith, n: Value): Value => a.f.let(op('i32', 'i32.shr_u', n, 1));

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
  const [ss, u1s, u2s, vs, ws, roots] = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => shared(k, name)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const masks = masksOf(k);
  k.export('decode', 1, (a, n) => {
    const { f } = a;
    const m = halfOf(a, n!);
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
 * Encodes 2·P for each of n working points: doubling and compressing together needs no inverse square root (Hamburg's "double-and-compress", as in
 * curve25519-dalek), only one inversion for the batch. Callers multiply by k/2 to get k·P.
 */
const emitEncodeDoubled = (k: Kernel): void => {
  const out = k.memory('out', 32 * LANES);
  const [es, fs, gs, hs, egs, fhs, invs, scratch] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => shared(k, name)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const masks = masksOf(k);
  k.export('encodeDoubled', 1, (a, n) => {
    const { f } = a;
    const m = halfOf(a, n!);
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
  const [u1s, u2s, ws, roots] = ['a', 'b', 'c', 'd'].map((name) => shared(k, name)) as [number, number, number, number];
  k.export('encode', 1, (a, n) => {
    const { f } = a;
    const m = halfOf(a, n!);
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
    f.call('inv_sqrt', roots, masksOf(k), ws, m);
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

/** RFC 9496 §4.3.4 MAP for m vectors of field elements at `t`, to the points at `to`. */
const emitElligator = (k: Kernel): void => {
  const [rs, us, vs, roots] = ['a', 'b', 'c', 'd'].map((name) => shared(k, name)) as [number, number, number, number];
  const masks = masksOf(k);
  k.func('elligator', { params: ['i32', 'i32', 'i32'] }, (a, to, ts, m) => {
    const { f } = a;
    const own = (base: Value, i: Value): Fe => a.at(f.let(add(base, mul(i, k.field.bytes))));
    const [q, p1, p2] = a.temps(3) as [Fe, Fe, Fe];
    f.loop(0, m!, (i) => {
      const r = a.item(rs, i);
      a.sqr(q, own(ts!, i));
      a.mul(r, q, a.c('sqrtM1'));
      a.add(p1, r, a.c('one'));
      a.mul(a.item(us, i), p1, a.c('oneMinusDSquared'));
      a.mul(p1, r, a.c('d'));
      a.add(p1, p1, a.c('one'));
      a.neg(p1, p1);
      a.tidy(p1);
      a.add(p2, r, a.c('d'));
      a.mul(a.item(vs, i), p1, p2);
    });
    f.call('sqrt_ratio', roots, masks, us, vs, m!);
    const [s, c, nt, w0, w1, w2, w3, minusOne] = a.temps(8) as [Fe, Fe, Fe, Fe, Fe, Fe, Fe, Fe];
    f.loop(0, m!, (i) => {
      const [r, v, root] = [rs, vs, roots].map((at) => a.item(at, i)) as [Fe, Fe, Fe];
      const square = f.load128(f.let(add(masks, shl(i, 4))));
      a.mul(s, root, own(ts!, i));
      a.abs(s, s);
      a.neg(s, s);
      a.select(s, root, s, square);
      a.neg(minusOne, a.c('one'));
      a.select(c, minusOne, r, square);
      a.sub(q, r, a.c('one'));
      a.mul(nt, c, q);
      a.mul(nt, nt, a.c('dMinusOneSquared'));
      a.sub(nt, nt, v);
      a.mul(w0, s, v);
      a.add(w0, w0, w0);
      a.tidy(w0);
      a.mul(w1, nt, a.c('sqrtAdMinusOne'));
      a.sqr(q, s);
      a.sub(w2, a.c('one'), q);
      a.add(w3, a.c('one'), q);
      a.tidy(w2, w3);
      const p = a.point(f.let(add(to!, mul(i, k.pointBytes))));
      a.mul(p.x, w0, w3);
      a.mul(p.y, w2, w1);
      a.mul(p.z, w1, w3);
      a.mul(p.t, w0, w2);
    });
  });
  // 64 uniform bytes for each of n elements at `in`, to working points: two maps and a sum.
  const input = k.memory('in', 64 * LANES);
  const working = k.memory('G', VECTORS * k.pointBytes);
  const second = k.memory('second points', VECTORS * k.pointBytes);
  const ts = shared(k, 'e');
  k.export('fromUniform', 1, (a, n) => {
    const { f } = a;
    const m = halfOf(a, n!);
    for (const [half, points] of [
      [0, working],
      [32, second],
    ] as const) {
      f.loop(0, m, (i) => {
        const from = f.let(add(input, shl(i, 7)));
        a.fromBytes(a.item(ts, i), add(from, half), add(from, 64 + half));
      });
      f.call('elligator', points, ts, m);
    }
    f.loop(0, m, (i) => {
      const o = f.let(mul(i, k.pointBytes));
      const p = f.let(add(working, o));
      f.call('ge_plus', p, p, add(second, o));
    });
  });
};

export const emitCodec = (k: Kernel): void => {
  emitCanonicalBytes(k);
  emitDecode(k);
  emitEncodeDoubled(k);
  emitEncode(k);
  emitElligator(k);
};
