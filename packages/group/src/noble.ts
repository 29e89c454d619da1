import { hash } from 'node:crypto';
import { ed25519, ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { concatBytes, lengthPrefixed } from '@vouchsafe/core';
import type { Backend } from './backend.ts';
import { nobleScalars } from './noble-scalars.ts';
import { NobleSmallLog } from './noble-small-log.ts';
import { hashToScalar } from './scalar.ts';

type Point = InstanceType<typeof ristretto255.Point>;
const { Point } = ristretto255;
const { Fn } = ed25519.Point;
const SIZE = 32;

/** (q+1)/2: one half modulo q. */
const HALF = (Fn.ORDER + 1n) / 2n;
const HALF_G = Point.BASE.multiply(HALF);

/** Tables are worth their 20 ms of making from this many multiplications on. */
const TABLE_WORTH = 64;
/** Bases remembered with their use counts and tables; a holder or bureau needs V+1 for each partner. */
const MAX_BASES = 512;

const decodePoint = (encodings: Uint8Array, index: number): Point => {
  try {
    return Point.fromBytes(encodings.subarray(index * SIZE, (index + 1) * SIZE));
  } catch {
    throw new RangeError(
      `element ${index} of a batch is not a valid encoding: what comes from outside goes through Group.receive first`,
    );
  }
};

const countOf = (packed: Uint8Array): number => {
  if (packed.length % SIZE !== 0) throw new RangeError(`expected whole rows of ${SIZE} bytes, got ${packed.length} bytes`);
  return packed.length / SIZE;
};

const scalarOf = (scalars: Uint8Array, index: number): bigint => Fn.fromBytes(scalars.subarray(index * SIZE, (index + 1) * SIZE));

/** noble refuses the scalar 0; no secret of ours is 0, so this branch tells nothing about one. */
const times = (point: Point, scalar: bigint): Point => (scalar === 0n ? Point.ZERO : point.multiply(scalar));

/** v·(G/2) without a branch on v: v + 1 is never 0, so it goes through noble's constant-time path. */
const timesHalfG = (value: number): Point => Point.BASE.multiply(Fn.mul(BigInt(value) + 1n, HALF)).subtract(HALF_G);

const encodeAll = (points: readonly Point[]): Uint8Array => {
  const out = new Uint8Array(points.length * SIZE);
  for (const [i, point] of points.entries()) out.set(point.toBytes(), i * SIZE);
  return out;
};

const collect = (count: number, point: (index: number) => Point): Uint8Array =>
  encodeAll(Array.from({ length: count }, (_, i) => point(i)));

/** The reference backend: @noble/curves' ristretto255. About a millisecond a multiplication; every other backend must agree with it. */
export const createNobleBackend = (): Backend => {
  const bases = new Map<string, { readonly point: Point; uses: number }>();
  const smallLog = new NobleSmallLog();

  const fixedBase = (base: Uint8Array, uses: number): Point => {
    const key = Buffer.from(base).toString('latin1');
    const found = bases.get(key) ?? { point: decodePoint(base, 0), uses: 0 };
    if (found.uses < TABLE_WORTH && found.uses + uses >= TABLE_WORTH) found.point.precompute(8, false);
    found.uses += uses;
    bases.delete(key);
    bases.set(key, found);
    if (bases.size > MAX_BASES) bases.delete(bases.keys().next().value!);
    return found.point;
  };

  return {
    name: 'noble',

    hashToGroup: (messages, dst) =>
      collect(messages.length, (i) => ristretto255_hasher.hashToCurve(messages[i]!, { DST: dst }) as Point),

    hashAndMultiply: (messages, dst, scalars) => {
      const shared = scalars.length === SIZE;
      return collect(messages.length, (i) =>
        times(ristretto255_hasher.hashToCurve(messages[i]!, { DST: dst }) as Point, scalarOf(scalars, shared ? 0 : i)),
      );
    },

    validate: (encodings) => {
      const flags = new Uint8Array(countOf(encodings));
      for (let i = 0; i < flags.length; i++) {
        try {
          // RFC 9496 §4.3.1 refuses non-canonical, negative and off-curve encodings; RFC 9497 §4.1 adds the identity.
          flags[i] = Point.fromBytes(encodings.subarray(i * SIZE, (i + 1) * SIZE)).is0() ? 0 : 1;
        } catch {
          flags[i] = 0;
        }
      }
      return flags;
    },

    multiply: (elements, scalars) => {
      const shared = scalars.length === SIZE;
      return collect(countOf(elements), (i) => times(decodePoint(elements, i), scalarOf(scalars, shared ? 0 : i)));
    },

    multiplyBase: (base, scalars) => {
      const count = countOf(scalars);
      const point = fixedBase(base, count);
      return collect(count, (i) => times(point, scalarOf(scalars, i)));
    },

    add: (p, q) => collect(countOf(p), (i) => decodePoint(p, i).add(decodePoint(q, i))),

    subtract: (p, q) => collect(countOf(p), (i) => decodePoint(p, i).subtract(decodePoint(q, i))),

    sumRows: (rows, width) => {
      const sums = Array.from({ length: width }, () => Point.ZERO);
      const cells = countOf(rows);
      for (let i = 0; i < cells; i++) sums[i % width] = sums[i % width]!.add(decodePoint(rows, i));
      return encodeAll(sums);
    },

    multiScalar: (elements, scalars) => {
      let sum = Point.ZERO;
      const count = countOf(elements);
      for (let i = 0; i < count; i++) sum = sum.add(times(decodePoint(elements, i), scalarOf(scalars, i)));
      return sum.toBytes();
    },

    multiScalarRows: (rows, width, scalars) => {
      const count = countOf(scalars);
      if (rows.length !== count * width * SIZE) throw new RangeError(`expected one scalar for each row of ${width} elements`);
      const sums = Array.from({ length: width }, () => Point.ZERO);
      for (let cell = 0; cell < count * width; cell++)
        sums[cell % width] = sums[cell % width]!.add(times(decodePoint(rows, cell), scalarOf(scalars, Math.floor(cell / width))));
      return encodeAll(sums);
    },

    multiScalarHashed: (messages, dst, scalars) => {
      if (countOf(scalars) !== messages.length)
        throw new RangeError(`${messages.length} messages and ${countOf(scalars)} scalars`);
      let [weighed, sum] = [Point.ZERO, Point.ZERO];
      for (const [i, message] of messages.entries()) {
        const point = ristretto255_hasher.hashToCurve(message, { DST: dst }) as Point;
        weighed = weighed.add(times(point, scalarOf(scalars, i)));
        sum = sum.add(point);
      }
      return encodeAll([weighed, sum]);
    },

    hashAndAddBase: (messages, dst, base, scalars) => {
      if (countOf(scalars) !== messages.length)
        throw new RangeError(`${messages.length} messages and ${countOf(scalars)} scalars`);
      const point = fixedBase(base, messages.length);
      return collect(messages.length, (i) =>
        (ristretto255_hasher.hashToCurve(messages[i]!, { DST: dst }) as Point).add(times(point, scalarOf(scalars, i))),
      );
    },

    addBase: (elements, base, scalars) => {
      const count = countOf(elements);
      if (elements.length !== scalars.length) throw new RangeError(`${count} elements and ${countOf(scalars)} scalars`);
      const point = fixedBase(base, count);
      return collect(count, (i) => decodePoint(elements, i).add(times(point, scalarOf(scalars, i))));
    },

    multiplyBases: (bases, scalars) => {
      const width = countOf(bases);
      const count = countOf(scalars) / width;
      if (!Number.isInteger(count)) throw new RangeError(`expected ${width} scalars a row`);
      const points = Array.from({ length: width }, (_, j) => fixedBase(bases.subarray(j * SIZE, (j + 1) * SIZE), count));
      return collect(count, (i) =>
        points.reduce((sum, point, j) => sum.add(times(point, scalarOf(scalars, i * width + j))), Point.ZERO),
      );
    },

    ...nobleScalars,

    hashOutputs: (messages, elements, suffix) => {
      if (countOf(elements) !== messages.length)
        throw new RangeError(`${messages.length} messages and ${countOf(elements)} elements`);
      return concatBytes(
        ...messages.map((message, i) =>
          hash('sha512', concatBytes(lengthPrefixed(message, elements.subarray(i * SIZE, (i + 1) * SIZE)), suffix), 'buffer'),
        ),
      );
    },

    hashToScalars: (messages, dst) => concatBytes(...messages.map((message) => hashToScalar(message, dst))),

    encryptRows: (values, scalars, basesBytes) => {
      const count = countOf(scalars);
      const width = countOf(basesBytes);
      const points = Array.from({ length: width }, (_, j) => fixedBase(basesBytes.subarray(j * SIZE, (j + 1) * SIZE), count));
      const rows: Uint8Array[] = [];
      for (let i = 0; i < count; i++) {
        const r = scalarOf(scalars, i);
        rows.push(
          collect(width, (j) => {
            const share = times(points[j]!, r);
            return j === 0 ? share : share.add(timesHalfG(values[i * (width - 1) + j - 1]!));
          }),
        );
      }
      return concatBytes(...rows);
    },

    doubleRerandomizeRows: (rows, scalars, basesBytes) => {
      const count = countOf(scalars);
      const width = countOf(basesBytes);
      const points = Array.from({ length: width }, (_, j) => fixedBase(basesBytes.subarray(j * SIZE, (j + 1) * SIZE), count));
      return collect(count * width, (cell) => {
        const share = times(points[cell % width]!, scalarOf(scalars, Math.floor(cell / width)));
        return decodePoint(rows, cell).add(share).double();
      });
    },

    smallLogs: (elements, from, to) =>
      Array.from({ length: countOf(elements) }, (_, i) => smallLog.find(decodePoint(elements, i), from, to)),

    // Its table grows as it searches.
    prepareSmallLogs: () => true,

    smallLogStrides: { first: 2 ** 12, most: NobleSmallLog.STRIDE },
  };
};
