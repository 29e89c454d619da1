import { sha256 } from '@noble/hashes/sha2.js';
import {
  compareBytes,
  concatBytes,
  decodeCanonical,
  decodeShape,
  E,
  type Either,
  encodeCanonical,
  type Rng,
} from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { encodeSegment, randomIndex, right, tagsIn } from './index.test.list.ts';
import { type BadIndex, type BuiltIndex, checkManifest, IndexManifest, openIndex, type TagIndex, tagBytes } from './index.ts';
import { tagShape } from './layout.ts';
import { readSegment } from './segment.ts';

const N = 300;
const HEADER = 12;

/** A holder that changes its file says so in its manifest, too: the hash must not be what catches it. */
const signed = (built: BuiltIndex, bytes: Uint8Array, change: Partial<IndexManifest> = {}): BuiltIndex => ({
  manifest: {
    ...built.manifest,
    segments: [{ ...built.manifest.segments[0]!, sha256: sha256(bytes), size: bytes.length }],
    ...change,
  },
  segments: [bytes],
});
const open = ({ manifest, segments }: BuiltIndex): Promise<Either<BadIndex, TagIndex>> => openIndex(manifest, segments);
const faultOf = (result: Either<BadIndex, TagIndex>): string => (E.isLeft(result) ? result.left.fault : 'opened');

