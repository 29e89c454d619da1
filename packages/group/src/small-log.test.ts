import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import { concatBytes, E } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { backends } from './backends.test.list.ts';
import { createGroup, type Elements, IDENTITY } from './index.ts';

const { Point } = ristretto255;
const timesG = (...values: readonly number[]): Elements =>
  concatBytes(
    ...values.map((v) => (v === 0 ? IDENTITY : Point.BASE.multiply(ed25519.Point.Fn.create(BigInt(v))).toBytes())),
  ) as Elements;

describe.each(backends)('small logarithms over the $name backend', ({ create }) => {
  const backend = create();
  const group = createGroup({ backend });

  it('finds zero, both signs, and what lies next to the ends of the searched stretches', async () => {
    const edges = [1, 2, 4095, 4096, 4097, 20479, 20480, 20481, 65535, 65536, 65537, 86016];
    const values = [0, ...edges, ...edges.map((v) => -v)];
    expect(await group.smallLogs(timesG(...values), 2 ** 20)).toEqual(E.right(values));
  });

  it('finds any value up to 2^28', async () => {
    const random = new DataView(seededRng('logs')(48).buffer);
    const values = Array.from({ length: 12 }, (_, i) => random.getInt32(4 * i) >> 3);
    expect(await group.smallLogs(timesG(...values), 2 ** 28)).toEqual(E.right(values));
  });

  it('includes the bound, of both signs, and nothing beyond; the first that has none is named', async () => {
    for (const bound of [0, 1, 5, 4096, 1_000_000]) {
      expect(await group.smallLogs(timesG(bound, -bound), bound)).toEqual(E.right(bound === 0 ? [0, 0] : [bound, -bound]));
      for (const outside of [bound + 1, -bound - 1]) {
        const result = await group.smallLogs(timesG(0, outside), bound);
        expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'NoSmallLog', index: 1 });
      }
    }
  });

  it('does not find a random element', async () => {
    const random = Point.BASE.multiply(2n ** 200n).toBytes() as Elements;
    const result = await group.smallLogs(random, 2 ** 22);
    expect(E.isLeft(result) && result.left._tag).toBe('NoSmallLog');
  });

  it('reaches ±2^40 and no further', async () => {
    const [from, to] = [2 ** 40 - 4096, 2 ** 40 + 1];
    const values = [2 ** 40, -(2 ** 40), from, -from, 2 ** 40 - 1];
    expect(backend.smallLogs(timesG(...values), from, to)).toEqual(values);
    expect(backend.smallLogs(timesG(2 ** 40 + 1, from - 1, 1 - from), from, to)).toEqual([undefined, undefined, undefined]);
    for (const bound of [2 ** 40 + 1, -1, Number.NaN])
      await expect(group.smallLogs(timesG(1), bound)).rejects.toThrow(RangeError);
  });

  it('takes no elements, and stops when asked', async () => {
    expect(await group.smallLogs(timesG(), 10)).toEqual(E.right([]));
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('enough')), 20);
    const endless = Point.BASE.multiply(2n ** 200n).toBytes() as Elements;
    await expect(group.smallLogs(endless, 2 ** 40, { signal: abort.signal })).rejects.toThrow('enough');
  });
});
