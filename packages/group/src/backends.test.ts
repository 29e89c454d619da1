import { setFlagsFromString } from 'node:v8';
import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes, hexToBytes, utf8ToBytes } from '@vouchsafe/core';
import { knownAnswer, passesSelfTest } from '@vouchsafe/kernels';
import { RFC9496_INVALID, RFC9496_MULTIPLES, RFC9497_OPRF, seededRng } from '@vouchsafe/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from './backend.ts';
import { createGroup, createNobleBackend, GENERATOR, IDENTITY, openBackend } from './index.ts';

// Node 20 knows relaxed SIMD behind a flag; later ones without.
if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

const { Fn } = ed25519.Point;
const noble = createNobleBackend();
const rng = seededRng('backends');
const ORDER = Fn.ORDER;
const encode = (k: bigint): Uint8Array => Fn.toBytes(Fn.create(k));

/** 0, 1, −1, powers of two and their neighbours, halves, short ones, long runs of ones: where recoding carries. */
const EDGES: readonly Uint8Array[] = [
  ...[0n, 1n, 2n, 7n, 8n, 9n, 15n, 16n, 17n, (1n << 32n) - 1n, (1n << 128n) - 1n, (1n << 252n) - 1n, 1n << 252n].map(encode),
  ...[-1n, -2n, -8n, (ORDER - 1n) / 2n, (ORDER + 1n) / 2n, (ORDER - 1n) / 4n].map(encode),
  ...Array.from({ length: 64 }, (_, i) => encode(8n << BigInt(4 * i))),
  ...Array.from({ length: 51 }, (_, i) => encode(31n << BigInt(5 * i))),
];
const scalars = (count: number): Uint8Array =>
  concatBytes(
    ...Array.from({ length: count }, (_, i) => {
      if (i < EDGES.length) return EDGES[i]!;
      const wide = rng(40);
      return encode(wide.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n));
    }),
  );
const messages = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => rng(i % 300));
const DST = utf8ToBytes('Vouchsafe-v1-backends-test');

/** What the reference answers to the seeded cases: more than 20,000 results, computed once. */
interface Cases {
  readonly points: Uint8Array;
  readonly scalars: Uint8Array;
  readonly strings: Uint8Array;
  readonly values: Uint32Array;
  readonly expected: ReadonlyMap<string, Uint8Array>;
}
const POINTS = 3000;
const WIDTH = 4;
const ROWS = 500;

