import type { Kernel } from './arith.ts';
import { LANES, VECTORS } from './element.ts';
import { DIGIT_BYTES, WINDOWS } from './multiply.ts';
import { LINE_BYTES, MESSAGE_BYTES } from './sha512.ts';
import { add, and, type Fn, type Int, i64, load, mul, op, shl, sub, type Value, word } from './wat.ts';

/** q, the order of the group. */
export const Q: bigint = 2n ** 252n + 27742317777372353535851937790883648493n;
export const words = (x: bigint): bigint[] => [0, 1, 2, 3].map((i) => (x >> BigInt(64 * i)) & ((1n << 64n) - 1n));

/** Adds (mask & c) to x, four words each; the carry out is dropped. */
export const addMasked = (f: Fn, x: readonly Value[], c: readonly bigint[], mask: Value): Value[] => {
  let carry: Value = word(0);
  return x.map((xi, i) => {
    const term = f.let(i64('and', mask, word(c[i]!)));
    const low = f.let(i64('add', xi, term));
    const total = f.let(i64('add', low, carry));
    carry = f.let(
      i64(
        'or',
        op('i64', 'i64.extend_i32_u', op('i32', 'i64.lt_u', low, term)),
        op('i64', 'i64.extend_i32_u', op('i32', 'i64.lt_u', total, low)),
      ),
    );
    return total;
  });
};

/** x − c and the borrow out (1 when x < c). */
export const subtract = (
  f: Fn,
  x: readonly Value[],
  c: readonly bigint[],
): { readonly difference: Value[]; readonly borrow: Value } => {
  let borrow: Value = word(0);
  const difference = x.map((xi, i) => {
    const low = f.let(i64('sub', xi, word(c[i]!)));
    const total = f.let(i64('sub', low, borrow));
    borrow = f.let(
      i64(
        'or',
        op('i64', 'i64.extend_i32_u', op('i32', 'i64.lt_u', xi, word(c[i]!))),
        op('i64', 'i64.extend_i32_u', op('i32', 'i64.lt_u', low, borrow)),
      ),
    );
    return total;
  });
  return { difference, borrow };
};

/** x/2 modulo q: an odd x becomes x + q first. x < q. */
const halve = (f: Fn, x: readonly Value[]): Value[] => {
  const odd = f.let(i64('sub', word(0), i64('and', x[0]!, word(1))));
  const y = addMasked(f, x, words(Q), odd);
  return y.map((yi, i) =>
    f.let(i < 3 ? i64('or', i64('shr_u', yi, word(1)), i64('shl', y[i + 1]!, word(63))) : i64('shr_u', yi, word(1))),
  );
};

/** Fixed-base windows: bits each and how many, for a scalar below q and for a value below 2^32. */
export interface Windows {
  readonly bits: number;
  readonly count: number;
}
export const FIXED_WINDOWS: Windows = { bits: 5, count: 51 };
export const VALUE_WINDOWS: Windows = { bits: 5, count: 7 };
/** Places for digits, for one vector. */
export const FIXED_SLOTS = 64;
export const VALUE_SLOTS = 8;
/** Elements of rows, and values, that fit the buffers. */
export const ROW_ELEMENTS = 8192;

/**
 * Odd digits: the windows e of E stand for Σ (2e − (2^W − 1))·2^(W·i) = 2E − (2^(W·n) − 1), so every digit is odd, never zero, and needs no carry.
 * Writes each window of the number at `from` (32 bytes and 2 of padding) for one lane.
 */
const writeWindows = (f: Fn, from: Int, to: Int, { bits, count }: Windows): void => {
  f.loop(0, count, (w) => {
    const position = f.let(mul(w, bits));
    const x = load('i32', 'i32.load16_u', f.let(add(from, op('i32', 'i32.shr_u', position, 3))));
    const e = and(op('i32', 'i32.shr_u', x, and(position, 7)), (1 << bits) - 1);
    f.store('i64.store', f.let(add(to, shl(w, 4))), op('i64', 'i64.extend_i32_u', e));
  });
};

