import { bytesToHex, concatBytes, E, hexToBytes, utf8ToBytes } from '@vouchsafe/core';
import { RFC9497_OPRF, RFC9497_VOPRF, scriptedRng, seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import {
  addScalars,
  createGroup,
  deriveScalar,
  hashToScalar,
  invertScalar,
  invertScalars,
  multiplyScalars,
  negateScalar,
  ORDER,
  randomScalar,
  randomScalars,
  receiveScalars,
  type Scalars,
  scalarAt,
  subtractScalars,
  toBigint,
  toScalar,
} from './index.ts';

/** 32 bytes little-endian, canonical or not. */
const raw = (value: bigint): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

describe('receiveScalars', () => {
  it('copies canonical non-zero scalars', () => {
    const received = concatBytes(raw(1n), raw(ORDER - 1n), raw(2n ** 252n));
    const result = receiveScalars(received);
    expect(result).toEqual(E.right(received));
    received.fill(0);
    expect(E.isRight(result) && toBigint(scalarAt(result.right, 1))).toBe(ORDER - 1n);
    expect(receiveScalars(new Uint8Array(0))).toEqual(E.right(new Uint8Array(0)));
  });

  it.each([
    ['zero', raw(0n)],
    ['q', raw(ORDER)],
    ['q + 1', raw(ORDER + 1n)],
    ['2q + 5', raw(2n * ORDER + 5n)],
    ['a set top bit', raw(2n ** 255n + 1n)],
    ['2^256 − 1', raw(2n ** 256n - 1n)],
  ])('refuses %s, its place named', (_, bad) => {
    for (const index of [0, 1, 2]) {
      const rows = [raw(7n), raw(8n), raw(9n)].map((row, i) => (i === index ? bad : row));
      const result = receiveScalars(concatBytes(...rows));
      expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'BadScalar', index });
    }
  });

  it('refuses one that is cut off, even if what is there is a small number', () => {
    for (const length of [1, 31, 33, 63]) {
      const result = receiveScalars(concatBytes(raw(3n), raw(3n)).subarray(0, length));
      expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'BadScalar', index: Math.floor(length / 32) });
    }
  });
});

describe('arithmetic modulo q', () => {
  const values = [0n, 1n, 2n, ORDER - 1n, 2n ** 251n, toBigint(randomScalar(seededRng('scalar')))];
  const mod = (value: bigint): bigint => ((value % ORDER) + ORDER) % ORDER;

  it('agrees with whole numbers', () => {
    for (const a of values)
      for (const b of values) {
        expect(toBigint(addScalars(toScalar(a), toScalar(b)))).toBe(mod(a + b));
        expect(toBigint(subtractScalars(toScalar(a), toScalar(b)))).toBe(mod(a - b));
        expect(toBigint(multiplyScalars(toScalar(a), toScalar(b)))).toBe(mod(a * b));
        expect(toBigint(negateScalar(toScalar(a)))).toBe(mod(-a));
      }
    expect(toScalar(ORDER + 5n)).toEqual(toScalar(5));
    expect(toScalar(-1n)).toEqual(toScalar(ORDER - 1n));
  });

  it('inverts, one by one and all at once; zero has no inverse', () => {
    const some = values.slice(1).map(toScalar);
    const all = concatBytes(...some) as Scalars;
    for (const [i, scalar] of some.entries()) {
      expect(toBigint(multiplyScalars(scalar, invertScalar(scalar)))).toBe(1n);
      expect(scalarAt(invertScalars(all), i)).toEqual(invertScalar(scalar));
    }
    expect(invertScalars(new Uint8Array(0) as Scalars)).toEqual(new Uint8Array(0));
    expect(() => invertScalar(toScalar(0))).toThrow(RangeError);
    expect(() => invertScalars(concatBytes(toScalar(1), toScalar(0)) as Scalars)).toThrow(RangeError);
  });

  it.each(['noble', 'plain'] as const)('reduces 64 bytes: %s', (backend) => {
    const group = createGroup({ backend, pool: null });
    const reduced = (byte: number): bigint => toBigint(scalarAt(group.reduceWide(new Uint8Array(64).fill(byte)), 0));
    expect(reduced(255)).toBe((2n ** 512n - 1n) % ORDER);
    expect(reduced(0)).toBe(0n);
  });
});

describe('random scalars', () => {
  it('are canonical, different, and reproducible from a seed', () => {
    const all = randomScalars(50, seededRng(1));
    expect(receiveScalars(all)).toEqual(E.right(all));
    expect(new Set(Array.from({ length: 50 }, (_, i) => bytesToHex(scalarAt(all, i)))).size).toBe(50);
    expect(randomScalars(50, seededRng(1))).toEqual(all);
    expect(randomScalar()).not.toEqual(randomScalar());
  });

  it('are drawn again when they come out as zero', () => {
    const zero = new Uint8Array(64);
    const multipleOfOrder = concatBytes(raw(ORDER), new Uint8Array(32));
    const seven = concatBytes(raw(7n), new Uint8Array(32));
    expect(toBigint(randomScalar(scriptedRng(zero, multipleOfOrder, seven)))).toBe(7n);
  });

  it.each(['noble', 'plain'] as const)('also within a list, and when the backend reduces them: %s', (backend) => {
    const group = createGroup({ backend, pool: null });
    const [seven, eight, nine] = [7n, 8n, 9n].map((value) => concatBytes(raw(value), new Uint8Array(32))) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const all = randomScalars(3, scriptedRng(concatBytes(seven, new Uint8Array(64), nine), eight), group.reduceWide);
    expect([0, 1, 2].map((i) => toBigint(scalarAt(all, i)))).toEqual([7n, 8n, 9n]);
  });
});

describe('RFC 9497 §3.2.1 DeriveKeyPair and §4.1 HashToScalar', () => {
  it.each([
    ['OPRF', RFC9497_OPRF, '00'],
    ['VOPRF', RFC9497_VOPRF, '01'],
  ] as const)('mode %s: the published seed gives the published key', (_, { seed, keyInfo, skSm }, mode) => {
    const dst = concatBytes(utf8ToBytes('DeriveKeyPairOPRFV1-'), hexToBytes(mode), utf8ToBytes('-ristretto255-SHA512'));
    expect(bytesToHex(deriveScalar({ seed: hexToBytes(seed), info: hexToBytes(keyInfo), dst }))).toBe(skSm);
    // What DeriveKeyPair hashes when its counter is 0.
    const input = concatBytes(hexToBytes(seed), Uint8Array.of(0, keyInfo.length / 2), hexToBytes(keyInfo), Uint8Array.of(0));
    expect(bytesToHex(hashToScalar(input, dst))).toBe(skSm);
  });

  it('a seed that is not 32 bytes, or information that is too long, is a bug of the caller', () => {
    const dst = utf8ToBytes('test');
    expect(() => deriveScalar({ seed: new Uint8Array(33), info: dst, dst })).toThrow(RangeError);
    expect(() => deriveScalar({ seed: new Uint8Array(32), info: new Uint8Array(65_536), dst })).toThrow(RangeError);
  });
});
