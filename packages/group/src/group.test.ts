import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import { E } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { createGroup, type Elements, GENERATOR, IDENTITY, randomScalar, randomScalars, toBigint, toScalar } from './index.ts';

const group = createGroup();
const { Point } = ristretto255;
const pointAt = (packed: Uint8Array, i: number) => Point.fromBytes(packed.subarray(32 * i, 32 * i + 32));

describe('rows', () => {
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
});

describe('small logarithms', () => {
  it('finds both signs, zero and the ends of the range, and says when there is none', async () => {
    const values = [0, 1, -1, 12345, -(2 ** 26) - 7, 2 ** 30, 4096, -4096];
    const elements = Buffer.concat(
      values.map((v) => (v === 0 ? IDENTITY : Point.BASE.multiply(ed25519.Point.Fn.create(BigInt(v))).toBytes())),
    ) as Uint8Array as Elements;
    const start = performance.now();
    expect(await group.smallLogs(elements, 2 ** 30)).toEqual(E.right(values));
    console.log(performance.now() - start);
    const outside = await group.smallLogs(elements.subarray(32 * 5, 32 * 6) as Elements, 2 ** 30 - 1);
    expect(E.isLeft(outside) && outside.left._tag).toBe('NoSmallLog');
  });
});
void toScalar;
