import { exact, InexactError, product, type Range, remainder, rounded, scaled, sum } from './exact.ts';
import { balancedDigits, type Field } from './field.ts';
import { bitsOf, type Fn, i64, type Module, type Place, placed, splatDouble, type Value, vec, word } from './wat.ts';

/**
 * Twelve signed limbs of 21 or 22 bits in doubles, each at its own scale: limb i is a multiple of 2^⌈21.25·i⌉, so a product of limbs is in place without
 * shifting, and 2^255 = 19 is one multiplication by 19·2^-255. Rounding to the next limb's scale is adding and taking away 1.5·2^(52 + that scale).
 */
const LIMBS = 12;
const START: readonly number[] = Array.from({ length: LIMBS + 1 }, (_, i) => Math.ceil(21.25 * i));
const LIMB_WIDTHS = START.slice(1).map((end, i) => end - START[i]!);
const WIDTHS = [43, 42, 43, 42, 43, 42];
const FOLD = 19 * 2 ** -255;
const FOLD_RANGE: Range = { bound: (19n * scaled(1n)) >> 255n, ulp: -255 };
const MUL_UNITS = [3, 4] as const;
const SQR_UNITS = 3;
const CARRY_UNITS = 16;
/** Columns computed at a time, and the order of carrying: each chain starts where another one is far away. */
const GROUP = 3;
const CHAIN = [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 0];

/** One unit: half the next limb's step, and a little for carries that come in late. */
const unitOf = (i: number): Range => {
  const half = scaled(1n << BigInt(START[i + 1]! - 1));
  return { bound: half + (half >> 10n), ulp: START[i]! };
};
const units = (i: number, count: number): Range => ({ bound: BigInt(count) * unitOf(i).bound, ulp: START[i]! });

interface Limb {
  v: Value;
  range: Range;
}

/** Carries in place, round the chain. */
const carry = (f: Fn, m: Module, h: Limb[]): void => {
  const fold = m.constant(f, bitsOf(FOLD));
  for (const k of CHAIN) {
    const step = START[k + 1]!;
    const big = m.constant(f, bitsOf(1.5 * 2 ** (52 + step)));
    const from = h[k]!;
    if (from.range.bound >= scaled(1n << BigInt(51 + step))) throw new InexactError(`limb ${k} is too large to carry`);
    const t = f.op('f64x2.sub', f.op('f64x2.add', from.v, big), big);
    const out = rounded(from.range, step);
    h[k] = { v: f.op('f64x2.sub', from.v, t), range: exact(remainder(from.range, step), `limb ${k}`) };
    const next = h[(k + 1) % LIMBS]!;
    const into =
      k === LIMBS - 1
        ? { v: f.op('f64x2.mul', t, fold), range: exact(product(out, FOLD_RANGE), 'the fold') }
        : { v: t, range: out };
    h[(k + 1) % LIMBS] = {
      v: f.op('f64x2.add', next.v, into.v),
      range: exact(sum(next.range, into.range), `limb ${(k + 1) % LIMBS}`),
    };
  }
};

const storeUnits = (f: Fn, to: Place, h: readonly Limb[]): void => {
  for (const [i, limb] of h.entries()) {
    const unit = unitOf(i);
    if (limb.range.bound > unit.bound || limb.range.ulp < unit.ulp) throw new InexactError(`limb ${i} is above one unit`);
    f.store128(to, limb.v, 16 * i);
  }
};

/** A factor's limbs (`a`, `b`), twice a limb (`e`) and limbs times 19·2^-255 (`d`). */
type Factor = { readonly form: 'a' | 'b' | 'd' | 'e'; readonly limb: number };

