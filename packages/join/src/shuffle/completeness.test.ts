import { concatBytes, E } from '@vouchsafe/core';
import { createGroup, createNobleBackend } from '@vouchsafe/group';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryBytes, proofChunks, SHUFFLE_CHUNK } from '../index.ts';
import { prove, setUp, verify } from './shuffle.test.fixture.ts';

const bytesOf = (proof: Readonly<Record<string, Uint8Array>>): Uint8Array => concatBytes(...Object.values(proof));

describe('a proof of an honest shuffle', () => {
  it('is accepted for any number of rows and slots, by the holder and by anybody who has the rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 16 }), fc.nat(), async (rows, slots, seed) => {
        const setup = await setUp({ rows, slots, seed: `complete ${seed}` });
        const proof = await prove(setup);
        expect(await verify(setup, proof)).toEqual(E.right(undefined));
        expect(await verify(setup, proof, { by: 'anybody' })).toEqual(E.right(undefined));
      }),
      {
        numRuns: 25,
        examples: [
          [1, 1, 0],
          [2, 16, 1],
          [300, 3, 2],
        ],
      },
    );
  });

  it('is accepted over several chunks, and takes 160 bytes a row', async () => {
    const slots = 1;
    const setup = await setUp({ rows: 2 * SHUFFLE_CHUNK + 3, slots, seed: 'chunks' });
    const proof = await prove(setup);
    expect(await verify(setup, proof)).toEqual(E.right(undefined));
    expect(bytesOf(proof).length).toBe(160 * setup.statement.rows + entryBytes('head', slots));
    expect(proofChunks(setup.statement.rows)).toBe(10);
  });

  it('comes out the same when it is made again, and other for another statement', async () => {
    const setup = await setUp({ rows: 5, slots: 2, seed: 'again' });
    const proof = await prove(setup);
    expect(await prove(setup)).toEqual(proof);
    const { statement } = setup;
    const others = await Promise.all(
      [
        { ...statement, inputRoot: new Uint8Array(32) },
        { ...statement, context: { ...statement.context, epoch: 2 } },
        { ...statement, joinKey: setup.inputs.subarray(0, 32) as never },
      ].map((other) => prove(setup, { statement: other })),
    );
    // No commitment is ever made twice with the same randomness.
    for (const other of others) {
      const shared = [...Array(5).keys()].filter((i) =>
        Buffer.from(other.commitments.subarray(32 * i, 32 * i + 32)).equals(proof.commitments.subarray(32 * i, 32 * i + 32)),
      );
      expect(shared).toEqual([]);
    }
  });

  it('is the same proof on every backend', async () => {
    const noble = createGroup({ backend: createNobleBackend(), pool: null });
    const setup = await setUp({ rows: 4, slots: 2, seed: 'backends' });
    const proof = await prove(setup);
    expect(await prove(setup, {}, noble)).toEqual(proof);
    expect(await verify(setup, proof, { use: noble })).toEqual(E.right(undefined));
  });

  it('never sends a value twice', async () => {
    // A commitment or response that comes twice would show that two of its secrets are equal.
    const setup = await setUp({ rows: 64, slots: 1, seed: 'hiding' });
    const proof = await prove(setup);
    const seen = new Set<string>();
    const all = bytesOf(proof);
    for (let at = 0; at < all.length; at += 32) seen.add(Buffer.from(all.subarray(at, at + 32)).toString('hex'));
    expect(seen.size).toBe(all.length / 32);
  });
});
