import type { Arith, Kernel } from './arith.ts';
import { LANES } from './element.ts';
import { addMasked, Q, subtract, words } from './scalar.ts';
import { add, type Fn, type Int, i64, load, mul, type Place, shl, type Value, word } from './wat.ts';

/** Limbs of 32 bits, so that a product and two carries fit 64: (2^32 − 1)² + 2·(2^32 − 1) = 2^64 − 1. */
const LIMBS = 8;
const LOW = (1n << 32n) - 1n;
const limb = (x: bigint, i: number): bigint => (x >> BigInt(32 * i)) & LOW;
/** −1/q modulo 2^32 (Montgomery 1985). */
const NEGATIVE_INVERSE = ((): bigint => {
  let inverse = 1n;
  for (let i = 0; i < 5; i++) inverse = (inverse * (2n - Q * inverse)) & LOW;
  return -inverse & LOW;
})();
/** R = 2^256 and R² modulo q: a product with them brings a number out of, or into, Montgomery's form. */
const R = (1n << 256n) % Q;
const R_SQUARED = (R * R) % Q;

const readWords = (f: Fn, at: Place | Int): Value[] => [0, 1, 2, 3].map((i) => f.let(load('i64', 'i64.load', at, 8 * i)));
const writeWords = (f: Fn, at: Place | Int, x: readonly Value[]): void => {
  for (const [i, xi] of x.entries()) f.store('i64.store', at, xi, 8 * i);
};

/** x modulo q for x < 2q, four words each; no branch. */
const reduceOnce = (f: Fn, x: readonly Value[]): Value[] => {
  const { difference, borrow } = subtract(f, x, words(Q));
  return addMasked(f, difference, words(Q), f.let(i64('sub', word(0), borrow)));
};

/** (a + b) modulo q for a, b < q. */
const addModulo = (f: Fn, a: readonly Value[], b: readonly Value[]): Value[] => {
  let carry: Value = word(0);
  const total = a.map((ai, i) => {
    const low = f.let(i64('add', ai, b[i]!));
    const own = f.let(i64('add', low, carry));
    const over = {
      kind: 'i64',
      code: `(i64.extend_i32_u (i32.or (i64.lt_u ${low.code} ${ai.code}) (i64.lt_u ${own.code} ${low.code})))`,
    };
    carry = f.let(over as Value);
    return own;
  });
  return reduceOnce(f, total);
};

/** `sc_mul`: r = a·b/2^256 modulo q for a < 2^256 and b < q (Montgomery; coarsely alternating operand scanning, Koç, Acar, Kaliski 1996). */
const emitProduct = (k: Kernel): void => {
  k.func('sc_mul', { params: ['i32', 'i32', 'i32'] }, ({ f }, r, a, b) => {
    const mask = word(LOW);
    const high = (x: Value): Value => i64('shr_u', x, word(32));
    const limbsOf = (at: Value): Value[] =>
      Array.from({ length: LIMBS }, (_, i) => f.let(load('i64', 'i64.load32_u', at, 4 * i)));
    const x = limbsOf(a!);
    const t: Value[] = Array.from({ length: LIMBS + 2 }, () => f.let(word(0)));
    for (let i = 0; i < LIMBS; i++) {
      const y = f.let(load('i64', 'i64.load32_u', b!, 4 * i));
      const carry = f.let(word(0));
      for (let j = 0; j < LIMBS; j++) {
        const s = f.let(i64('add', i64('add', t[j]!, i64('mul', x[j]!, y)), carry));
        f.set(t[j]!, i64('and', s, mask));
        f.set(carry, high(s));
      }
      const top = f.let(i64('add', t[LIMBS]!, carry));
      f.set(t[LIMBS]!, i64('and', top, mask));
      f.set(t[LIMBS + 1]!, high(top));
      const m = f.let(i64('and', i64('mul', t[0]!, word(NEGATIVE_INVERSE)), mask));
      f.set(carry, high(f.let(i64('add', t[0]!, i64('mul', m, word(limb(Q, 0)))))));
      for (let j = 1; j < LIMBS; j++) {
        // Three of q's limbs are zero.
        const product = limb(Q, j) === 0n ? t[j]! : i64('add', t[j]!, i64('mul', m, word(limb(Q, j))));
        const s = f.let(i64('add', product, carry));
        f.set(t[j - 1]!, i64('and', s, mask));
        f.set(carry, high(s));
      }
      const last = f.let(i64('add', t[LIMBS]!, carry));
      f.set(t[LIMBS - 1]!, i64('and', last, mask));
      f.set(t[LIMBS]!, i64('add', t[LIMBS + 1]!, high(last)));
    }
    const packed = [0, 1, 2, 3].map((i) => f.let(i64('or', t[2 * i]!, i64('shl', t[2 * i + 1]!, word(32)))));
    writeWords(f, r!, reduceOnce(f, packed));
  });
};

