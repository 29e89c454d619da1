import { setFlagsFromString } from 'node:v8';
import { ristretto255_hasher } from '@noble/curves/ed25519.js';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { CONSTANTS, invertP, modP, P } from './build/field.ts';
import { CURVES } from './choose.ts';
import { CurveModule } from './curve-module.ts';

if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

const bytesOf = (x: bigint): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => Number((x >> BigInt(8 * i)) & 0xffn));

/** √(u), or 0 for what is no square. p = 5 modulo 8. */
const rootOf = (u: bigint): bigint => {
  let root = 1n;
  for (let b = modP(u), e = (P + 3n) / 8n; e > 0n; e >>= 1n, b = modP(b * b)) if (e & 1n) root = modP(root * b);
  return [root, modP(root * CONSTANTS.sqrtM1)].find((x) => modP(x * x) === modP(u)) ?? 0n;
};

/** Field elements whose images, or sums of images, are the cases that formulas like to leave out. */
const special = (): readonly bigint[] => {
  const { d, sqrtM1 } = CONSTANTS;
  // r = √−1·t² is −d or −1/d: then v = 0, and the point is the identity.
  const vanishing = [-d, -invertP(d)].map((r) => rootOf(r * invertP(sqrtM1)));
  expect(vanishing).not.toContain(0n);
  const some = 0x1234567890abcdefn ** 4n;
  // t and −t have the same image; 1/t, √−1·t and √−1/t ones that differ by torsion.
  const related = [some, invertP(some), sqrtM1 * some, sqrtM1 * invertP(some)];
  return [0n, 1n, 2n, sqrtM1, 0x12n, ...vanishing, ...related].flatMap((t) => [modP(t), modP(-t)]);
};

describe.each(CURVES)('the one-way map of module $name', (binary) => {
  const module = new CurveModule(binary);
  const { run, layout } = module;
  const take = (): Uint8Array => module.bytes.slice(layout.out, layout.out + 64);
  const map = (first: Uint8Array, second: Uint8Array): readonly Uint8Array[] => {
    module.bytes.set([...first, ...second], layout.in);
    run.encodeUniform(2);
    const both = take();
    module.bytes.set([...first, ...second], layout.in);
    run.fromUniform(2);
    run.encode(2);
    return [both, take()];
  };
  const wanted = (uniform: Uint8Array): Uint8Array => ristretto255_hasher.deriveToCurve!(uniform).toBytes();

  it('is RFC 9496’s, also where it meets the identity, torsion, doubles and opposites', () => {
    const list = special();
    const pairs = list.flatMap((t) => list.map((u) => Buffer.concat([bytesOf(t), bytesOf(u)])));
    for (let i = 0; i < pairs.length; i += 2) {
      const [first, second] = [pairs[i]!, pairs[i + 1] ?? pairs[0]!];
      const expected = Buffer.concat([wanted(first), wanted(second)]);
      for (const result of map(first, second)) expect(Buffer.compare(result, expected)).toBe(0);
    }
  });

  it('is RFC 9496’s for uniform bytes', () => {
    const rng = seededRng('one-way map');
    for (let i = 0; i < 100; i++) {
      const [first, second] = [rng(64), rng(64)];
      const expected = Buffer.concat([wanted(first), wanted(second)]);
      for (const result of map(first, second)) expect(Buffer.compare(result, expected)).toBe(0);
    }
  });
});
