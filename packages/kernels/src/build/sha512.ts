import type { Kernel } from './arith.ts';
import { LANES } from './element.ts';
import { add, type Fn, type Int, i64, load, mul, op, shl, splat, sub, type Value, value, word } from './wat.ts';

/** Fractional parts of the roots of primes, 64 bits: FIPS 180-4 §4.2.3 (cube roots of the first 80) and §5.3.5 (square roots of the first 8). */
const primes = (count: number): bigint[] => {
  const list: bigint[] = [];
  for (let n = 2n; list.length < count; n++) if (list.every((p) => n % p !== 0n)) list.push(n);
  return list;
};
const fractionOfRoot = (p: bigint, degree: bigint): bigint => {
  const wanted = p << (64n * degree);
  let root = 0n;
  for (let bit = 1n << 70n; bit > 0n; bit >>= 1n) if ((root + bit) ** degree <= wanted) root += bit;
  return root & ((1n << 64n) - 1n);
};
const ROUND_CONSTANTS = primes(80).map((p) => fractionOfRoot(p, 3n));
const INITIAL = primes(8).map((p) => fractionOfRoot(p, 2n));

const rotate = (x: Value, n: number): Value => i64('rotr', x, word(n));
const xor = (...list: Value[]): Value => list.reduce((a, b) => i64('xor', a, b));
const sum = (...list: Value[]): Value => list.reduce((a, b) => i64('add', a, b));

/** The bytes of a word in reverse: SHA-512 is big-endian, WebAssembly little-endian. */
const reversed = (f: Fn, x: Value): Value => {
  const bytes = {
    kind: 'v128',
    code: `(i8x16.shuffle 7 6 5 4 3 2 1 0 7 6 5 4 3 2 1 0 (i64x2.splat ${x.code}) ${splat(0).code})`,
  } as const;
  return f.let({ kind: 'i64', code: `(i64x2.extract_lane 0 ${bytes.code})` });
};

const BLOCK = 128;
/** RFC 9380 §5.3.1: bytes asked for, and so one block of output. */
const OUTPUT = 64;

export const MESSAGE_BYTES = 65_536;
export const LINE_BYTES: number = MESSAGE_BYTES + 1024;

const emitBlock = (k: Kernel): void => {
  const constants = k.module.words(ROUND_CONSTANTS);
  k.func('sha_block', { params: ['i32', 'i32'] }, ({ f }, state, from) => {
    const before = Array.from({ length: 8 }, (_, i) => f.let(load('i64', 'i64.load', state!, 8 * i)));
    let s = before.map((x) => f.let(x));
    const home = s;
    const w = Array.from({ length: 16 }, (_, i) => reversed(f, load('i64', 'i64.load', from!, 8 * i)));
    f.loop(
      0,
      80,
      (round) => {
        f.if(round, () => {
          for (let i = 0; i < 16; i++) {
            const [x, y] = [w[(i + 1) & 15]!, w[(i + 14) & 15]!];
            const s0 = xor(rotate(x, 1), rotate(x, 8), i64('shr_u', x, word(7)));
            const s1 = xor(rotate(y, 19), rotate(y, 61), i64('shr_u', y, word(6)));
            f.set(w[i]!, sum(w[i]!, s0, w[(i + 9) & 15]!, s1));
          }
        });
        const at = f.let(add(constants, shl(round, 3)));
        for (let i = 0; i < 16; i++) {
          const [a, b, c, d, e, g, h, l] = s as [Value, Value, Value, Value, Value, Value, Value, Value];
          const choice = xor(i64('and', e, g), i64('and', xor(e, word(-1)), h));
          const t1 = f.let(
            sum(l, xor(rotate(e, 14), rotate(e, 18), rotate(e, 41)), choice, load('i64', 'i64.load', at, 8 * i), w[i]!),
          );
          const majority = xor(i64('and', a, b), i64('and', a, c), i64('and', b, c));
          f.set(d, sum(d, t1));
          f.set(l, sum(t1, xor(rotate(a, 28), rotate(a, 34), rotate(a, 39)), majority));
          s = [l, a, b, c, d, e, g, h];
        }
      },
      16,
    );
    // After 16 rounds every name is back at its place.
    for (let i = 0; i < 8; i++) f.store('i64.store', state!, sum(before[i]!, home[i]!), 8 * i);
  });
};