describe('an index that is not as its manifest says', async () => {
  const built = await randomIndex({ n: N }, seededRng('hostile'));
  const [file] = built.segments as readonly [Uint8Array];
  const t = built.manifest.t;
  const entry = tagBytes(t) + 2;
  const codes = HEADER + 3 * entry;
  const edited = (edit: (bytes: Uint8Array) => void): Uint8Array => {
    const bytes = file.slice();
    edit(bytes);
    return bytes;
  };
  const sizeAt = (block: number): number => HEADER + block * entry + tagBytes(t);
  const sizeOf = (block: number): number => file[sizeAt(block)]! * 256 + file[sizeAt(block) + 1]!;

  it('opens as it was built', async () => expect(faultOf(await open(built))).toBe('opened'));

  it('every flipped bit is caught by the hash', async () => {
    for (let bit = 0; bit < 8 * file.length; bit += 37) {
      const bytes = edited((all) => {
        all[bit >> 3]! ^= 1 << (bit & 7);
      });
      const result = await openIndex(built.manifest, [bytes]);
      expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'BadIndex', fault: 'hash', segment: 0 });
    }
  });

  it('other sizes and other numbers of files are refused before anything is read', async () => {
    const { manifest } = built;
    for (const bytes of [file.subarray(1), file.subarray(0, -1), concatBytes(file, Uint8Array.of(0)), new Uint8Array(0)])
      expect(faultOf(await openIndex(manifest, [bytes]))).toBe('size');
    for (const files of [[], [file, file]]) expect(faultOf(await openIndex(manifest, files))).toBe('manifest');
  });

  it.each([
    { what: 'n without its tags', change: { n: N + 1 } },
    { what: 'a step that n is no multiple of', change: { padTo: 7 } },
    { what: 'tags too short to tell people apart', change: { t: 48 } },
    { what: 'no segments', change: { segments: [] } },
  ])('a manifest with $what contradicts itself', async ({ change }) => {
    expect(faultOf(await open({ manifest: { ...built.manifest, ...change }, segments: built.segments }))).toBe('manifest');
  });

  it('a count that is not the manifest’s', async () => {
    const segments = built.manifest.segments.map((segment) => ({ ...segment, count: N - 1 }));
    expect(faultOf(await open({ manifest: { ...built.manifest, segments }, segments: [file] }))).toBe('manifest');
    const fewer = { n: N - 1, segments: [{ sha256: sha256(file), size: file.length, count: N - 1 }] };
    expect(faultOf(await open(signed(built, file, fewer)))).toBe('header');
    // And a file that agrees with the smaller count: one code is too many.
    const relabelled = edited((all) => new DataView(all.buffer).setUint32(8, N - 1));
    const segmentsToo = [{ sha256: sha256(relabelled), size: file.length, count: N - 1 }];
    expect(faultOf(await open(signed(built, relabelled, { n: N - 1, segments: segmentsToo })))).toBe('code');
  });

  it('any other header', async () => {
    for (let at = 0; at < HEADER; at++) {
      const bytes = edited((all) => {
        all[at]! ^= 1;
      });
      expect(faultOf(await open(signed(built, bytes))), `byte ${at}`).toBe('header');
    }
  });

  it('a directory that is cut off, or whose sizes do not add up to the file', async () => {
    for (const length of [0, 3, HEADER, HEADER + 1, codes - 1, codes, file.length - 1])
      expect(['header', 'size']).toContain(faultOf(await open(signed(built, file.slice(0, length)))));
    for (const [block, value] of [
      [0, 0],
      [1, 65_535],
      [2, 1],
    ] as const) {
      const bytes = edited((all) => new DataView(all.buffer).setUint16(sizeAt(block), value));
      expect(faultOf(await open(signed(built, bytes)))).toBe('size');
    }
    expect(faultOf(await open(signed(built, concatBytes(file, Uint8Array.of(0)))))).toBe('size');
  });

  it('a directory for far more blocks than the file has bytes is refused before it is allocated', () => {
    const shape = tagShape(2 ** 20, 60);
    const tiny = concatBytes(file.subarray(0, 4), Uint8Array.of(60, 40, 0, 128, 0, 16, 0, 0));
    expect(readSegment(tiny, { shape, count: 2 ** 20 })).toEqual(E.left('size'));
  });

  it('blocks out of order, or one put twice', async () => {
    const blockOf = (i: number): readonly [Uint8Array, Uint8Array] => {
      const from = codes + [0, 1].slice(0, i).reduce((sum, block) => sum + sizeOf(block), 0);
      return [file.slice(HEADER + i * entry, HEADER + (i + 1) * entry), file.slice(from, from + sizeOf(i))];
    };
    for (const order of [
      [1, 0, 2],
      [0, 0, 2],
      [1, 1, 2],
    ]) {
      const blocks = order.map(blockOf);
      const bytes = concatBytes(file.subarray(0, HEADER), ...blocks.map(([head]) => head), ...blocks.map(([, code]) => code));
      expect(faultOf(await open(signed(built, bytes))), order.join()).toBe('order');
    }
    // The last block's first tag one lower than the tag before it would be fine; equal to it is not.
    const shape = tagShape(N, t);
    const tags = tagsIn(right(readSegment(file, { shape, count: N })).segment, shape);
    const same = edited((all) => all.set(tags.subarray(127 * tagBytes(t), 128 * tagBytes(t)), HEADER + entry));
    expect(faultOf(await open(signed(built, same)))).toBe('order');
  });

  it('bits behind the end of a tag or of a block: one file would have two spellings', async () => {
    expect(t % 8).not.toBe(0);
    const spare = edited((all) => {
      all[HEADER + tagBytes(t) - 1]! |= 1;
    });
    expect(faultOf(await open(signed(built, spare)))).toBe('code');
    // A byte of zeros more in the last block.
    const longer = concatBytes(file, Uint8Array.of(0));
    new DataView(longer.buffer).setUint16(sizeAt(2), sizeOf(2) + 1);
    expect(faultOf(await open(signed(built, longer)))).toBe('code');
    // Blocks that do not end on a byte, with a one in what is left: there are three blocks, and not all end on one.
    let found = 0;
    for (let block = 0, end = codes; block < 3; block++) {
      end += sizeOf(block);
      if ((file[end - 1]! & 1) !== 0) continue;
      const bytes = edited((all) => {
        all[end - 1]! |= 1;
      });
      const fault = faultOf(await open(signed(built, bytes)));
      if (fault === 'code') found++;
      else expect(fault, 'the bit belonged to a tag').toMatch(/opened|order/);
    }
    expect(found).toBeGreaterThan(0);
  });

  it('a unary run without an end', async () => {
    const endless = edited((all) => all.fill(0, codes));
    expect(faultOf(await open(signed(built, endless)))).toBe('code');
    // As long as a block can be: 64 KiB of zeros.
    const long = concatBytes(file.subarray(0, codes), new Uint8Array(65_535 * 3));
    for (const block of [0, 1, 2]) new DataView(long.buffer).setUint16(sizeAt(block), 65_535);
    expect(faultOf(await open(signed(built, long)))).toBe('code');
    // And one that ends, but would lead above 2^t.
    const beyond = long.slice();
    beyond[codes + 60_000] = 1;
    expect(faultOf(await open(signed(built, beyond)))).toBe('code');
  });

  it('says nothing about tags in its messages', async () => {
    const result = await open(
      signed(
        built,
        edited((all) => all.fill(0, codes)),
      ),
    );
    expect(E.isLeft(result) && result.left.message).toBe('segment 0 of the tag index has a block that is no canonical code');
  });
});

