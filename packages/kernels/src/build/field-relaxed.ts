import { InexactError } from './exact.ts';
import { balancedDigits, type Field } from './field.ts';
import {
  addColumns,
  type Column,
  double,
  finish,
  HALF,
  INTEGER,
  LIMBS,
  type Limb,
  LOW,
  loadLimbs,
  multiplyColumns,
  reloadColumns,
  storeColumns,
  subtractColumns,
  UNIT,
  WIDTHS,
} from './relaxed-columns.ts';
import { type Fn, i64, type Module, type Place, placed, splatDouble, type Value, vec, word } from './wat.ts';

const both = (f: Fn, name: 'add' | 'sub', a: readonly Limb[], b: readonly Limb[]): Limb[] =>
  a.map((x, i) => ({ v: f.op(`f64x2.${name}`, x.v, b[i]!.v), bound: x.bound + b[i]!.bound }));
const sums = (f: Fn, a: readonly Column[], b: readonly Column[]): Column[] => a.map((x, i) => addColumns(f, x, b[i]!));
const differences = (f: Fn, a: readonly Column[], b: readonly Column[]): Column[] =>
  a.map((x, i) => subtractColumns(f, x, b[i]!));

const FE = 16 * LIMBS;

const emitProducts = (m: Module, mulUnits: readonly [number, number]): void => {
  for (const twice of [false, true]) {
    const end = (f: Fn, columns: Column[], to: Place): void =>
      finish(f, m, twice ? columns.map((x) => double(f, x)) : columns, to);
    m.func(`fe_mul${twice ? '2' : ''}`, { params: ['i32', 'i32', 'i32'] }, (f, r, a, b) => {
      const x = loadLimbs(f, { base: a!, offset: 0 }, mulUnits[0]);
      const y = loadLimbs(f, { base: b!, offset: 0 }, mulUnits[1]);
      end(f, multiplyColumns(f, m, x, y), { base: r!, offset: 0 });
    });
    m.func(`fe_sqr${twice ? '2' : ''}`, { params: ['i32', 'i32'] }, (f, r, a) => {
      const x = loadLimbs(f, { base: a!, offset: 0 });
      end(f, multiplyColumns(f, m, x, x), { base: r!, offset: 0 });
    });
  }
};

/**
 * Halves of the group law: products stay as columns, sums and differences are taken there, then one carry each.
 * dbl1: o = G, H, F of a doubling (all negated: the same point), p = X, Y, Z. add1: o = E, H, G, F of an addition, p = X, Y, Z, T, q = Y+X, Y−X, 2dT, 2Z.
 * madd1: the same with q affine (Z = 1). Each uses 2 elements behind its results as scratch.
 */
const emitGroupHalves = (m: Module): void => {
  const part = (base: Value, k: number): Place => ({ base, offset: k * FE });
  m.func('fe_dbl1', { params: ['i32', 'i32'] }, (f, o, p) => {
    const x = loadLimbs(f, part(p!, 0));
    const xx = multiplyColumns(f, m, x, x);
    storeColumns(f, part(o!, 3), xx);
    const y = loadLimbs(f, part(p!, 1));
    const yy = multiplyColumns(f, m, y, y);
    const xxAgain = reloadColumns(f, part(o!, 3), xx);
    const g = differences(f, yy, xxAgain);
    const h = sums(f, yy, xxAgain);
    storeColumns(f, part(o!, 4), g);
    finish(f, m, h, part(o!, 1));
    finish(f, m, reloadColumns(f, part(o!, 4), g), part(o!, 0));
    const z = loadLimbs(f, part(p!, 2));
    const zz = multiplyColumns(f, m, z, z);
    const gAgain = reloadColumns(f, part(o!, 4), g);
    const twice = zz.map((column, i) => subtractColumns(f, double(f, column), gAgain[i]!));
    finish(f, m, twice, part(o!, 2));
  });
  for (const affine of [false, true]) {
    m.func(affine ? 'fe_madd1' : 'fe_add1', { params: ['i32', 'i32', 'i32'] }, (f, o, p, q) => {
      const scratch = part(o!, 4);
      const load2 = () => [loadLimbs(f, part(p!, 0)), loadLimbs(f, part(p!, 1))] as const;
      const pair = (a: Column[], b: Column[], sumAt: number, differenceAt: number): void => {
        // b − a and b + a; a was kept in the scratch place.
        const kept = reloadColumns(f, scratch, a);
        const difference = differences(f, b, kept);
        storeColumns(f, scratch, difference);
        finish(f, m, sums(f, b, kept), part(o!, sumAt));
        finish(f, m, reloadColumns(f, scratch, difference), part(o!, differenceAt));
      };
      {
        const [x, y] = load2();
        const a = multiplyColumns(f, m, both(f, 'sub', y, x), loadLimbs(f, part(q!, 1)));
        storeColumns(f, scratch, a);
        const [x2, y2] = load2();
        const b = multiplyColumns(f, m, both(f, 'add', y2, x2), loadLimbs(f, part(q!, 0)));
        pair(a, b, 1, 0);
      }
      const c = multiplyColumns(f, m, loadLimbs(f, part(p!, 3)), loadLimbs(f, part(q!, 2)));
      storeColumns(f, scratch, c);
      const z = loadLimbs(f, part(p!, 2));
      const low = m.constant(f, LOW);
      const d = affine
        ? z.map((limb): Column => {
            const whole = { v: f.op('f64x2.add', limb.v, low), bound: limb.bound, constant: LOW };
            return double(f, whole);
          })
        : multiplyColumns(f, m, loadLimbs(f, part(q!, 3), 2), z);
      pair(c, d, 2, 3);
    });
  }
};

