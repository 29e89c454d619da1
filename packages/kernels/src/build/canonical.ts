import type { Arith, Kernel } from './arith.ts';
import { i64, load, type Place, splat, type Value, vec, word } from './wat.ts';

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

/** Masks of zero and of odd elements, and their bytes: what depends on the canonical value. */
export const emitCanonical = (k: Kernel): void => {
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
