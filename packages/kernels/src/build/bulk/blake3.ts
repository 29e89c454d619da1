import { add, type Fn, type Int, type Module, mul, op, shl, shr, sub, type Value, vec } from '../wat.ts';
import { compare, constant32, load32, load128, shuffle, splat32, xor, zero } from './words.ts';

// BLAKE3 (specification of 2021, §2.2) of four messages at once, a message a lane: keyed, one chunk (at most 1,024 bytes), the first 16 bytes of output.

const IV = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a];
const [CHUNK_START, CHUNK_END, ROOT, KEYED_HASH] = [1, 2, 8, 16];
const PERMUTATION = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
const BLOCK = 64;

const rotate = (f: Fn, x: Value, by: number): Value => {
  const bytes = Array.from({ length: 16 }, (_, i) => (i & 12) + ((i + by / 8) & 3));
  if (by % 8 === 0) return f.let(shuffle(bytes, x, x));
  return f.let(vec('v128.or', vec('i32x4.shr_u', x, by), vec('i32x4.shl', x, 32 - by)));
};
const sum = (a: Value, b: Value): Value => vec('i32x4.add', a, b);

/** Four vectors as a square of words, transposed. */
const transposeWords = (f: Fn, [a, b, c, d]: readonly Value[]): readonly Value[] => {
  const words = (...list: readonly number[]): number[] => list.flatMap((w) => [4 * w, 4 * w + 1, 4 * w + 2, 4 * w + 3]);
  const [low, high] = [words(0, 4, 1, 5), words(2, 6, 3, 7)];
  const [t0, t1, t2, t3] = [shuffle(low, a!, b!), shuffle(high, a!, b!), shuffle(low, c!, d!), shuffle(high, c!, d!)].map((x) =>
    f.let(x),
  );
  const [left, right] = [words(0, 1, 4, 5), words(2, 3, 6, 7)];
  return [shuffle(left, t0!, t2!), shuffle(right, t0!, t2!), shuffle(left, t1!, t3!), shuffle(right, t1!, t3!)].map((x) =>
    f.let(x),
  );
};

/** The compression function. @param message 16 vectors, or 8 when the rest is zero @returns the new chaining value's `words` first words */
const compress = (
  f: Fn,
  {
    chaining,
    message,
    length,
    flags,
    words,
  }: {
    readonly chaining: readonly Value[];
    readonly message: readonly Value[];
    readonly length: Value;
    readonly flags: Value;
    readonly words: 4 | 8;
  },
): readonly Value[] => {
  const s = [...chaining, ...IV.map((x) => constant32(x, x, x, x)), zero(), zero(), length, flags].map((x) => f.let(x));
  let order = Array.from({ length: 16 }, (_, i) => i);
  const mix = (a: number, b: number, c: number, d: number, x: number, y: number): void => {
    const plus = (k: number): Value => (message[k] === undefined ? sum(s[a]!, s[b]!) : sum(sum(s[a]!, s[b]!), message[k]!));
    s[a] = f.let(plus(x));
    s[d] = rotate(f, xor(s[d]!, s[a]!), 16);
    s[c] = f.let(sum(s[c]!, s[d]!));
    s[b] = rotate(f, f.let(xor(s[b]!, s[c]!)), 12);
    s[a] = f.let(plus(y));
    s[d] = rotate(f, xor(s[d]!, s[a]!), 8);
    s[c] = f.let(sum(s[c]!, s[d]!));
    s[b] = rotate(f, f.let(xor(s[b]!, s[c]!)), 7);
  };
  for (let round = 0; round < 7; round++) {
    for (let i = 0; i < 4; i++) mix(i, 4 + i, 8 + i, 12 + i, order[2 * i]!, order[2 * i + 1]!);
    for (let i = 0; i < 4; i++)
      mix(i, 4 + ((i + 1) & 3), 8 + ((i + 2) & 3), 12 + ((i + 3) & 3), order[8 + 2 * i]!, order[9 + 2 * i]!);
    order = PERMUTATION.map((i) => order[i]!);
  }
  return Array.from({ length: words }, (_, i) => f.let(xor(s[i]!, s[i + 8]!)));
};

const keyWords = (f: Fn, key: Int): Value[] => Array.from({ length: 8 }, (_, i) => f.let(splat32(load32(key, 4 * i))));

/** min(max(x, 0), most). */
const clamp = (f: Fn, x: Int, most: number): Value => {
  const known = f.let(x);
  const low = f.let(op('i32', 'select', known, 0, op('i32', 'i32.gt_s', known, 0)));
  return f.let(op('i32', 'select', low, most, op('i32', 'i32.lt_s', low, most)));
};

