import { InexactError } from './exact.ts';
import { bitsOf, type Fn, type Module, type Place, type Value } from './wat.ts';

/**
 * Five signed limbs of 51 bits in doubles. A product is split exactly by two fused multiply-adds: p = fma(a, b, 1.5·2^103) rounds a·b to a multiple of 2^51, and
 * fma(a, b, 1.5·2^52 + 1.5·2^103 − p) is what is left. The bit patterns of such doubles are whole numbers plus a constant, so columns are summed as 64-bit
 * integers and the constants are taken away once. Needs fused multiply-add in fact: an engine that rounds twice computes garbage, which the self-test catches.
 */
export const LIMBS = 5;
const BITS = 51;
export const WIDTHS: readonly number[] = [51, 51, 51, 51, 51];
const HIGH = bitsOf(1.5 * 2 ** 103);
export const LOW: bigint = bitsOf(1.5 * 2 ** 52);
const SPLIT = bitsOf(1.5 * 2 ** 103 + 1.5 * 2 ** 52);
export const INTEGER: bigint = bitsOf(2 ** 52);
export const HALF: bigint = 1n << 50n;
/** One unit: every limb a result can have. */
export const UNIT: bigint = HALF + (1n << 20n);

/** Numbers in a vector: known to be whole and at most `bound`. */
export interface Limb {
  readonly v: Value;
  readonly bound: bigint;
}
/** A column: bit patterns summed as integers, i.e. a number of at most `bound` plus a constant modulo 2^64. */
export interface Column {
  readonly v: Value;
  readonly bound: bigint;
  readonly constant: bigint;
}

export const addColumns = (f: Fn, a: Column, b: Column): Column => ({
  v: f.op('i64x2.add', a.v, b.v),
  bound: a.bound + b.bound,
  constant: a.constant + b.constant,
});
export const subtractColumns = (f: Fn, a: Column, b: Column): Column => ({
  v: f.op('i64x2.sub', a.v, b.v),
  bound: a.bound + b.bound,
  constant: a.constant - b.constant,
});
export const double = (f: Fn, a: Column): Column => ({
  v: f.op('i64x2.shl', a.v, 1),
  bound: 2n * a.bound,
  constant: 2n * a.constant,
});
/** 19·high + low, since 2^255 = 19 modulo p. */
const fold = (f: Fn, high: Value, low: Value): Value => {
  const twice = f.op('i64x2.shl', high, 1);
  const sixteen = f.op('i64x2.shl', high, 4);
  const three = f.op('i64x2.add', twice, high);
  const rest = f.op('i64x2.add', sixteen, low);
  return f.op('i64x2.add', three, rest);
};

/** The five folded columns of a·b, not carried. */
export const multiplyColumns = (f: Fn, m: Module, a: readonly Limb[], b: readonly Limb[]): Column[] => {
  const square = a === b;
  const high = m.constant(f, HIGH);
  const split = m.constant(f, SPLIT);
  const plain: (Column | undefined)[] = new Array(10).fill(undefined);
  const twice: (Column | undefined)[] = new Array(10).fill(undefined);
  const collect = (into: (Column | undefined)[], k: number, x: Column): void => {
    into[k] = into[k] === undefined ? x : addColumns(f, x, into[k]);
  };
  const pairs: [number, number][] = [];
  for (let i = 0; i < LIMBS; i++) for (let j = square ? i : 0; j < LIMBS; j++) pairs.push([i, j]);
  // Columns in ascending order: the accumulators' lives are shortest so.
  pairs.sort((x, y) => x[0] + x[1] - (y[0] + y[1]) || x[0] - y[0]);
  for (const [i, j] of pairs) {
    const bound = a[i]!.bound * b[j]!.bound;
    if (bound >= 1n << 102n)
      throw new InexactError(`product ${i},${j} leaves the range in which its high part has steps of 2^51`);
    const into = square && i !== j ? twice : plain;
    const p = f.op('f64x2.relaxed_madd', a[i]!.v, b[j]!.v, high);
    const q = f.op('f64x2.sub', split, p);
    const rest = f.op('f64x2.relaxed_madd', a[i]!.v, b[j]!.v, q);
    collect(into, i + j + 1, { v: p, bound: (bound + HALF) >> 51n, constant: HIGH });
    collect(into, i + j, { v: rest, bound: HALF, constant: LOW });
  }
  const columns = plain.map((x, k) => {
    const off = twice[k] === undefined ? undefined : double(f, twice[k]);
    return x === undefined ? off! : off === undefined ? x : addColumns(f, off, x);
  });
  return columns.slice(0, LIMBS).map((low, k) => {
    const top = columns[k + LIMBS]!;
    return {
      v: fold(f, top.v, low.v),
      bound: 19n * top.bound + low.bound,
      constant: 19n * top.constant + low.constant,
    };
  });
};

/** Takes the constants away, carries once round, and stores limbs of at most one unit. */
export const finish = (f: Fn, m: Module, columns: readonly Column[], to: Place): void => {
  const mask = m.constant(f, (1n << 51n) - 1n);
  const integer = m.constant(f, INTEGER);
  const limbs: Value[] = [];
  let carry: Value | undefined;
  let carryBound = 0n;
  for (const [k, column] of columns.entries()) {
    const bound = column.bound + carryBound;
    if (bound + HALF >= 1n << 62n) throw new InexactError(`column ${k} leaves 63 bits`);
    // + 2^62 keeps the number positive, + 2^50 centres the limb; 2^62 comes out of the carry as 2^11.
    const constant = -column.constant + (1n << 62n) + HALF - (k > 0 ? 1n << 11n : 0n);
    let y = f.op('i64x2.add', column.v, m.constant(f, constant));
    if (carry !== undefined) y = f.op('i64x2.add', y, carry);
    carry = f.op('i64x2.shr_u', y, BITS);
    carryBound = (bound + HALF) >> 51n;
    limbs.push(f.op('v128.and', y, mask));
  }
  if (2n * HALF + 19n * (carryBound + 2n ** 11n + 1n) >= 1n << 52n) throw new InexactError('limb 0 leaves 52 bits');
  if (HALF + 19n * (carryBound + 1n) > UNIT) throw new InexactError('limb 0 is above one unit');
  limbs[0] = fold(f, carry!, limbs[0]!);
  for (const [i, limb] of limbs.entries()) {
    const offset = m.constant(f, bitsOf(2 ** 52 + 2 ** 50 + (i === 0 ? 19 * 2 ** 11 : 0)));
    f.store128(to, f.op('f64x2.sub', f.op('v128.or', limb, integer), offset), 16 * i);
  }
};

export const loadLimbs = (f: Fn, at: Place, units = 1): Limb[] =>
  Array.from({ length: LIMBS }, (_, i) => ({ v: f.load128(at, 16 * i), bound: BigInt(units) * UNIT }));
export const storeColumns = (f: Fn, at: Place, columns: readonly Column[]): void => {
  for (const [i, column] of columns.entries()) f.store128(at, column.v, 16 * i);
};
export const reloadColumns = (f: Fn, at: Place, columns: readonly Column[]): Column[] =>
  columns.map((column, i) => ({ ...column, v: f.load128(at, 16 * i) }));
