import { setFlagsFromString } from 'node:v8';
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@vouchsafe/core';
import { RFC9380_EXPAND_SHA512, RFC9496_ONE_WAY_MAP, seededRng } from '@vouchsafe/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { Arith, Kernel } from './build/arith.ts';
import { Fe } from './build/element.ts';
import { exact, InexactError, power, product, scaled, sum } from './build/exact.ts';
import { type Field, invertP, modP, P } from './build/field.ts';
import { createPlainField, plainField } from './build/field-plain.ts';
import { createRelaxedField, relaxedField } from './build/field-relaxed.ts';
import { buildKernel } from './build/kernel.ts';
import { Fn, Module } from './build/wat.ts';
import { type CurveExports, CurveModule } from './curve-module.ts';

if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

/** Functions that only a build for tests exports. */
interface FieldExports extends CurveExports {
  readonly fe_mul: (r: number, a: number, b: number) => void;
  readonly fe_sqr: (r: number, a: number) => void;
  readonly fe_carry: (r: number, a: number) => void;
  readonly fe_inv: (r: number, a: number) => void;
  readonly fe_frombytes: (r: number, b0: number, b1: number) => void;
  readonly fe_tobytes: (b0: number, b1: number, a: number) => void;
  readonly inv_sqrt: (r: number, masks: number, v: number, m: number) => void;
}

const starts = (field: Field): readonly number[] => field.packedScale ?? field.widths.map((_, i) => 51 * i);

describe.each([plainField, relaxedField])('field $name', (field) => {
  let module: CurveModule;
  let run: FieldExports;
  let at: number;
  const rng = seededRng(field.name);
  const slot = (i: number): number => at + 1024 + i * field.bytes;
  const doubles = (i: number): Float64Array => new Float64Array(run.memory.buffer, slot(i), 2 * field.limbs);

  beforeAll(async () => {
    const { wasm, layout } = await buildKernel(field, { exportAll: true });
    module = new CurveModule({ name: field.name, base64: Buffer.from(wasm).toString('base64'), layout });
    run = module.run as FieldExports;
    at = module.allocate(65_536);
  });

  /** The number that limbs stand for. */
  const numberAt = (i: number, lane: 0 | 1): bigint =>
    Array.from({ length: field.limbs }, (_, l) => {
      const limb = BigInt(doubles(i)[2 * l + lane]!);
      return field.packedScale === undefined ? limb << BigInt(starts(field)[l]!) : limb;
    }).reduce((a, b) => a + b, 0n);

  /** The step between limb l and the next, and the largest limb of one unit. */
  const unitOf = (l: number): number => {
    const end = l + 1 < field.limbs ? starts(field)[l + 1]! : 255;
    return field.packedScale === undefined ? 2 ** 50 + 2 ** 20 : 2 ** (end - 1) * (1 + 2 ** -10);
  };
  const grain = (l: number): number => (field.packedScale === undefined ? 1 : 2 ** starts(field)[l]!);

  /** Limbs at the bound that the generator proved for: all high, all low, mixed, random. */
  const fill = (i: number, units: number, mode: number): void => {
    const limbs = doubles(i);
    for (let l = 0; l < limbs.length; l++) {
      const max = Math.floor((units * unitOf(l >> 1)) / grain(l >> 1)) * grain(l >> 1);
      const random = new DataView(rng(4).buffer).getUint32(0) / 2 ** 32;
      const x = mode === 0 ? max : mode === 1 ? -max : mode === 2 ? (random < 0.5 ? max : -max) : (2 * random - 1) * max;
      limbs[l] = Math.round(x / grain(l >> 1)) * grain(l >> 1);
    }
  };

  it('multiplies, squares and carries extreme limbs exactly, and stays within one unit', () => {
    const [ua, ub] = field.mulUnits;
    let largest = 0;
    for (let t = 0; t < 4000; t++) {
      fill(0, ua, t % 4);
      fill(1, ub, (t >> 2) % 4);
      const wanted = ([0, 1] as const).map((lane) => modP(numberAt(0, lane) * numberAt(1, lane)));
      run.fe_mul(slot(2), slot(0), slot(1));
      fill(3, field.sqrUnits, t % 4);
      const squares = ([0, 1] as const).map((lane) => modP(numberAt(3, lane) ** 2n));
      run.fe_sqr(slot(4), slot(3));
      fill(5, field.carryUnits, t % 4);
      const carried = ([0, 1] as const).map((lane) => modP(numberAt(5, lane)));
      run.fe_carry(slot(6), slot(5));
      for (const lane of [0, 1] as const) {
        expect(modP(numberAt(2, lane))).toBe(wanted[lane]);
        expect(modP(numberAt(4, lane))).toBe(squares[lane]);
        expect(modP(numberAt(6, lane))).toBe(carried[lane]);
      }
      for (const result of [2, 4, 6])
        for (const [l, x] of doubles(result).entries()) largest = Math.max(largest, Math.abs(x) / unitOf(l >> 1));
    }
    expect(largest).toBeLessThanOrEqual(1);
  });

  const put = (i: number, x: bigint, y: bigint): void => {
    for (const [lane, v] of [x, y].entries()) {
      const hex = v.toString(16).padStart(64, '0');
      module.bytes.set(hexToBytes(hex).reverse(), at + 32 * lane);
    }
    run.fe_frombytes(slot(i), at, at + 32);
  };
  const get = (i: number): bigint[] => {
    run.fe_tobytes(at, at + 32, slot(i));
    return [0, 1].map((lane) => BigInt(`0x${bytesToHex(module.bytes.slice(at + 32 * lane, at + 32 * lane + 32).reverse())}`));
  };

  it('writes the canonical form of any 255 bits', () => {
    const edges = [0n, 1n, 18n, 19n, 20n, P - 1n, P, P + 1n, P + 18n, 2n ** 255n - 1n, 2n ** 254n, 2n ** 51n - 1n, 2n ** 204n];
    for (const x of edges)
      for (const y of edges) {
        put(0, x, y);
        expect(get(0)).toEqual([modP(x), modP(y)]);
      }
  });

  it('inverts, and takes inverse square roots of squares only', () => {
    for (let t = 0; t < 20; t++) {
      const [x, y] = [rng(32), rng(32)].map((b) => modP(BigInt(`0x${bytesToHex(b)}`) >> 1n)) as [bigint, bigint];
      put(0, x, y);
      run.fe_inv(slot(1), slot(0));
      expect(get(1)).toEqual([invertP(x), invertP(y)]);
      // 2 is no square modulo p.
      put(2, modP(x * x), modP(2n * y * y));
      run.inv_sqrt(slot(3), at + 512, slot(2), 1);
      expect(module.bytes.slice(at + 512, at + 528)).toEqual(Uint8Array.from({ length: 16 }, (_, i) => (i < 8 ? 255 : 0)));
      expect(modP(get(3)[0]! ** 2n * x * x)).toBe(1n);
    }
  });

  it('expands messages as RFC 9380 does, and maps as RFC 9496 appendix A.3 says', () => {
    const dst = utf8ToBytes('QUUX-V01-CS02-with-expander-SHA512-256');
    const messages = [...new Set(RFC9380_EXPAND_SHA512.map(({ message }) => message))].map((text) => utf8ToBytes(text));
    // The module gives 64 bytes; the RFC's answers have 32 and 128, so they vouch for the reference.
    for (const { message, length, uniform } of RFC9380_EXPAND_SHA512)
      expect(bytesToHex(expand_message_xmd(utf8ToBytes(message), dst, length, sha512))).toBe(uniform);
    const { layout } = module;
    module.bytes.set(dst, layout.dst);
    module.bytes[layout.dst + dst.length] = dst.length;
    for (const message of messages) {
      module.bytes.set(message, layout.messages);
      module.view32(layout.lengths, 1)[0] = message.length;
      run.expand(1, dst.length + 1, 0);
      expect(module.bytes.slice(layout.in, layout.in + 64)).toEqual(expand_message_xmd(message, dst, 64, sha512));
    }
    for (const { uniform, element } of RFC9496_ONE_WAY_MAP) {
      module.bytes.set(hexToBytes(uniform + uniform), layout.in);
      run.fromUniform(2);
      run.encode(2);
      expect(bytesToHex(module.bytes.slice(layout.out, layout.out + 64))).toBe(element + element);
      run.encodeUniform(2);
      expect(bytesToHex(module.bytes.slice(layout.out, layout.out + 64))).toBe(element + element);
    }
  });
});