describe('60,000 mutated files', () => {
  const CASES = 60_000;
  /** So many of them also go through the manifest, with its size and hash. */
  const WHOLE = 6_000;
  /** Spoils a file in one of many ways, most of them small. */
  const mutate = (file: Uint8Array, rng: Rng): Uint8Array => {
    const random = (below: number): number => new DataView(rng(4).buffer).getUint32(0) % below;
    const bytes = file.slice();
    const at = random(bytes.length);
    switch (random(8)) {
      case 0:
        return bytes.slice(0, at);
      case 1:
        return concatBytes(bytes.subarray(0, at), rng(1 + random(4)), bytes.subarray(at));
      case 2:
        return concatBytes(bytes.subarray(0, at), bytes.subarray(at + 1 + random(8)));
      case 3:
        bytes.fill(random(2) * 255, at, at + random(40));
        return bytes;
      case 4:
        bytes.copyWithin(at, random(bytes.length), bytes.length);
        return bytes;
      case 5:
        for (let i = 0; i < 4; i++) bytes[random(bytes.length)] = random(256);
        return bytes;
      case 6:
        // The header and the directory: small, and where the damage is done.
        bytes[random(50)]! ^= 1 << random(8);
        return bytes;
      default:
        bytes[at]! ^= 1 << random(8);
        return bytes;
    }
  };

  it('are refused with a BadIndex, or are the one encoding of other tags', async () => {
    const rng = seededRng('fuzz');
    const faults: Record<string, number> = {};
    for (const { n, t } of [
      { n: 132, t: 48 },
      { n: 130, t: 62 },
      { n: 250, t: 49 },
      { n: 5, t: 80 },
    ]) {
      const built = await randomIndex({ n, t }, seededRng(`fuzz ${n}`));
      const shape = tagShape(n, t);
      for (let i = 0; i < CASES / 4; i++) {
        const bytes = mutate(built.segments[0]!, rng);
        const read = readSegment(bytes, { shape, count: n });
        const fault = E.isLeft(read) ? read.left : 'opened';
        faults[fault] = (faults[fault] ?? 0) + 1;
        const opened = i % (CASES / WHOLE) === 0 ? await open(signed(built, bytes)) : undefined;
        if (opened && faultOf(opened) !== fault) throw new Error(`case ${i} of n = ${n} is judged in two ways`);
        if (E.isLeft(read)) continue;
        const tags = tagsIn(read.right.segment, shape);
        // `toEqual` takes a thousand times as long.
        if (compareBytes(encodeSegment(tags, shape), bytes) !== 0) throw new Error(`case ${i} of n = ${n} has two spellings`);
        if (opened && right(opened).lookup(tags).includes(0)) throw new Error(`case ${i} of n = ${n} does not find its own tags`);
      }
    }
    // Every kind of fault was met, and files that differ in a tag only were opened.
    expect(Object.keys(faults).sort()).toEqual(['code', 'header', 'opened', 'order', 'size']);
    expect(Object.values(faults).reduce((a, b) => a + b)).toBe(CASES);
  });
});

describe('10,000 mutated manifests', () => {
  it('are refused, or are manifests without contradictions', async () => {
    const { manifest } = await randomIndex({ n: N, padTo: 100 }, seededRng('manifests'));
    const encoded = encodeCanonical(IndexManifest.encode(manifest));
    const rng = seededRng('manifest fuzz');
    const verdicts: Record<string, number> = {};
    for (let i = 0; i < 10_000; i++) {
      const bytes = encoded.slice();
      const draw = rng(4);
      for (let k = 0; k <= draw[0]! % 3; k++) bytes[(draw[1 + k]! * 256 + draw[3]!) % bytes.length] = rng(1)[0]!;
      type Judged<A> = Either<{ readonly _tag: string }, A>;
      const value: Judged<unknown> = decodeCanonical(draw[0]! % 5 === 0 ? bytes.subarray(0, draw[1]! % bytes.length) : bytes);
      const shape: Judged<IndexManifest> = E.isLeft(value) ? value : decodeShape(IndexManifest, value.right);
      const checked: Judged<IndexManifest> = E.isLeft(shape) ? shape : checkManifest(shape.right);
      const verdict = E.isLeft(checked) ? checked.left._tag : 'taken';
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      // What is taken can be opened with: no figure of it makes a look-up throw.
      if (E.isRight(checked)) tagShape(checked.right.n, checked.right.t);
    }
    expect(Object.keys(verdicts).sort()).toEqual(['BadEncoding', 'BadIndex', 'BadShape', 'taken']);
  });
});
