import { concatBytes } from '@vouchsafe/core';
import {
  ELEMENT_BYTES,
  type ElementBytes,
  type Elements,
  elementAt,
  GENERATOR,
  type Group,
  type ScalarBytes,
  type Scalars,
} from '@vouchsafe/group';
import type { HolderKeys } from '../keys.ts';
import { rowBytes } from '../rows.ts';
import { type PlainRows, sealingScalars } from '../seal.ts';
import { runningScalar, runningSums, TWO, ZERO } from './running.ts';

/** Σ over the doubled inputs that the verifier needs: A = Σu·P, Σu·2C and Σu·2D_j. */
export interface InputSums {
  /** @param weights u for rows [from, from + k) of stream 1, which come in order */
  weigh(from: number, weights: Scalars): Promise<void>;
  close(): Promise<{ readonly a: ElementBytes; readonly c: ElementBytes /** V × 32 bytes. */; readonly d: Elements }>;
}

/** The sums for anybody who has the rows of stream 1. @param rows k × (V+2) × 32 bytes from row `from` on */
export const sumsOfRows = (
  { slots, rows }: { readonly slots: number; readonly rows: (from: number, count: number) => Promise<Elements> },
  group: Group,
): InputSums => {
  const sums = runningSums(slots + 2, group);
  return {
    weigh: async (from, weights) => {
      const own = await rows(from, weights.length / ELEMENT_BYTES);
      if (own.length * ELEMENT_BYTES !== weights.length * rowBytes(slots)) throw new RangeError('rows of stream 1 are missing');
      sums.add(await group.multiScalarRowsPublic(own, slots + 2, weights));
    },
    close: async () => {
      const [a, ...rest] = await Promise.all(Array.from({ length: slots + 2 }, (_, j) => sums.total(j)));
      const half = concatBytes(...rest) as Elements;
      const doubled = await group.add(half, half);
      return { a: a!, c: elementAt(doubled, 0), d: doubled.subarray(ELEMENT_BYTES) as Elements };
    },
  };
};

/**
 * The holder's shortcut: it made the rows, so Σu·2C = (2Σu·r)·G and Σu·2D_j = (Σu·v_j)·G + (2Σu·r)·PK_j are arithmetic modulo q, and only A is a sum of elements.
 * @param plain rows of stream 1 before encryption, in its order
 */
export const sumsOfOwnRows = (
  {
    keys,
    jointKeys,
    plain,
  }: {
    readonly keys: HolderKeys;
    readonly jointKeys: Elements;
    readonly plain: (from: number, count: number) => Promise<PlainRows>;
  },
  group: Group,
): InputSums => {
  const slots = jointKeys.length / ELEMENT_BYTES;
  const a = runningSums(1, group);
  const r = runningScalar(group);
  const v = Array.from({ length: slots }, () => runningScalar(group));
  return {
    weigh: async (from, weights) => {
      const count = weights.length / ELEMENT_BYTES;
      const rows = await plain(from, count);
      if (rows.pseudonyms.length !== weights.length) throw new RangeError('rows of stream 1 are missing');
      // Threads add while this one derives.
      const adding = group.multiScalarRowsPublic(rows.pseudonyms, 1, weights);
      adding.catch(() => undefined);
      const randomness = sealingScalars(keys, { jointKeys, rows }, group);
      r.add(group.dotScalars(randomness, weights));
      for (const [j, sum] of v.entries()) {
        const column = columnOf(rows.values, slots, j);
        sum.add(group.dotScalars(column, weights));
        column.fill(0);
      }
      randomness.fill(0);
      rows.values.fill(0);
      a.add(await adding);
    },
    close: async () => {
      const twice = group.multiplyAddScalars(TWO, r.value, ZERO);
      const shares = await group.multiply(jointKeys, repeated(twice, slots));
      const values = concatBytes(...v.map(({ value }) => value)) as Scalars;
      const d = await group.add(await group.multiplyBase(GENERATOR, values), shares);
      return { a: await a.total(), c: await group.multiplyBase(GENERATOR, twice), d };
    },
  };
};

/** Slot j of each row as a scalar. */
const columnOf = (values: Uint32Array, slots: number, j: number): Scalars => {
  const count = values.length / slots;
  const words = new Uint32Array(count * (ELEMENT_BYTES / 4));
  for (let i = 0; i < count; i++) words[i * (ELEMENT_BYTES / 4)] = values[i * slots + j]!;
  return new Uint8Array(words.buffer) as Scalars;
};

const repeated = (scalar: ScalarBytes, count: number): Scalars =>
  concatBytes(...Array.from({ length: count }, () => scalar)) as Scalars;
