import { concatBytes, E, rowOf } from '@vouchsafe/core';
import { createGroup } from '@vouchsafe/group';
import { createVoprfClient, createVoprfServer, generateKeyPair } from '@vouchsafe/oprf';
import { seededRng } from '@vouchsafe/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ABOUT, asNumbers, asTags, encodeSegment, randomIndex, randomTags, readByTheLetter, right } from './index.test.list.ts';
import { buildIndex, buildIndexOfTags, openIndex, paddedSize, type TagIndex, tagBits, tagBytes, tagsOf } from './index.ts';
import { tagShape } from './layout.ts';

const ones = (n: number): Uint8Array => new Uint8Array(n).fill(1);
const ascending = (tags: readonly bigint[]): readonly bigint[] => [...tags].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** The neighbours of every tag that are no tags themselves, and the two ends. */
const nearMisses = (tags: readonly bigint[], t: number): readonly bigint[] => {
  const own = new Set(tags);
  const near = tags.flatMap((tag) => [tag - 1n, tag + 1n, tag ^ 1n, tag ^ (1n << BigInt(t - 1)), tag ^ (1n << 40n)]);
  return [...near, 0n, (1n << BigInt(t)) - 1n].filter((tag) => tag >= 0n && tag >> BigInt(t) === 0n && !own.has(tag));
};

const expectExactly = (index: TagIndex, tags: readonly bigint[]): void => {
  const { t } = index.manifest;
  expect(index.lookup(asTags(tags, t))).toEqual(ones(tags.length));
  const misses = nearMisses(tags, t);
  expect(index.lookup(asTags(misses, t))).toEqual(new Uint8Array(misses.length));
};

