import { describe, expect, it } from 'vitest';
import { range, runBulk, toyGroup } from './bulk.test.run.ts';

/** Messages in their order, with their sizes: all that anybody sees without a key. */
const seen = async (x: readonly [number, number], y: readonly [number, number]): Promise<unknown> =>
  (await runBulk({ x: range(...x), y: range(...y), group: toyGroup })).sent.map(({ by, name, message }) => [
    by,
    name,
    message.length,
  ]);

describe('a transcript of the bulk match', () => {
  it('shows both sizes; not who is in the sets, nor how many are in both', async () => {
    const base = await seen([0, 300], [100, 500]);
    expect(await seen([0, 300], [2000, 2400])).toEqual(base);
    expect(await seen([100, 400], [100, 500])).toEqual(base);
    expect(await seen([0, 900], [100, 500])).not.toEqual(base);
    expect(await seen([0, 300], [100, 900])).not.toEqual(base);
  });
});