const emitProduct = (m: Module, factors: readonly [number, number] | 'square', scratch: number): void => {
  const square = factors === 'square';
  m.func(square ? 'fe_sqr' : 'fe_mul', { params: square ? ['i32', 'i32'] : ['i32', 'i32', 'i32'] }, (f, r, a, b) => {
    const fold = m.constant(f, bitsOf(FOLD));
    const [ua, ub] = square ? [SQR_UNITS, SQR_UNITS] : factors;
    const rangeOf = ({ form, limb }: Factor): Range => {
      const own = units(limb, form === 'a' ? ua : ub);
      if (form === 'e') return exact(sum(own, own), 'twice a limb');
      return exact(form === 'd' ? product(own, FOLD_RANGE) : own, `a factor ${form}${limb}`);
    };
    for (let i = 0; i < LIMBS; i++) {
      const x = f.load128({ base: square ? a! : b!, offset: 16 * i });
      if (square) f.store128(scratch, f.op('f64x2.add', x, x), 16 * (12 + i));
      if (i > 0) f.store128(scratch, f.op('f64x2.mul', x, fold), 16 * i);
    }
    const termsOf = (k: number): (readonly [Factor, Factor])[] => {
      const terms: (readonly [Factor, Factor])[] = [];
      if (square) {
        for (let i = 0; i < LIMBS; i++)
          for (let j = i; j < LIMBS; j++)
            if ((i + j) % LIMBS === k)
              terms.push([
                { form: i === j ? 'a' : 'e', limb: i },
                { form: i + j < LIMBS ? 'a' : 'd', limb: j },
              ]);
      } else
        for (let j = 0; j < LIMBS; j++)
          terms.push([
            { form: 'a', limb: (k - j + LIMBS) % LIMBS },
            { form: j <= k ? 'b' : 'd', limb: j },
          ]);
      return terms;
    };
    const h: Limb[] = [];
    for (let first = 0; first < LIMBS; first += GROUP) {
      const columns = [first, first + 1, first + 2];
      const loaded = new Map<string, Value>();
      const get = ({ form, limb }: Factor): Value => {
        const known = loaded.get(form + limb);
        if (known !== undefined) return known;
        const place: Place =
          form === 'a'
            ? { base: a!, offset: 16 * limb }
            : form === 'b'
              ? { base: b!, offset: 16 * limb }
              : { base: scratch, offset: 16 * (limb + (form === 'e' ? 12 : 0)) };
        const v = f.load128(place);
        loaded.set(form + limb, v);
        return v;
      };
      const terms = columns.map(termsOf);
      for (let step = 0; step < LIMBS; step++)
        for (const [q, k] of columns.entries()) {
          const term = terms[q]![step];
          if (term === undefined) continue;
          const range = exact(product(rangeOf(term[0]), rangeOf(term[1])), `a product in column ${k}`);
          const v = f.op('f64x2.mul', get(term[0]), get(term[1]));
          const before = h[k];
          h[k] =
            before === undefined
              ? { v, range }
              : { v: f.op('f64x2.add', v, before.v), range: exact(sum(before.range, range), `column ${k}`) };
        }
      for (const k of columns) f.store128(scratch, h[k]!.v, 16 * (24 + k));
    }
    for (let k = 0; k < LIMBS; k++) h[k] = { v: f.load128(scratch, 16 * (24 + k)), range: h[k]!.range };
    carry(f, m, h);
    storeUnits(f, { base: r!, offset: 0 }, h);
  });
};

/** The field with other units for fe_mul: more than the default ones do not build. */
export const createPlainField = (mulUnits: readonly [number, number] = MUL_UNITS): Field => ({
  name: 'plain',
  limbs: LIMBS,
  bytes: 16 * LIMBS,
  mulUnits,
  sqrUnits: SQR_UNITS,
  carryUnits: CARRY_UNITS,
  freezeUnits: 8,
  carriesSums: false,
  widths: WIDTHS,
  packedScale: START.slice(0, LIMBS),
  limbsOf: (x) => balancedDigits(x, LIMB_WIDTHS).map((digit, i) => Number(digit) * 2 ** START[i]!),
  emit: (m) => {
    const scratch = m.alloc(640);
    emitProduct(m, mulUnits, scratch);
    emitProduct(m, 'square', scratch);
    m.func('fe_carry', { params: ['i32', 'i32'] }, (f, r, a) => {
      const h = Array.from(
        { length: LIMBS },
        (_, i): Limb => ({ v: f.load128({ base: a!, offset: 16 * i }), range: units(i, CARRY_UNITS) }),
      );
      carry(f, m, h);
      storeUnits(f, { base: r!, offset: 0 }, h);
    });
  },
  integerWords: (f, m, a) => {
    // + 16p makes every word positive: two limbs together are above −8·2^42.
    const big = m.constant(f, bitsOf(1.5 * 2 ** 52));
    return WIDTHS.map((width, i) => {
      const pair = vec('f64x2.add', f.load128(a, 32 * i), f.load128(a, 32 * i + 16));
      const whole = f.op('f64x2.mul', pair, splatDouble(2 ** -START[2 * i]!));
      const integer = f.op('i64x2.sub', f.op('f64x2.add', whole, big), big);
      return f.op('i64x2.add', integer, m.constant(f, ((1n << BigInt(width)) - 1n) * 16n - (i === 0 ? 18n * 16n : 0n)));
    });
  },
  fromWords: (f, m, to, lanes) => {
    const integer = m.constant(f, bitsOf(2 ** 52));
    let position = 0;
    const limbs = LIMB_WIDTHS.map((_, i): Limb => {
      const width = i & 3 ? 21 : 22;
      const [q, s] = [position >> 6, position & 63];
      position += width;
      const cut = (w: readonly Value[]): Value => {
        const low = i64('shr_u', w[q]!, word(s));
        const both = s > 64 - width && q < 3 ? i64('or', low, i64('shl', w[q + 1]!, word(64 - s))) : low;
        return i64('and', both, word((1n << BigInt(width)) - 1n));
      };
      const pair = vec('i64x2.replace_lane 1', vec('i64x2.splat', cut(lanes[0]!)), cut(lanes[1]!));
      const whole = f.op('f64x2.sub', f.op('v128.or', pair, integer), integer);
      const range = { bound: scaled(1n << BigInt(width + START[i]!)), ulp: START[i]! };
      return { v: f.op('f64x2.mul', whole, splatDouble(2 ** START[i]!)), range };
    });
    carry(f, m, limbs);
    storeUnits(f, placed(to, 0), limbs);
  },
});

export const plainField: Field = createPlainField();