/**
 * Arithmetic modulo q on packed scalars, for the proofs: no branch and no address depends on a scalar. Factors are read from `scalars` and `factors`, summands from `terms`, results go to
 * `results`; all below q, as {@link Curve} checks.
 */
export const emitScalarField = (k: Kernel): void => {
  emitProduct(k);
  const bytes = 32 * LANES;
  const [a, b, c, out] = ['scalars', 'factors', 'terms', 'results'].map((name) => k.memory(name, bytes)) as [
    number,
    number,
    number,
    number,
  ];
  const wide = k.memory('in', 64 * LANES);
  const square = k.module.words(words(R_SQUARED));
  const once = k.module.words(words(R));
  const [x, y] = [k.memory('scalar product', 32), k.memory('scalar product 2', 32)];
  const at = (base: number, i: Value): Int => add(base, shl(i, 5));
  /** x = aᵢ·b. */
  const product = ({ f }: Arith, left: Int, right: Int): void => {
    f.call('sc_mul', x, left, right);
    f.call('sc_mul', x, x, square);
  };

  // 1 when some scalar of `scalars`, `factors` or `terms` (0, 1, 2) is not below q.
  k.func('checkScalars', { params: ['i32', 'i32'], result: 'i32', exported: true }, ({ f }, which, n) => {
    const from = f.let(add(a, mul(which!, bytes)));
    const bad = f.let(word(0));
    f.loop(0, n!, (i) => {
      const { borrow } = subtract(f, readWords(f, f.let(add(from, shl(i, 5)))), words(Q));
      f.set(bad, i64('or', bad, i64('xor', borrow, word(1))));
    });
    f.return({ kind: 'i32', code: `(i32.wrap_i64 ${bad.code})` });
  });
  if (b !== a + bytes || c !== b + bytes) throw new RangeError('the inputs of scalar arithmetic stand behind each other');

  // aᵢ·bᵢ + cᵢ.
  k.export('multiplyAdd', 1, (arith, n) => {
    const { f } = arith;
    f.loop(0, n!, (i) => {
      product(arith, at(a, i), at(b, i));
      writeWords(f, f.let(at(out, i)), addModulo(f, readWords(f, x), readWords(f, f.let(at(c, i)))));
    });
  });
  // c₀ + Σ aᵢ·bᵢ.
  k.export('dot', 1, (arith, n) => {
    const { f } = arith;
    f.fill(y, 32);
    f.loop(0, n!, (i) => {
      f.call('sc_mul', x, at(a, i), at(b, i));
      writeWords(f, y, addModulo(f, readWords(f, x), readWords(f, y)));
    });
    f.call('sc_mul', y, y, square);
    writeWords(f, out, addModulo(f, readWords(f, y), readWords(f, c)));
  });
  // xᵢ = cᵢ + bᵢ·xᵢ₋₁, x₋₁ = a₀.
  k.export('chain', 1, (arith, n) => {
    const { f } = arith;
    f.copy(y, a, 32);
    f.loop(0, n!, (i) => {
      product(arith, y, at(b, i));
      writeWords(f, y, addModulo(f, readWords(f, x), readWords(f, f.let(at(c, i)))));
      f.copy(at(out, i), y, 32);
    });
  });
  // 64 bytes each, modulo q: low + 2^256·high.
  k.export('reduceWide', 1, ({ f }, n) => {
    f.loop(0, n!, (i) => {
      const from = f.let(add(wide, shl(i, 6)));
      f.call('sc_mul', x, from, once);
      f.call('sc_mul', y, add(from, 32), square);
      writeWords(f, f.let(at(out, i)), addModulo(f, readWords(f, x), readWords(f, y)));
    });
  });
};