const zeroBlock = (f: Fn, at: number): void => {
  for (let i = 0; i < BLOCK; i += 16) f.store128(at, splat(0), i);
};

/**
 * RFC 9380 §5.3.1 `expand_message_xmd` with SHA-512 for 64 bytes: n messages behind each other at `messages` (their lengths at `lengths`), a domain separation tag of `dst` bytes
 * with its length byte behind it. Starts from the state after Z_pad, the block of zeros that every message begins with. Lengths are public. And plain SHA-512 of such messages.
 */
export const emitHash = (k: Kernel): void => {
  emitBlock(k);
  const { module } = k;
  const initial = module.words(INITIAL);
  const [padded, zeros] = [module.alloc(64), module.alloc(BLOCK)];
  const [state, block, b0] = [k.memory('sha state', 64), k.memory('sha block', BLOCK), k.memory('sha b0', 64)];
  const line = k.memory('line', LINE_BYTES);
  const ready = module.alloc(16);
  const [messages, lengths, dst] = [k.memory('messages', MESSAGE_BYTES), k.memory('lengths', 4 * LANES), k.memory('dst', 256)];
  const output = k.memory('in', 64 * LANES);

  // The rest of a message: `size` bytes at `from`, `total` bytes in all, digest to `to`.
  k.func('sha_finish', { params: ['i32', 'i32', 'i32', 'i32'] }, ({ f }, from, size, total, to) => {
    const at = f.let(from!);
    const left = f.let(size!);
    f.while(
      () => op('i32', 'i32.ge_u', left, BLOCK),
      () => {
        f.call('sha_block', state, at);
        f.set(at, add(at, BLOCK));
        f.set(left, sub(left, BLOCK));
      },
    );
    zeroBlock(f, block);
    f.copy(block, at, left);
    f.store('i32.store8', f.let(add(block, left)), value(0x80));
    f.if(op('i32', 'i32.ge_u', left, BLOCK - 16), () => {
      f.call('sha_block', state, block);
      zeroBlock(f, block);
    });
    f.store('i64.store', block + BLOCK - 8, reversed(f, op('i64', 'i64.extend_i32_u', shl(total!, 3))));
    f.call('sha_block', state, block);
    for (let i = 0; i < 8; i++) f.store('i64.store', to!, reversed(f, load('i64', 'i64.load', state, 8 * i)), 8 * i);
  });

  // Results go to the lanes from `first` on.
  k.export('expand', 3, ({ f }, n, dstSize, first) => {
    f.if(op('i32', 'i32.eqz', load('i32', 'i32.load', ready)), () => {
      f.copy(padded, initial, 64);
      f.call('sha_block', padded, zeros);
      f.store('i32.store', ready, 1);
    });
    const from = f.let(messages);
    const size = f.let(0);
    f.loop(0, n!, (i) => {
      const length = f.let(load('i32', 'i32.load', f.let(add(lengths, shl(i, 2)))));
      f.copy(line, from, length);
      const behind = f.let(add(line, length));
      // I2OSP(64, 2), a zero byte, DST_prime.
      f.store('i32.store16', behind, value(OUTPUT << 8));
      f.store('i32.store8', behind, value(0), 2);
      f.copy(add(behind, 3), dst, dstSize!);
      f.set(size, add(add(length, 3), dstSize!));
      f.copy(state, padded, 64);
      f.call('sha_finish', line, size, add(size, BLOCK), b0);
      f.copy(line, b0, 64);
      f.store('i32.store8', line + 64, value(1));
      f.copy(line + 65, dst, dstSize!);
      f.copy(state, initial, 64);
      const second: Int = f.let(add(dstSize!, 65));
      f.call('sha_finish', line, second, second, f.let(add(output, mul(add(i, first!), 64))));
      f.set(from, add(from, length));
    });
  });

  // SHA-512 of each of n messages.
  k.export('digest', 2, ({ f }, n, first) => {
    const from = f.let(messages);
    f.loop(0, n!, (i) => {
      const length = f.let(load('i32', 'i32.load', f.let(add(lengths, shl(i, 2)))));
      f.copy(state, initial, 64);
      f.call('sha_finish', from, length, length, f.let(add(output, mul(add(i, first!), 64))));
      f.set(from, add(from, length));
    });
  });
};
