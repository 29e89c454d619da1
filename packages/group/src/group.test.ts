import { setFlagsFromString } from 'node:v8';
import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import { E } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { createGroup, type Elements, GENERATOR, IDENTITY, randomScalar, randomScalars, toBigint } from './index.ts';

if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

const { Point } = ristretto255;
const pointAt = (packed: Uint8Array, i: number) => Point.fromBytes(packed.subarray(32 * i, 32 * i + 32));
const multiple = (v: number): Uint8Array =>
  v === 0 ? IDENTITY : Point.BASE.multiply(ed25519.Point.Fn.create(BigInt(v))).toBytes();

describe.each(['noble', 'plain', 'relaxed'] as const)('group over %s', (backend) => {
  const group = createGroup({ backend });

  it('encrypts and double-rerandomises so that the doubled row reads v·G', async () => {
    const rng = seededRng('rows');
    const secret = randomScalar(rng);
    const publicKey = await group.multiply(GENERATOR, secret);
    const bases = Buffer.concat([GENERATOR, publicKey, publicKey]) as Uint8Array as Elements;
    const values = Uint32Array.from([0, 5, 2 ** 32 - 1, 1]);
    const rows = await group.encryptRows(values, randomScalars(2, rng), bases);
    const again = await group.doubleRerandomizeRows(rows, randomScalars(2, rng), bases);
    const opened = [0, 1, 2, 3].map((cell) => {
      const [row, slot] = [Math.floor(cell / 2), cell % 2];
      return pointAt(again, row * 3 + 1 + slot).subtract(pointAt(again, row * 3).multiply(toBigint(secret)));
    });
    for (const [i, v] of values.entries())
      expect(opened[i]!.equals(v === 0 ? Point.ZERO : Point.BASE.multiply(BigInt(v)))).toBe(true);
  });

  it('finds small logarithms of both signs, zero and the ends of the range, and says when there is none', async () => {
    const values = [0, 1, -1, 12345, -(2 ** 26) - 7, 2 ** 30, 4096, -4096, 2 ** 29 + 2 ** 20, -(2 ** 30)];
    const elements = Buffer.concat(values.map(multiple)) as Uint8Array as Elements;
    expect(await group.smallLogs(elements, 2 ** 30)).toEqual(E.right(values));
    for (const [v, bound] of [
      [2 ** 30, 2 ** 30 - 1],
      [-4096, 4095],
      [1, 0],
    ] as const) {
      const outside = await group.smallLogs(multiple(v) as Elements, bound);
      expect(E.isLeft(outside) && outside.left._tag).toBe('NoSmallLog');
    }
  });
});

describe.each(['plain', 'relaxed'] as const)('long small logarithms over %s', (backend) => {
  const group = createGroup({ backend });

  it('finds every value up to 2^40, also at the seams of blocks and tables', async () => {
    const giant = 2 ** 21 - 1;
    const seams = [1, 255, 256, 511, 766, 767, 1022].flatMap((c) =>
      [-1, 0, 1].flatMap((d) => [c * giant + d, c * giant + 2 ** 20 + d, -c * giant - 2 ** 20 + d]),
    );
    const rng = seededRng('logs');
    const random = Array.from({ length: 6 }, () => new DataView(rng(8).buffer).getInt32(0) * 256 + (rng(1)[0]! & 127));
    const values = [2 ** 40, -(2 ** 40), 2 ** 40 - 1, 2 ** 32, -(2 ** 32), ...seams, ...random];
    const elements = Buffer.concat(values.map(multiple)) as Uint8Array as Elements;
    expect(await group.smallLogs(elements, 2 ** 40)).toEqual(E.right(values));
  });

  it('says in bounded time that there is none', async () => {
    await group.smallLogs(GENERATOR, 1);
    const far = Point.BASE.multiply(2n ** 200n + 5n).toBytes() as Elements;
    const start = performance.now();
    const none = await group.smallLogs(far, 2 ** 40);
    expect(E.isLeft(none) && none.left._tag).toBe('NoSmallLog');
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