const operations: Readonly<Record<string, (backend: Backend, cases: Omit<Cases, 'expected'>) => Uint8Array>> = {
  'hash to group': (b) => b.hashToGroup(messages3000, DST),
  'hash to group under tags of 1, 255 and 300 bytes': (b) =>
    concatBytes(...[1, 255, 300].map((size) => b.hashToGroup(messages3000.slice(0, 200), new Uint8Array(size).fill(size)))),
  'hash and multiply': (b, c) => b.hashAndMultiply(messages3000.slice(0, 500), DST, c.scalars.subarray(0, 500 * 32)),
  'hash and multiply by one scalar': (b, c) => b.hashAndMultiply(messages3000.slice(0, 101), DST, c.scalars.subarray(9600, 9632)),
  validate: (b, c) => b.validate(c.strings),
  'multiply each by its own scalar': (b, c) => b.multiply(c.points, c.scalars),
  'multiply all by one scalar': (b, c) =>
    concatBytes(
      ...EDGES.slice(0, 20).map((k) => b.multiply(c.points.subarray(0, 15 * 32), k)),
      b.multiply(c.points.subarray(0, 301 * 32), c.scalars.subarray(9600, 9632)),
    ),
  'multiply the generator': (b, c) => b.multiplyBase(GENERATOR, c.scalars),
  'multiply a base that is used once, and often': (b, c) =>
    concatBytes(
      b.multiplyBase(c.points.subarray(960, 992), c.scalars.subarray(0, 32 * 40)),
      b.multiplyBase(c.points.subarray(992, 1024), c.scalars.subarray(0, 32 * 301)),
      b.multiplyBase(IDENTITY, c.scalars.subarray(0, 32 * 101)),
    ),
  add: (b, c) => b.add(c.points.subarray(0, 64_032), c.points.subarray(32, 64_064)),
  'add a point to itself, its inverse and the identity': (b, c) => {
    const p = c.points.subarray(0, 3200);
    const zero = new Uint8Array(3200);
    return concatBytes(b.add(p, p), b.subtract(p, p), b.add(p, zero), b.subtract(zero, p), b.add(zero, zero));
  },
  subtract: (b, c) => b.subtract(c.points.subarray(0, 64_032), c.points.subarray(96, 64_128)),
  'sum rows': (b, c) => concatBytes(...[1, 3, 7, 150].map((width) => b.sumRows(c.points.subarray(0, 32 * 2100), width))),
  'sum no rows': (b) => b.sumRows(new Uint8Array(0), 3),
  'multi-scalar': (b, c) =>
    concatBytes(...[0, 1, 2, 33, 600].map((n) => b.multiScalar(c.points.subarray(0, 32 * n), c.scalars.subarray(0, 32 * n)))),
  'multi-scalar with public scalars': (b, c) =>
    concatBytes(...[3, 700, 1001].map((n) => b.multiScalar(c.points.subarray(0, 32 * n), c.scalars.subarray(0, 32 * n), true))),
  'multi-scalar of rows': (b, c) =>
    concatBytes(
      ...[0, 1, 2, 33, 150].map((n) => b.multiScalarRows(c.points.subarray(0, 96 * n), 3, c.scalars.subarray(0, 32 * n))),
      b.multiScalarRows(c.points.subarray(0, 128 * 32), 128, c.scalars.subarray(96, 128)),
    ),
  'multi-scalar of rows with public scalars': (b, c) =>
    concatBytes(
      ...[1, 5, 701].map((n) => b.multiScalarRows(c.points.subarray(0, 96 * n), 3, c.scalars.subarray(32, 32 * (n + 1)), true)),
    ),
  'multi-scalar of hashed messages': (b, c) =>
    concatBytes(
      ...[0, 1, 2, 33, 131].map((n) => b.multiScalarHashed(messages3000.slice(0, n), DST, c.scalars.subarray(0, 32 * n))),
      ...[1, 513, 700].map((n) => b.multiScalarHashed(messages3000.slice(0, n), DST, c.scalars.subarray(0, 32 * n), true)),
    ),
  'hash and add a base, without and with a table': (b, c) =>
    concatBytes(
      ...[0, 1, 7, 301].map((n) =>
        b.hashAndAddBase(messages3000.slice(0, n), DST, c.points.subarray(2240, 2272), c.scalars.subarray(0, 32 * n)),
      ),
    ),
  'add multiples of a base, without and with a table': (b, c) =>
    concatBytes(
      ...[0, 1, 7, 301].map((n) =>
        b.addBase(c.points.subarray(0, 32 * n), c.points.subarray(2208, 2240), c.scalars.subarray(0, 32 * n)),
      ),
    ),
  'add multiples of an element to itself: its double, the identity': (b, c) => {
    const base = c.points.subarray(2208, 2240);
    const inverse = b.multiply(base, encode(-1n));
    const same = concatBytes(...EDGES.map(() => base));
    return concatBytes(b.addBase(same, base, concatBytes(...EDGES)), b.addBase(same, inverse, concatBytes(...EDGES)));
  },
  'hash to scalars': (b) =>
    concatBytes(
      ...[0, 1, 129, 301].map((n) => b.hashToScalars(messages3000.slice(0, n), DST)),
      b.hashToScalars([new Uint8Array(70_000)], DST),
    ),
  'hash outputs': (b, c) =>
    concatBytes(
      ...[0, 1, 129, 301].map((n) => b.hashOutputs(messages3000.slice(0, n), c.points.subarray(0, 32 * n), DST)),
      b.hashOutputs(
        [60, 61, 77, 78, 79, 65_478, 65_489, 65_490, 65_491, 65_535].map((n) => new Uint8Array(n).fill(n)),
        c.points.subarray(0, 320),
        utf8ToBytes('Finalize'),
      ),
    ),
  'multiply several bases, without and with tables': (b, c) =>
    concatBytes(
      ...[0, 1, 7, 301].map((n) => b.multiplyBases(c.points.subarray(2304, 2368), c.scalars.subarray(0, 64 * n))),
      b.multiplyBases(concatBytes(GENERATOR, IDENTITY, GENERATOR), c.scalars.subarray(0, 96 * 90)),
    ),
  'multiply and add scalars': (b, c) => {
    const [x, y, z] = [c.scalars, c.scalars.toReversed().map((byte, i) => (i % 32 === 31 ? byte & 15 : byte)), c.scalars.slice()];
    z.copyWithin(0, 64);
    return concatBytes(
      b.multiplyAddScalars(x, y, z),
      ...EDGES.slice(0, 20).map((k) => b.multiplyAddScalars(k, x.subarray(0, 32 * 140), k)),
      b.multiplyAddScalars(EDGES[13]!, EDGES[13]!, EDGES[13]!),
      b.multiplyAddScalars(new Uint8Array(0), EDGES[1]!, EDGES[0]!),
    );
  },
  'sums and chains of products of scalars': (b, c) => {
    const [x, y] = [c.scalars, c.scalars.slice()];
    y.copyWithin(0, 96);
    return concatBytes(
      ...[0, 1, 127, 128, 129, 3000].map((n) => b.dotScalars(x.subarray(0, 32 * n), y.subarray(0, 32 * n))),
      b.dotScalars(x, EDGES[13]!),
      b.chainScalars(EDGES[13]!, x, y),
      b.chainScalars(EDGES[0]!, EDGES[1]!, x),
      b.chainScalars(EDGES[5]!, EDGES[13]!, EDGES[13]!),
    );
  },
  'wide numbers modulo q': (b, c) =>
    b.reduceWide(
      concatBytes(
        new Uint8Array(64).fill(255),
        new Uint8Array(64),
        c.scalars.subarray(0, 64 * 300),
        c.strings.subarray(0, 64 * 500),
      ),
    ),
  'encrypt rows': (b, c) => b.encryptRows(c.values, c.scalars.subarray(0, ROWS * 32), c.points.subarray(320, 320 + WIDTH * 32)),
  'encrypt few rows, without tables': (b, c) =>
    b.encryptRows(c.values.subarray(0, 9 * 2), c.scalars.subarray(32 * 90, 32 * 99), c.points.subarray(640, 640 + 3 * 32)),
  're-randomise rows': (b, c) =>
    b.doubleRerandomizeRows(
      c.points.subarray(0, ROWS * WIDTH * 32),
      c.scalars.subarray(0, ROWS * 32),
      c.points.subarray(320, 320 + WIDTH * 32),
    ),
  're-randomise few rows, without tables': (b, c) =>
    b.doubleRerandomizeRows(c.points.subarray(0, 7 * 96), c.scalars.subarray(32 * 90, 32 * 97), c.points.subarray(800, 896)),
};

