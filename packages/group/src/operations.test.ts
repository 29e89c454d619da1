import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, E, hexToBytes, utf8ToBytes } from '@vouchsafe/core';
import {
  RFC9380_DST,
  RFC9380_EXPAND_SHA512,
  RFC9496_INVALID,
  RFC9496_MULTIPLES,
  RFC9496_ONE_WAY_MAP,
  seededRng,
} from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { backends } from './backends.test.list.ts';
import {
  createGroup,
  type Elements,
  elementAt,
  GENERATOR,
  IDENTITY,
  ORDER,
  randomScalars,
  type Scalars,
  scalarAt,
  toBigint,
  toScalar,
} from './index.ts';

// What every operation is compared with: @noble/curves, one point at a time.
const { Point } = ristretto255;
type Point = InstanceType<typeof Point>;
const pointAt = (packed: Uint8Array, i: number): Point => Point.fromBytes(packed.subarray(32 * i, 32 * i + 32));
const times = (point: Point, scalar: bigint): Point => (scalar === 0n ? Point.ZERO : point.multiply(scalar));
const pack = (points: readonly Point[]): Elements => concatBytes(...points.map((point) => point.toBytes())) as Elements;
const join = <A extends Elements | Scalars>(...parts: readonly A[]): A => concatBytes(...parts) as A;
const each = <A>(count: number, one: (i: number) => A): readonly A[] => Array.from({ length: count }, (_, i) => one(i));

const multiples = hexToBytes(RFC9496_MULTIPLES.join('')) as Elements;
const EDGES = [0n, 1n, 2n, ORDER - 1n, ORDER - 2n, (ORDER + 1n) / 2n, 2n ** 252n];

describe('the reference itself', () => {
  it('knows the multiples of RFC 9496 appendix A.1', () => {
    expect(each(16, (i) => times(Point.BASE, BigInt(i)).toHex())).toEqual(RFC9496_MULTIPLES);
  });

  it('maps the uniform strings of RFC 9496 appendix A.3', () => {
    for (const { uniform, element } of RFC9496_ONE_WAY_MAP)
      expect((ristretto255_hasher.deriveToCurve!(hexToBytes(uniform)) as Point).toHex()).toBe(element);
  });

  it('expands the messages of RFC 9380 appendix K.3', () => {
    for (const { message, length, uniform } of RFC9380_EXPAND_SHA512)
      expect(bytesToHex(expand_message_xmd(utf8ToBytes(message), utf8ToBytes(RFC9380_DST), length, sha512))).toBe(uniform);
  });
});