/** Recoding, in the module so that no secret goes through JavaScript numbers. Each function answers 1 when some scalar is not below q. */
export const emitScalars = (k: Kernel): void => {
  const input = k.memory('scalars', 32 * LANES);
  const digits = k.memory('digits', (VECTORS + 1) * DIGIT_BYTES);
  const scratch = k.memory('scalar scratch', 64);
  const read = (f: Fn, at: Int): Value[] => [0, 1, 2, 3].map((i) => f.let(load('i64', 'i64.load', at, 8 * i)));
  const keep = (f: Fn, x: readonly Value[]): void => {
    for (const [i, xi] of x.entries()) f.store('i64.store', scratch, xi, 8 * i);
  };
  const outside = (f: Fn, x: readonly Value[]): Value => f.let(i64('xor', subtract(f, x, words(Q)).borrow, word(1)));
  const flag = (x: Value): Value => op('i32', 'i32.wrap_i64', x);

  // Signed digits of 4 bits, from −8 to 7, of k/2 (halved 1) or of k (halved 0), for one lane.
  k.func('recode', { params: ['i32', 'i32', 'i32'], result: 'i64' }, ({ f }, from, to, halved) => {
    const x = read(f, from!);
    const bad = outside(f, x);
    const h = halve(f, x);
    const choose = f.let(i64('sub', word(0), op('i64', 'i64.extend_i32_u', halved!)));
    keep(
      f,
      x.map((xi, i) => f.let(i64('xor', xi, i64('and', i64('xor', xi, h[i]!), choose)))),
    );
    const carry = f.let(word(0));
    f.loop(0, WINDOWS, (w) => {
      const from64 = f.let(load('i64', 'i64.load', f.let(add(scratch, shl(op('i32', 'i32.shr_u', w, 4), 3)))));
      const shift = op('i64', 'i64.extend_i32_u', shl(and(w, 15), 2));
      const digit = f.let(i64('add', i64('and', i64('shr_u', from64, shift), word(15)), carry));
      f.set(carry, i64('shr_u', i64('add', digit, word(8)), word(4)));
      const signed = f.let(i64('sub', digit, i64('shl', carry, word(4))));
      const sign = f.let(i64('shr_s', signed, word(63)));
      const place = f.let(add(to!, shl(sub(WINDOWS - 1, w), 5)));
      f.store('i64.store', place, i64('sub', i64('xor', signed, sign), sign));
      f.store('i64.store', place, sign, 16);
    });
    f.return(bad);
  });
  k.func('setScalar', { params: ['i32'], result: 'i32', exported: true }, ({ f }, halved) => {
    const place = digits + VECTORS * DIGIT_BYTES;
    const bad = f.callValue('i64', 'recode', input, place, halved!);
    f.set(bad, i64('or', bad, f.callValue('i64', 'recode', input, place + 8, halved!)));
    f.return(flag(bad));
  });
  k.func('setScalars', { params: ['i32', 'i32'], result: 'i32', exported: true }, ({ f }, n, halved) => {
    const bad = f.let(word(0));
    f.loop(0, n!, (i) => {
      const place = add(add(digits, mul(op('i32', 'i32.shr_u', i, 1), DIGIT_BYTES)), shl(and(i, 1), 3));
      f.set(bad, i64('or', bad, f.callValue('i64', 'recode', add(input, shl(i, 5)), place, halved!)));
    });
    f.return(flag(bad));
  });

  // Windows of E = (k/2^(halvings − 1) + 2^(W·n) − 1)/2 modulo q, which stand for k/2^(halvings − 1).
  const windows = FIXED_WINDOWS;
  const fixed = k.memory('fixed digits', VECTORS * FIXED_SLOTS * 16);
  const shift = (((1n << BigInt(windows.bits * windows.count)) - 1n) * ((Q + 1n) / 2n)) % Q;
  k.func('setFixed', { params: ['i32', 'i32'], result: 'i32', exported: true }, ({ f }, n, halvings) => {
    const bad = f.let(word(0));
    f.loop(0, n!, (i) => {
      const x = read(f, f.let(add(input, shl(i, 5))));
      f.set(bad, i64('or', bad, outside(f, x)));
      const h = halve(f, x);
      f.if(op('i32', 'i32.eq', halvings!, 2), () => {
        for (const [j, hj] of halve(f, h).entries()) f.set(h[j]!, hj);
      });
      const shifted = addMasked(f, h, words(shift), word(-1));
      const { difference, borrow } = subtract(f, shifted, words(Q));
      keep(f, addMasked(f, difference, words(Q), f.let(i64('sub', word(0), borrow))));
      const place = add(add(fixed, mul(op('i32', 'i32.shr_u', i, 1), FIXED_SLOTS * 16)), shl(and(i, 1), 3));
      writeWindows(f, scratch, f.let(place), windows);
    });
    f.return(flag(bad));
  });
  // Windows of values: column j of an n × width table of 32-bit numbers.
  const values = k.memory('values', 4 * ROW_ELEMENTS);
  const small = k.memory('value digits', VECTORS * VALUE_SLOTS * 16);
  k.export('setValues', 3, ({ f }, n, j, width) => {
    f.loop(0, n!, (i) => {
      const v = load('i32', 'i32.load', f.let(add(values, shl(add(mul(i, width!), j!), 2))));
      f.store('i64.store', scratch, op('i64', 'i64.extend_i32_u', v));
      const place = add(add(small, mul(op('i32', 'i32.shr_u', i, 1), VALUE_SLOTS * 16)), shl(and(i, 1), 3));
      writeWindows(f, scratch, f.let(place), VALUE_WINDOWS);
    });
  });
};

/** Overwrites what was secret: scalars, their digits, values and messages. */
export const emitWipe = (k: Kernel): void => {
  const secret: readonly (readonly [string, number])[] = [
    ['scalars', 32 * LANES],
    ['factors', 32 * LANES],
    ['terms', 32 * LANES],
    ['results', 32 * LANES],
    ['scalar product', 32],
    ['scalar product 2', 32],
    ['scalar scratch', 64],
    ['digits', (VECTORS + 1) * DIGIT_BYTES],
    ['fixed digits', VECTORS * FIXED_SLOTS * 16],
    ['values', 4 * ROW_ELEMENTS],
    ['value digits', VECTORS * VALUE_SLOTS * 16],
    ['in', 64 * LANES],
    ['messages', MESSAGE_BYTES],
    ['line', LINE_BYTES],
    ['sha state', 64],
    ['sha block', 128],
    ['sha b0', 64],
  ];
  k.export('wipe', 0, ({ f }) => {
    for (const [name, bytes] of secret) f.fill(k.memory(name, bytes), bytes);
  });
};
