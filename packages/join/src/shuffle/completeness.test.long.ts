import { E } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHUFFLE_CHUNK } from '../index.ts';
import { prove, setUp, verify } from './shuffle.test.fixture.ts';

describe('a proof of an honest shuffle', () => {
  it('is accepted for any number of rows and slots: many more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 16 }), fc.nat(), async (rows, slots, seed) => {
        const setup = await setUp({ rows, slots, seed: `long ${seed}` });
        const proof = await prove(setup);
        expect(await verify(setup, proof)).toEqual(E.right(undefined));
        expect(await verify(setup, proof, { by: 'anybody' })).toEqual(E.right(undefined));
      }),
      { numRuns: 200 },
    );
  }, 300_000);

  it('is accepted where the last chunk is full, and where it has one row', async () => {
    for (const rows of [SHUFFLE_CHUNK, SHUFFLE_CHUNK + 1]) {
      const setup = await setUp({ rows, slots: 16, seed: 'seams' });
      expect(await verify(setup, await prove(setup))).toEqual(E.right(undefined));
    }
  }, 300_000);
});