describe.each(backends)('$name backend', ({ create }) => {
  const backend = create();
  const group = createGroup({ backend });
  const rng = seededRng('operations');
  const someScalars = randomScalars(8, rng);
  // The identity, small multiples and random elements; edge scalars and random ones.
  const points = join(multiples, pack(each(8, (i) => Point.BASE.multiply(toBigint(scalarAt(someScalars, i))))));
  const scalars = join(...EDGES.map(toScalar), randomScalars(24 - EDGES.length, rng));

  const unchanged = async (packed: readonly Uint8Array[], run: () => Promise<unknown>): Promise<void> => {
    const before = packed.map((one) => one.slice());
    await run();
    expect(packed).toEqual(before);
  };

  describe('receive', () => {
    it('copies what is valid', async () => {
      const received = multiples.slice(32);
      const result = await group.receive(received);
      expect(result).toEqual(E.right(received));
      received.fill(0);
      expect(E.isRight(result) && result.right.subarray(0, 32)).toEqual(GENERATOR);
    });

    it('takes an empty batch', async () => {
      expect(await group.receive(new Uint8Array(0))).toEqual(E.right(new Uint8Array(0)));
    });

    const bad = Object.entries({ 'the identity': ['00'.repeat(32)], ...RFC9496_INVALID }).flatMap(([why, all]) =>
      all.map((hex) => ({ why, hex })),
    );
    it('is tested with 29 bad encodings and the identity', () => expect(bad).toHaveLength(30));

    it.each(bad)('refuses $hex ($why), its place named', async ({ hex }) => {
      for (const index of [0, 1, 2]) {
        const rows = [GENERATOR, GENERATOR, GENERATOR].map((row, i) => (i === index ? hexToBytes(hex) : row));
        const result = await group.receive(concatBytes(...rows));
        expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'BadElement', index });
        expect(E.isLeft(result) && result.left.message).not.toContain(hex);
      }
    });

    it('names the first of several, and one that is cut off', async () => {
      const result = await group.receive(concatBytes(GENERATOR, IDENTITY, GENERATOR, IDENTITY));
      expect(E.isLeft(result) && result.left.index).toBe(1);
      const cut = await group.receive(multiples.subarray(32, 32 * 4 - 1));
      expect(E.isLeft(cut) && cut.left).toMatchObject({ _tag: 'BadElement', index: 2 });
    });

    it('agrees with the reference about 300 random and nearly valid strings', async () => {
      const near = seededRng('near');
      for (let i = 0; i < 300; i++) {
        const one = i % 3 === 0 ? near(32) : elementAt(points, 1 + (i % 23)).slice();
        if (i % 3 === 1) one[near(1)[0]! % 32]! ^= 1 << (near(1)[0]! % 8);
        let valid = true;
        try {
          valid = !Point.fromBytes(one).is0();
        } catch {
          valid = false;
        }
        expect(E.isRight(await group.receive(one)), bytesToHex(one)).toBe(valid);
      }
    });

    it('is the only door: an operation throws a RangeError for an invalid encoding', async () => {
      const invalid = hexToBytes(RFC9496_INVALID['non-square x²']![0]!) as Elements;
      await expect(group.multiply(invalid, toScalar(2))).rejects.toThrow(RangeError);
      await expect(group.multiplyBase(invalid, toScalar(2))).rejects.toThrow(RangeError);
      await expect(group.add(GENERATOR, invalid)).rejects.toThrow(RangeError);
      await expect(group.subtract(invalid, GENERATOR)).rejects.toThrow(RangeError);
      await expect(group.sumRows(invalid, 1)).rejects.toThrow(RangeError);
      await expect(group.multiScalar(invalid, toScalar(2))).rejects.toThrow(RangeError);
    });
  });

  describe('operations', () => {
    it('hashToGroup, for messages and tags of any length', async () => {
      const messages = each(6, (i) => rng([0, 1, 31, 64, 128, 3000][i]!));
      for (const dst of [Uint8Array.of(1), utf8ToBytes('Vouchsafe-v1-join'), rng(255)])
        expect(await group.hashToGroup(messages, dst)).toEqual(
          pack(messages.map((message) => ristretto255_hasher.hashToCurve(message, { DST: dst }) as Point)),
        );
      expect(await group.hashToGroup([], Uint8Array.of(1))).toEqual(new Uint8Array(0));
    });

    it('multiply, one scalar for each', async () => {
      const expected = pack(each(24, (i) => times(pointAt(points, i), toBigint(scalarAt(scalars, i)))));
      await unchanged([points, scalars], async () => expect(await group.multiply(points, scalars)).toEqual(expected));
      expect(await group.multiply(new Uint8Array(0) as Elements, toScalar(3))).toEqual(new Uint8Array(0));
    });

    it('multiply, one scalar for all', async () => {
      for (const scalar of [toScalar(0), toScalar(1), scalarAt(scalars, 20)])
        expect(await group.multiply(points, scalar)).toEqual(pack(each(24, (i) => times(pointAt(points, i), toBigint(scalar)))));
    });

    it('multiplyBase, before and after the base has a table', async () => {
      for (const base of [GENERATOR, elementAt(points, 20), IDENTITY]) {
        const expected = pack(each(24, (i) => times(Point.fromBytes(base), toBigint(scalarAt(scalars, i)))));
        for (let round = 0; round < 4; round++) expect(await group.multiplyBase(base, scalars)).toEqual(expected);
      }
    });

    it('add and subtract', async () => {
      const others = join(points.subarray(32 * 7) as Elements, points.subarray(0, 32 * 7) as Elements);
      for (const [p, q] of [
        [points, others],
        [points, points],
      ] as const) {
        await unchanged([p, q], async () =>
          expect(await group.add(p, q)).toEqual(pack(each(24, (i) => pointAt(p, i).add(pointAt(q, i))))),
        );
        expect(await group.subtract(p, q)).toEqual(pack(each(24, (i) => pointAt(p, i).subtract(pointAt(q, i)))));
      }
    });

    it('multiScalar; the identity for no terms', async () => {
      const sum = (count: number): Uint8Array =>
        each(count, (i) => times(pointAt(points, i), toBigint(scalarAt(scalars, i))))
          .reduce((a, b) => a.add(b), Point.ZERO)
          .toBytes();
      for (const count of [0, 1, 2, 24])
        expect(
          await group.multiScalar(points.subarray(0, 32 * count) as Elements, scalars.subarray(0, 32 * count) as Scalars),
        ).toEqual(sum(count));
      const k = randomScalars(1, rng);
      expect(await group.multiScalar(join(GENERATOR, GENERATOR), join(k, toScalar(-toBigint(k))))).toEqual(IDENTITY);
    });

    it('different lengths are a bug of the caller', async () => {
      const three = points.subarray(0, 96) as Elements;
      await expect(group.multiply(three, scalars.subarray(0, 64) as Scalars)).rejects.toThrow(RangeError);
      await expect(group.add(three, points)).rejects.toThrow(RangeError);
      await expect(group.subtract(points, three)).rejects.toThrow(RangeError);
      await expect(group.multiScalar(three, scalars)).rejects.toThrow(RangeError);
      await expect(group.multiply(points.subarray(0, 33) as Elements, toScalar(2))).rejects.toThrow(RangeError);
    });
  });
});