const messages3000 = messages(POINTS);
let cases: Cases;

beforeAll(() => {
  const own = scalars(POINTS);
  const hashed = noble.hashToGroup(messages3000, DST);
  // The identity is a valid input of every operation.
  const points = concatBytes(hashed.subarray(0, 31 * 32), IDENTITY, hashed.subarray(32 * 32));
  const strings = concatBytes(
    ...Array.from({ length: 6000 }, (_, i) => {
      const one = rng(32);
      if (i % 3 > 0) one[0]! &= 0xfe;
      if (i % 3 > 0) one[31]! &= 0x7f;
      if (i % 6 === 5) one.set(points.subarray(32 * (i % POINTS), 32 * (i % POINTS) + 31 + (i % 2)));
      return one;
    }),
    ...Object.values(RFC9496_INVALID).flatMap((list) => list.map((hex) => hexToBytes(hex))),
    ...RFC9496_MULTIPLES.map((hex) => hexToBytes(hex)),
  );
  const values = new Uint32Array(rng(4 * ROWS * (WIDTH - 1)).buffer.slice(0));
  values.set([0, 1, 2 ** 32 - 1, 2 ** 31, 16, 15]);
  const inputs = { points, scalars: own, strings, values };
  const expected = new Map(Object.entries(operations).map(([name, run]) => [name, run(noble, inputs)]));
  cases = { ...inputs, expected };
}, 120_000);

it('counts at least 20,000 results', () => {
  const results = [...cases.expected].map(([name, bytes]) => (name === 'validate' ? bytes.length : bytes.length / 32));
  expect(results.reduce((a, b) => a + b)).toBeGreaterThan(20_000);
});