describe('a tag index', () => {
  it.each([49, 53, 64, 65, 80].flatMap((t) => [1, 2, 3, 127, 128, 129, 256, 257, 500].map((n) => ({ n, t }))))(
    'of $n tags of $t bits holds these and no others',
    async ({ n, t }) => {
      const { manifest, segments, tags: packed } = await randomIndex({ n, t }, seededRng('all'));
      const tags = asNumbers(packed, t);
      expect(segments.flatMap(readByTheLetter)).toEqual(ascending(tags));
      expectExactly(right(await openIndex(manifest, segments)), tags);
    },
  );

  it('holds any tags, however close or far from each other', async () => {
    const anyTags = fc
      .record({
        t: fc.constantFrom(48, 53, 64, 65, 72, 79, 80),
        near: fc.array(fc.bigInt({ min: 0n, max: 1000n }), { maxLength: 9 }),
      })
      .chain(({ t, near }) =>
        fc
          .array(fc.bigInt({ min: 0n, max: (1n << BigInt(t)) - 1n }), { minLength: 1, maxLength: 200 })
          .map((wide) => ({ t, tags: [...new Set([...wide, ...near, (1n << BigInt(t)) - 1n])] })),
      );
    await fc.assert(
      fc.asyncProperty(anyTags, async ({ t, tags }) => {
        const built = await buildIndexOfTags({ tags: asTags(tags, t), t, padTo: 1, about: ABOUT });
        expectExactly(right(await openIndex(built.manifest, built.segments)), tags);
      }),
      { numRuns: 300 },
    );
  });

  it('takes t = ⌈log2 n⌉ + 40 from the padded size', async () => {
    expect([1, 2, 3, 4, 5, 1024, 1025, 2 ** 20, 2 ** 20 + 1, 2 ** 27].map((n) => tagBits(n))).toEqual([
      40, 41, 42, 42, 43, 50, 51, 60, 61, 67,
    ]);
    expect([0, 1, 999, 1000, 1001].map((count) => paddedSize(count, 1000))).toEqual([1000, 1000, 1000, 1000, 2000]);
    const { manifest, segments } = await buildIndex(
      { outputs: seededRng('few')(64 * 3), padTo: 1000, about: ABOUT },
      seededRng(1),
    );
    expect(manifest).toMatchObject({ ...ABOUT, version: 1, n: 1000, padTo: 1000, t: 50 });
    const index = right(await openIndex(manifest, segments));
    expect(index.lookup(tagsOf(seededRng('few')(64 * 3), 50))).toEqual(ones(3));
    expect(index.lookup(tagsOf(seededRng('others')(64 * 2000), 50))).toEqual(new Uint8Array(2000));
    expect(segments.flatMap(readByTheLetter)).toHaveLength(1000);
  });

  it('hides how many there are behind dummies: nobody and everybody give indexes of one size and shape', async () => {
    const of = (count: number) =>
      buildIndex({ outputs: seededRng('padded')(64 * count), padTo: 500, about: ABOUT }, seededRng(2));
    const [none, all, more] = [await of(0), await of(500), await of(501)];
    expect(none.manifest.n).toBe(500);
    expect(all.manifest.n).toBe(500);
    expect(more.manifest.n).toBe(1000);
    const dummies = none.segments.flatMap(readByTheLetter);
    expect(new Set(dummies).size).toBe(500);
    // Uniform: each quarter of the range has its share, give or take six standard deviations.
    for (const quarter of [0n, 1n, 2n, 3n])
      expect(Math.abs(dummies.filter((tag) => tag >> BigInt(none.manifest.t - 2) === quarter).length - 125)).toBeLessThan(60);
  });

  it('holds a tag that comes twice once, and a dummy in the place of the other', async () => {
    const tags = randomTags(40, 53, seededRng('twins'));
    const built = await buildIndexOfTags({ tags: concatBytes(tags, tags), t: 53, padTo: 1, about: ABOUT }, seededRng(3));
    expect(built.manifest.n).toBe(80);
    const held = built.segments.flatMap(readByTheLetter);
    expect(new Set(held).size).toBe(80);
    expect(right(await openIndex(built.manifest, built.segments)).lookup(tags)).toEqual(ones(40));
  });

  it('draws again when a dummy is a tag that is there already', async () => {
    const tags = randomTags(2, 48, seededRng('drawn'));
    const rng = seededRng('fresh');
    let draws = 0;
    const built = await buildIndexOfTags({ tags, t: 48, padTo: 3, about: ABOUT }, (length) => {
      draws += 1;
      return draws === 1 ? rowOf(tags, 6, 1).slice(0, length) : rng(length);
    });
    expect(draws).toBe(2);
    expect(new Set(built.segments.flatMap(readByTheLetter)).size).toBe(3);
  });

  it('is the same, byte for byte, for the same tags in another order and the same randomness', async () => {
    const tags = randomTags(300, 65, seededRng('order'));
    const turned = concatBytes(...Array.from({ length: 300 }, (_, i) => rowOf(tags, tagBytes(65), 299 - i)));
    const build = (some: Uint8Array, seed: number) =>
      buildIndexOfTags({ tags: some, t: 65, padTo: 400, about: ABOUT }, seededRng(seed));
    expect(await build(turned, 5)).toEqual(await build(tags, 5));
    expect(await build(tags, 6)).not.toEqual(await build(tags, 5));
  });

  it('takes less than 5.3 bytes a subject', async () => {
    const { segments } = await buildIndex({ outputs: seededRng('size')(64 * 100_000), padTo: 1, about: ABOUT });
    expect(segments.reduce((sum, { length }) => sum + length, 0) / 100_000).toBeLessThan(5.3);
  });

  it('finds who is there over the whole VOPRF, with outputs of a client', async () => {
    const group = createGroup();
    const keys = await generateKeyPair(group, seededRng('keys'));
    const server = createVoprfServer(keys, group);
    const named = (...names: readonly string[]): readonly Uint8Array[] => names.map((name) => Buffer.from(name));
    const outputs = right(await server.evaluate(named('a', 'b', 'c')));
    const { manifest, segments } = await buildIndex({ outputs, padTo: 100, about: { ...ABOUT, pkS: keys.pkS } });
    const index = right(await openIndex(manifest, segments));
    const client = createVoprfClient({ pkS: keys.pkS }, group);
    const { state, message } = right(await client.blind(named('b', 'x', 'c')));
    const seen = right(await client.finalize(state, right(await server.blindEvaluate(message))));
    expect(index.lookup(tagsOf(seen, manifest.t))).toEqual(new Uint8Array([1, 0, 1]));
  });

  it('refuses a caller’s mistakes', async () => {
    const tags = randomTags(4, 48, seededRng('bugs'));
    const build = (part: object) => buildIndexOfTags({ tags, t: 48, padTo: 1, about: ABOUT, ...part });
    await expect(build({ tags: tags.subarray(1) })).rejects.toThrow(RangeError);
    for (const padTo of [0, -4]) await expect(build({ padTo })).rejects.toThrow('a step of 1 or more');
    await expect(build({ padTo: 1.5 })).rejects.toThrow(RangeError);
    await expect(build({ padTo: 2 ** 28 })).rejects.toThrow(RangeError);
    await expect(build({ tags: new Uint8Array(44), t: 81 })).rejects.toThrow(RangeError);
    await expect(build({ tags: randomTags(4, 41, seededRng('bugs')), t: 41 })).rejects.toThrow(RangeError);
    for (const wrong of [0, 81, 48.5]) expect(() => tagsOf(new Uint8Array(64), wrong)).toThrow(RangeError);
    await expect(buildIndex({ outputs: seededRng('bugs')(64 * 1).subarray(1), padTo: 1, about: ABOUT })).rejects.toThrow(
      RangeError,
    );
    const { manifest, segments } = await randomIndex({ n: 4, t: 48 }, seededRng('bugs'));
    const index = right(await openIndex(manifest, segments));
    expect(() => index.lookup(new Uint8Array(7))).toThrow(RangeError);
  });

  it('does not code tags that are no VOPRF outputs, so uneven that a block or a file would be too long', async () => {
    // A million tags side by side, then one at the far end: a unary run of a million zeros, more than a block may have.
    const uneven = new Uint8Array(8 * 2 ** 20);
    for (let i = 0; i < 2 ** 20; i++) new DataView(uneven.buffer).setUint32(8 * i + 4, i << 4);
    uneven.set([255, 255, 255, 255, 255, 255, 255, 240], uneven.length - 8);
    await expect(buildIndexOfTags({ tags: uneven, t: 60, padTo: 1, about: ABOUT })).rejects.toThrow('not uniform');
    // Blocks of just less than 64 KiB each, together more than 8 MiB.
    const shape = tagShape(2 ** 27, 67);
    const jump = 500_000n << BigInt(shape.k);
    const blocks = Array.from({ length: 140 }, (_, block) => BigInt(block) * jump);
    const jumps = blocks.flatMap((from) => [...Array.from({ length: 127 }, (_, i) => from + BigInt(i)), from + jump - 1n]);
    expect(encodeSegment(asTags(jumps.slice(0, 128 * 100), 67), shape).length).toBeGreaterThan(6_000_000);
    expect(() => encodeSegment(asTags(jumps, 67), shape)).toThrow('not uniform');
  });

  it('stops when asked, and tells how far it is', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const input = { outputs: seededRng('stop')(64 * 10), padTo: 1, about: ABOUT };
    await expect(buildIndex({ ...input, watch: { signal } })).rejects.toThrow('enough');
    const seen: object[] = [];
    const watch = { onProgress: (progress: object) => void seen.push(progress) };
    const { manifest, segments } = await buildIndex({ ...input, watch });
    await expect(openIndex(manifest, segments, { signal })).rejects.toThrow('enough');
    right(await openIndex(manifest, segments, watch));
    expect(seen).toEqual(['index', 'open index'].map((task) => ({ task, done: 10, total: 10 })));
  });
});