/** Sixteen bytes at `at`, those from number `count` on replaced by zero: no loop over bytes, no branch. */
const loadUpTo = (f: Fn, at: Value, offset: number, count: Value): Value => {
  const places: Value = { kind: 'v128', code: '(v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)' };
  return f.let(vec('v128.and', load128(at, offset), vec('i8x16.lt_u', places, vec('i8x16.splat', count))));
};

/**
 * `hashIds(data, offsets, n, out, key)`: 16 bytes for each of n messages, message i being data[offsets[i] … offsets[i+1]) of at most 1,024 bytes. Reads up to 64 bytes
 * past the data and writes up to three rows past the result. Lengths are public; nothing else is branched on.
 */
const emitHashIds = (m: Module): void =>
  m.func('hashIds', { params: ['i32', 'i32', 'i32', 'i32', 'i32'], exported: true }, (f, data, offsets, n, out, key) => {
    const keys = keyWords(f, key!);
    f.loop(
      0,
      n!,
      (i) => {
        const lengths: Value[] = [];
        const starts: Value[] = [];
        for (let k = 0; k < 4; k++) {
          const q = f.let(add(i, k));
          const own = f.let(op('i32', 'select', q, sub(n!, 1), compare('lt_u', q, n!)));
          const at = f.let(add(offsets!, shl(own, 2)));
          const start = f.let(load32(at));
          lengths.push(f.let(sub(load32(at, 4), start)));
          starts.push(f.let(add(data!, start)));
        }
        const last = lengths.map((length) => f.let(op('i32', 'select', shr(sub(length, 1), 6), 0, compare('ne', length, 0))));
        const most = f.let(last[0]!);
        for (let k = 1; k < 4; k++) f.set(most, op('i32', 'select', last[k]!, most, compare('gt_u', last[k]!, most)));
        const chaining = keys.map((x) => f.let(x));
        const four = (list: readonly Value[]): Value =>
          f.let(
            list
              .slice(1)
              .reduce(
                (v, x, k) => ({ kind: 'v128', code: `(i32x4.replace_lane ${k + 1} ${v.code} ${x.code})` }),
                splat32(list[0]!),
              ),
          );
        const lasts = four(last);
        f.loop(0, add(most, 1), (block) => {
          const skip = f.let(mul(block, BLOCK));
          const message: Value[] = new Array(16);
          const left = lengths.map((length) => f.let(sub(length, skip)));
          for (let part = 0; part < 4; part++) {
            const parts = starts.map((start, k) =>
              loadUpTo(f, f.let(add(start, skip)), 16 * part, clamp(f, sub(left[k]!, 16 * part), 16)),
            );
            for (const [w, x] of transposeWords(f, parts).entries()) message[4 * part + w] = x;
          }
          const here = f.let(splat32(block));
          const end = f.let(vec('v128.and', vec('i32x4.eq', here, lasts), splat32(CHUNK_END! | ROOT!)));
          const start = f.let(op('i32', 'select', KEYED_HASH!, KEYED_HASH! | CHUNK_START!, block));
          const next = compress(f, {
            chaining,
            message,
            length: four(left.map((x) => clamp(f, x, BLOCK))),
            flags: vec('v128.or', end, splat32(start)),
            words: 8,
          });
          const done = f.let(vec('i32x4.gt_u', here, lasts));
          for (const [w, x] of next.entries()) f.set(chaining[w]!, vec('v128.bitselect', chaining[w]!, x, done));
        });
        const rows = transposeWords(f, chaining.slice(0, 4));
        for (let k = 0; k < 4; k++) f.store128(add(out!, shl(i, 4)), rows[k]!, 16 * k);
      },
      4,
    );
  });

/**
 * `hashPairs(a, stride, b, n, out, key)`: 16 bytes for each message a[i] ‖ b[i] of two 16-byte rows, a's rows `stride` bytes apart. Reads and writes up to three rows past
 * the end.
 */
const emitHashPairs = (m: Module): void =>
  m.func('hashPairs', { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], exported: true }, (f, a, stride, b, n, out, key) => {
    const keys = keyWords(f, key!);
    f.loop(
      0,
      n!,
      (i) => {
        const first = [0, 1, 2, 3].map((k) => f.let(load128(add(a!, mul(add(i, k), stride!)))));
        const second = [0, 1, 2, 3].map((k) => f.let(load128(add(b!, shl(i, 4)), 16 * k)));
        const hashed = compress(f, {
          chaining: keys,
          message: [...transposeWords(f, first), ...transposeWords(f, second)],
          length: constant32(32, 32, 32, 32),
          flags: splat32(CHUNK_START! | CHUNK_END! | ROOT! | KEYED_HASH!),
          words: 4,
        });
        const rows = transposeWords(f, hashed);
        for (let k = 0; k < 4; k++) f.store128(add(out!, shl(i, 4)), rows[k]!, 16 * k);
      },
      4,
    );
  });

export const emitBlake3 = (m: Module): void => {
  emitHashIds(m);
  emitHashPairs(m);
};