describe('the generator refuses what could lose bits', () => {
  it('a field whose products are wider than proven', async () => {
    await expect(buildKernel(createPlainField([6, 8]))).rejects.toThrow(InexactError);
    await expect(buildKernel(createRelaxedField([2, 2]))).rejects.toThrow(InexactError);
    await expect(buildKernel(createPlainField())).resolves.toBeDefined();
  });

  it('more units than a place, a product or a square takes', () => {
    const module = new Module();
    const arith = new Arith(new Fn('f', []), new Kernel(module, relaxedField));
    const [one, sum2, t] = [arith.c('one'), arith.temp(), arith.temp()];
    arith.add(sum2, one, one);
    expect(() => arith.sqr(t, sum2)).toThrow(InexactError);
    expect(() => arith.mul(t, sum2, sum2)).toThrow(InexactError);
    expect(() => arith.copy(new Fe({ base: 0, offset: 0 }, 1), sum2)).toThrow(InexactError);
    expect(() => arith.sqr(t, arith.temp())).toThrow(/before this straight line wrote it/);
    arith.carry(sum2);
    expect(() => arith.sqr(t, sum2)).not.toThrow();
    // What one round of a loop leaves is not known in the next.
    arith.f.loop(0, 2, () => expect(() => arith.sqr(t, sum2)).toThrow(InexactError));
  });

  it('numbers that a double cannot hold', () => {
    const wide = { bound: scaled(2n ** 53n), ulp: 0 };
    expect(exact(wide, 'x')).toBe(wide);
    expect(() => exact(sum(wide, power(0)), 'x')).toThrow(InexactError);
    expect(() => exact(product(power(27), { bound: scaled(2n ** 27n), ulp: 0 }), 'x')).not.toThrow();
    expect(() => exact(product({ bound: scaled(2n ** 27n), ulp: 0 }, { bound: scaled(2n ** 27n), ulp: 0 }), 'x')).toThrow(
      InexactError,
    );
  });
});