/** Rounds every limb to 51 bits and hands the rest on; in doubles, without changing the value modulo p. */
const carryLimbs = (f: Fn, limbs: readonly Limb[]): Value[] => {
  const big = splatDouble(1.5 * 2 ** 103);
  for (const limb of limbs)
    if (limb.bound >= 1n << 53n || HALF + 19n * ((limb.bound + HALF) >> 51n) > UNIT)
      throw new InexactError('a limb to carry is too large');
  const high = limbs.map((limb) => f.op('f64x2.sub', f.op('f64x2.add', limb.v, big), big));
  return limbs.map((limb, i) => {
    const into = f.op('f64x2.mul', high[(i + 4) % 5]!, splatDouble((i === 0 ? 19 : 1) * 2 ** -51));
    return f.op('f64x2.add', f.op('f64x2.sub', limb.v, high[i]!), into);
  });
};

const MUL_UNITS = [2, 1] as const;
const CARRY_UNITS = 6;

/** The field with other units for fe_mul: more than the default ones do not build. */
export const createRelaxedField = (mulUnits: readonly [number, number] = MUL_UNITS): Field => ({
  name: 'relaxed',
  limbs: LIMBS,
  bytes: FE,
  mulUnits,
  sqrUnits: 1,
  carryUnits: CARRY_UNITS,
  freezeUnits: CARRY_UNITS,
  carriesSums: true,
  widths: WIDTHS,
  packedScale: undefined,
  limbsOf: (x) => balancedDigits(x, WIDTHS).map(Number),
  emit: (m) => {
    emitProducts(m, mulUnits);
    emitGroupHalves(m);
    m.func('fe_carry', { params: ['i32', 'i32'] }, (f, r, a) => {
      const limbs = carryLimbs(f, loadLimbs(f, { base: a!, offset: 0 }, CARRY_UNITS));
      for (const [i, limb] of limbs.entries()) f.store128({ base: r!, offset: 16 * i }, limb);
    });
  },
  integerWords: (f, m, a) => {
    // + 2p makes every word positive: a carried limb is above −2^51.
    const big = m.constant(f, LOW);
    return carryLimbs(f, loadLimbs(f, a, CARRY_UNITS)).map((limb, i) => {
      const whole = f.op('i64x2.sub', f.op('f64x2.add', limb, big), big);
      return f.op('i64x2.add', whole, m.constant(f, ((1n << 51n) - 1n) * 2n - (i === 0 ? 36n : 0n)));
    });
  },
  fromWords: (f, m, to, lanes) => {
    const mask = word((1n << 51n) - 1n);
    const cut = (w: readonly Value[], i: number): Value => {
      const position = 51 * i;
      const [q, s] = [position >> 6, position & 63];
      const low = i64('shr_u', w[q]!, word(s));
      const both_ = s > 13 && q < 3 ? i64('or', low, i64('shl', w[q + 1]!, word(64 - s))) : low;
      return i64('and', both_, mask);
    };
    const integer = m.constant(f, INTEGER);
    const limbs = WIDTHS.map((_, i) => {
      const pair = vec('i64x2.replace_lane 1', vec('i64x2.splat', cut(lanes[0]!, i)), cut(lanes[1]!, i));
      return { v: f.op('f64x2.sub', f.op('v128.or', pair, integer), integer), bound: (1n << 51n) - 1n };
    });
    for (const [i, limb] of carryLimbs(f, limbs).entries()) f.store128(placed(to, 16 * i), limb);
  },
});

export const relaxedField: Field = createRelaxedField();
