import { ristretto255 } from '@noble/curves/ed25519.js';
import { concatBytes } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { backends } from './backends.test.list.ts';
import {
  createGroup,
  type Elements,
  GENERATOR,
  IDENTITY,
  ORDER,
  randomScalar,
  randomScalars,
  type Scalars,
  scalarAt,
  toBigint,
  toScalar,
} from './index.ts';

const { Point } = ristretto255;
type Point = InstanceType<typeof Point>;
const pointAt = (packed: Uint8Array, i: number): Point => Point.fromBytes(packed.subarray(32 * i, 32 * i + 32));
const times = (point: Point, scalar: bigint): Point => (scalar === 0n ? Point.ZERO : point.multiply(scalar));
const HALF_G = Point.BASE.multiply((ORDER + 1n) / 2n);
const none = new Uint8Array(0);

describe.each(backends)('rows over the $name backend', ({ create }) => {
  const group = createGroup({ backend: create() });
  const rng = seededRng('rows');
  const secrets = [randomScalar(rng), randomScalar(rng)];
  const bases = concatBytes(GENERATOR, ...secrets.map((secret) => Point.BASE.multiply(toBigint(secret)).toBytes())) as Elements;
  const values = Uint32Array.from([0, 1, 5, 0, 2 ** 32 - 1, 2 ** 31, 77, 2 ** 32 - 1]);
  const randomness = concatBytes(toScalar(1), randomScalars(3, rng)) as Scalars;

  it('encryptRows: C = r·G, D_j = v_j·(G/2) + r·PK_j', async () => {
    const rows = await group.encryptRows(values, randomness, bases);
    expect(rows).toHaveLength(4 * 3 * 32);
    for (let i = 0; i < 4; i++) {
      const r = toBigint(scalarAt(randomness, i));
      expect(pointAt(rows, 3 * i).equals(Point.BASE.multiply(r))).toBe(true);
      for (const j of [0, 1]) {
        const expected = times(HALF_G, BigInt(values[2 * i + j]!)).add(pointAt(bases, 1 + j).multiply(r));
        expect(pointAt(rows, 3 * i + 1 + j).equals(expected), `row ${i}, slot ${j}`).toBe(true);
      }
    }
  });

  it('doubleRerandomizeRows: 2·(R + s·base) in each place', async () => {
    const rows = await group.encryptRows(values, randomness, bases);
    const again = concatBytes(randomScalars(3, rng), toScalar(ORDER - 1n)) as Scalars;
    const out = await group.doubleRerandomizeRows(rows, again, bases);
    for (let cell = 0; cell < 12; cell++) {
      const share = pointAt(bases, cell % 3).multiply(toBigint(scalarAt(again, Math.floor(cell / 3))));
      expect(pointAt(out, cell).equals(pointAt(rows, cell).add(share).multiply(2n)), `cell ${cell}`).toBe(true);
    }
  });

  it('one after the other give rows that open to v·G', async () => {
    const rows = await group.encryptRows(values, randomness, bases);
    const stored = await group.doubleRerandomizeRows(rows, randomScalars(4, rng), bases);
    for (const [cell, v] of values.entries()) {
      const [i, j] = [Math.floor(cell / 2), cell % 2];
      const opened = pointAt(stored, 3 * i + 1 + j).subtract(pointAt(stored, 3 * i).multiply(toBigint(secrets[j]!)));
      expect(opened.equals(times(Point.BASE, BigInt(v)))).toBe(true);
    }
  });

  it('change none of their inputs, and take no rows', async () => {
    const rows = await group.encryptRows(values, randomness, bases);
    const inputs = [values, randomness, bases, rows];
    const before = inputs.map((one) => one.slice());
    await group.encryptRows(values, randomness, bases);
    await group.doubleRerandomizeRows(rows, randomness, bases);
    await group.sumRows(rows, 3);
    expect(inputs).toEqual(before);
    expect(await group.encryptRows(new Uint32Array(0), none as Scalars, bases)).toEqual(none);
    expect(await group.doubleRerandomizeRows(none as Elements, none as Scalars, bases)).toEqual(none);
  });

  it('refuse sizes that do not fit each other: a bug of the caller', async () => {
    await expect(group.encryptRows(values.subarray(1), randomness, bases)).rejects.toThrow(RangeError);
    await expect(group.doubleRerandomizeRows(bases, randomness, bases)).rejects.toThrow(RangeError);
  });

  it('sumRows adds the columns; identities for no rows, and for rows of identities', async () => {
    const rows = await group.encryptRows(values, randomness, bases);
    const sums = await group.sumRows(rows, 3);
    for (let j = 0; j < 3; j++) {
      const expected = [0, 1, 2, 3].reduce((sum, i) => sum.add(pointAt(rows, 3 * i + j)), Point.ZERO);
      expect(pointAt(sums, j).equals(expected)).toBe(true);
    }
    const zeroRow = concatBytes(IDENTITY, IDENTITY, IDENTITY) as Elements;
    expect(await group.sumRows(none as Elements, 3)).toEqual(zeroRow);
    expect(await group.sumRows(concatBytes(zeroRow, zeroRow) as Elements, 3)).toEqual(zeroRow);
    // A zero row takes a subject's place without a trace in the sum.
    expect(await group.sumRows(concatBytes(zeroRow, rows, zeroRow) as Elements, 3)).toEqual(sums);
    await expect(group.sumRows(rows, 5)).rejects.toThrow(RangeError);
  });
});
