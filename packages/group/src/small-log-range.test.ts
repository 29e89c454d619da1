import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import { E } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { backends } from './backends.test.list.ts';
import { createGroup, type Elements, GENERATOR, IDENTITY } from './index.ts';

const { Point } = ristretto255;
const multiple = (v: number): Uint8Array =>
  v === 0 ? IDENTITY : Point.BASE.multiply(ed25519.Point.Fn.create(BigInt(v))).toBytes();

describe.each(backends.filter(({ name }) => name !== 'noble'))('long small logarithms over $name', ({ create }) => {
  const group = createGroup({ backend: create() });

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
