import { type Int, i64, load, op, type Place, type Value, vec, word } from '../wat.ts';

// Short names for the instructions that the bulk kernel is made of.

export const xor = (...list: readonly Value[]): Value => list.reduce((a, b) => vec('v128.xor', a, b));
export const xor64 = (...list: readonly Value[]): Value => list.reduce((a, b) => i64('xor', a, b));
export const xor32 = (a: Int, b: Int): Value => op('i32', 'i32.xor', a, b);
export const load128 = (at: Place | Int, offset = 0): Value => load('v128', 'v128.load', at, offset);
export const load64 = (at: Place | Int, offset = 0): Value => load('i64', 'i64.load', at, offset);
export const load32 = (at: Place | Int, offset = 0): Value => load('i32', 'i32.load', at, offset);
export const load16 = (at: Place | Int, offset = 0): Value => load('i32', 'i32.load16_u', at, offset);
export const load8 = (at: Place | Int, offset = 0): Value => load('i32', 'i32.load8_u', at, offset);
export const splat32 = (x: Int): Value => vec('i32x4.splat', x);
export const zero = (): Value => ({ kind: 'v128', code: '(v128.const i64x2 0 0)' });
export const constant32 = (...lanes: readonly number[]): Value => ({
  kind: 'v128',
  code: `(v128.const i32x4 ${lanes.map((x) => x | 0).join(' ')})`,
});
export const wide = (x: Int): Value => i64('extend_i32_u', x);
export const narrow = (x: Value): Value => op('i32', 'i32.wrap_i64', x);
/** A choice of 16 of the 32 bytes of two vectors. */
export const shuffle = (bytes: readonly number[], a: Value, b: Value): Value => ({
  kind: 'v128',
  code: `(i8x16.shuffle ${bytes.join(' ')} ${a.code} ${b.code})`,
});
export const lane32 = (lane: number, x: Value): Value => ({ kind: 'i32', code: `(i32x4.extract_lane ${lane} ${x.code})` });
/** ⌊a·b / 2^32⌋ of unsigned words: a uniform word becomes a number below b. */
export const mulhi = (a: Int, b: Int): Value => narrow(i64('shr_u', i64('mul', wide(a), wide(b)), word(32)));
export const notZero = (x: Value): Value => op('i32', 'i32.eqz', op('i32', 'i64.eqz', x));
export const compare = (name: 'eq' | 'ne' | 'lt_u' | 'ge_u' | 'gt_u', a: Int, b: Int): Value => op('i32', `i32.${name}`, a, b);
export const compare64 = (name: 'eq' | 'ne' | 'lt_u' | 'gt_u', a: Value, b: Value): Value => op('i32', `i64.${name}`, a, b);