describe('an index of two segments', async () => {
  const n = 2 ** 20 + 4;
  const tags = seededRng('large')(8 * n);
  const { manifest, segments } = await buildIndexOfTags({ tags, t: 64, padTo: 1, about: ABOUT }, seededRng('large'));
  const [first, second] = segments as readonly [Uint8Array, Uint8Array];

  it('cuts n in equal parts and finds all of them', async () => {
    expect(manifest.segments.map(({ count }) => count)).toEqual([n / 2, n / 2]);
    const index = right(await openIndex(manifest, segments));
    const some = concatBytes(...Array.from({ length: 10_000 }, (_, i) => rowOf(tags, 8, (i * 104_729) % n)));
    expect(index.lookup(some).includes(0)).toBe(false);
    expect(index.lookup(seededRng('absent')(80_000)).includes(1)).toBe(false);
  });

  it('is refused when the segments change places, in the manifest or out of it', async () => {
    const swapped = { ...manifest, segments: [manifest.segments[1]!, manifest.segments[0]!] };
    expect(await openIndex(swapped, [second, first])).toMatchObject({ left: { _tag: 'BadIndex', fault: 'order', segment: 1 } });
    expect(E.isLeft(await openIndex(manifest, [second, first]))).toBe(true);
    const twice = { ...manifest, segments: [manifest.segments[0]!, manifest.segments[0]!] };
    expect(await openIndex(twice, [first, first])).toMatchObject({ left: { fault: 'order', segment: 1 } });
  });

  it('is refused with one of its segments left out, in the manifest and out of it', async () => {
    const shorter = { ...manifest, segments: manifest.segments.slice(0, 1) };
    expect(await openIndex(shorter, [first])).toMatchObject({ left: { _tag: 'BadIndex', fault: 'manifest' } });
    expect(await openIndex(manifest, [first])).toMatchObject({ left: { _tag: 'BadIndex', fault: 'manifest' } });
  });

  it('names the segment at fault', async () => {
    const spoilt = second.slice();
    spoilt[second.length - 1]! ^= 0x80;
    expect(await openIndex(manifest, [first, spoilt])).toMatchObject({ left: { fault: 'hash', segment: 1 } });
  });
});