it('the known answer of the self-test is the reference’s', () => {
  expect(passesSelfTest(noble)).toBe(true);
  expect(knownAnswer(noble)).not.toEqual(knownAnswer({ ...noble, subtract: noble.add }));
});

describe.each(['plain', 'relaxed'] as const)('backend %s', (name) => {
  const backend = openBackend(name)!;

  it('runs on this engine', () => {
    expect(backend.name).toBe(name);
    expect(createGroup({ backend: name }).backend).toBe(name);
  });

  it.each(Object.keys(operations))('agrees with noble: %s', (operation) => {
    const answer = operations[operation]!(backend, cases);
    expect(Buffer.compare(answer, cases.expected.get(operation)!)).toBe(0);
  });

  it('hashes messages longer than its buffer, among short ones', () => {
    const long = [0, 70_000, 5, 40_000, 30_000, 65_536, 65_537, 1].map((size) => new Uint8Array(size).fill(size));
    expect(backend.hashToGroup(long, DST)).toEqual(noble.hashToGroup(long, DST));
  });

  it('gives RFC 9496 appendix A.1 and refuses appendix A.2', () => {
    const small = concatBytes(...RFC9496_MULTIPLES.map((_, i) => encode(BigInt(i))));
    const multiples = hexToBytes(RFC9496_MULTIPLES.join(''));
    expect(backend.multiplyBase(GENERATOR, small)).toEqual(multiples);
    const bad = Object.values(RFC9496_INVALID).flat();
    expect(backend.validate(hexToBytes(bad.join('')))).toEqual(new Uint8Array(29));
    for (const hex of bad) expect(() => backend.multiply(hexToBytes(hex), small.slice(32, 64))).toThrow(RangeError);
  });

  it('gives RFC 9497 appendix A.1.1', () => {
    const dst = concatBytes(utf8ToBytes('HashToGroup-OPRFV1-'), Uint8Array.of(0), utf8ToBytes('-ristretto255-SHA512'));
    for (const { inputs, blinds, blinded, evaluated } of RFC9497_OPRF.answers) {
      const blindedNow = backend.hashAndMultiply(
        inputs.map((hex) => hexToBytes(hex)),
        dst,
        hexToBytes(blinds.join('')),
      );
      expect(blindedNow).toEqual(hexToBytes(blinded.join('')));
      expect(backend.multiply(blindedNow, hexToBytes(RFC9497_OPRF.skSm))).toEqual(hexToBytes(evaluated.join('')));
    }
  });

  it('refuses scalars from q on, everywhere', () => {
    const q = hexToBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
    const p = cases.points.subarray(0, 32);
    for (const bad of [q, new Uint8Array(32).fill(255)]) {
      const many = concatBytes(...new Array<Uint8Array>(100).fill(bad));
      expect(() => backend.multiply(p, bad)).toThrow(RangeError);
      expect(() => backend.multiply(cases.points.subarray(0, 64), concatBytes(EDGES[1]!, bad))).toThrow(RangeError);
      expect(() => backend.multiplyBase(p, many)).toThrow(RangeError);
      expect(() => backend.multiScalar(p, bad)).toThrow(RangeError);
      expect(() => backend.encryptRows(new Uint32Array(0), bad, p)).toThrow(RangeError);
      expect(() => backend.doubleRerandomizeRows(p, bad, p)).toThrow(RangeError);
    }
  });

  it('changes no input', () => {
    const before = Buffer.from(cases.points.subarray(0, 3200));
    const k = Buffer.from(cases.scalars.subarray(0, 3200));
    const [p, s] = [cases.points.subarray(0, 3200), cases.scalars.subarray(0, 3200)];
    backend.multiply(p, s);
    backend.add(p, p);
    backend.encryptRows(new Uint32Array(300), s, p.subarray(0, 128));
    expect([Buffer.compare(before, p), Buffer.compare(k, s)]).toEqual([0, 0]);
  });
});

describe('choice', () => {
  it('takes the fastest by default, and noble when told', () => {
    expect(createGroup().backend).toBe('relaxed');
    expect(createGroup({ backend: 'noble' }).backend).toBe('noble');
    expect(createGroup({ backend: noble }).backend).toBe('noble');
  });
});
