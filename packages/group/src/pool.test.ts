import { existsSync } from 'node:fs';
import { E, type Progress } from '@vouchsafe/core';
import { type CurvePool, openCurvePool } from '@vouchsafe/kernels';
import { seededRng } from '@vouchsafe/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchPool, BatchTask } from './backend.ts';
import { createGroup, type Elements, GENERATOR, type Group, randomScalars, type Scalars } from './index.ts';

const rng = seededRng('pool');
const COUNT = 2101;
const local = createGroup({ backend: 'plain', pool: null });
let pool: CurvePool;
let pooled: Group;
let points: Elements;
let scalars: Scalars;

beforeAll(async () => {
  // Workers run from `dist`: `npm run build` comes first, as in `npm test`.
  expect(existsSync(new URL('../../kernels/dist/worker.js', import.meta.url))).toBe(true);
  pool = openCurvePool({ module: 'plain', size: 2 });
  pooled = createGroup({ backend: 'plain', pool });
  scalars = randomScalars(COUNT, rng);
  points = await local.multiplyBase(GENERATOR, scalars);
});
afterAll(() => pool.close());

const cut = <T extends Uint8Array>(packed: T, count: number): T => packed.subarray(0, 32 * count) as T;
const dst = new Uint8Array([1, 2, 3]);

describe('a pool', () => {
  const operations: Readonly<Record<string, (group: Group) => Promise<unknown>>> = {
    receive: (group) => group.receive(points),
    'receive with a bad element': (group) => group.receive(Buffer.concat([points, new Uint8Array(64)])),
    hashToGroup: (group) => group.hashToGroup(messages, dst),
    hashAndMultiply: (group) => group.hashAndMultiply(messages, dst, cut(scalars, 1)),
    'hashAndMultiply, own scalars': (group) => group.hashAndMultiply(messages, dst, scalars),
    'multiply by one': (group) => group.multiply(points, cut(scalars, 1)),
    'multiply, own scalars': (group) => group.multiply(points, scalars),
    multiplyBase: (group) => group.multiplyBase(cut(points, 1), scalars),
    add: (group) => group.add(points, points),
    subtract: (group) => group.subtract(points, points),
    sumRows: (group) => group.sumRows(cut(points, 2100), 7),
    multiScalar: (group) => group.multiScalar(points, scalars),
    multiScalarPublic: (group) => group.multiScalarPublic(points, scalars),
    multiScalarRows: (group) => group.multiScalarRows(cut(points, 2100), 7, cut(scalars, 300)),
    multiScalarRowsPublic: (group) => group.multiScalarRowsPublic(cut(points, 2100), 3, cut(scalars, 700)),
    multiScalarHashed: (group) => group.multiScalarHashed(messages, dst, scalars),
    multiScalarHashedPublic: (group) => group.multiScalarHashedPublic(messages, dst, scalars),
    hashAndAddBase: (group) => group.hashAndAddBase(messages, dst, cut(points, 1), scalars),
    addBase: (group) => group.addBase(points, cut(points, 1), scalars),
    hashToScalars: (group) => group.hashToScalars(messages, dst),
    hashOutputs: (group) => group.hashOutputs(messages, points, dst),
    multiplyBases: (group) => group.multiplyBases(cut(points, 2), cut(scalars, 2000)),
    encryptRows: (group) => group.encryptRows(values, cut(scalars, 300), cut(points, 5)),
    doubleRerandomizeRows: (group) => group.doubleRerandomizeRows(cut(points, 1500), cut(scalars, 300), cut(points, 5)),
  };
  const messages = Array.from({ length: COUNT }, (_, i) => new Uint8Array(i % 90).fill(i));
  const values = new Uint32Array(1200).map((_, i) => i * 0x9e3779b1);

  it.each(Object.keys(operations))('answers as the caller’s thread does: %s', async (name) => {
    expect(await operations[name]!(pooled)).toEqual(await operations[name]!(local));
  });

  it.each([65, 700])('a received batch of %i is decoded once, and answers as one that is decoded each time', async (n) => {
    for (const group of [pooled, local]) {
      const received = await group.receive(cut(points, n));
      if (E.isLeft(received)) throw new Error(received.left.message);
      const own = received.right;
      expect(own).toEqual(cut(points, n));
      const [k, one] = [cut(scalars, n), cut(scalars, 1)];
      expect(await group.multiply(own, one)).toEqual(await local.multiply(cut(points, n), one));
      expect(await group.multiply(own, k)).toEqual(await local.multiply(cut(points, n), k));
      expect(await group.addBase(own, cut(points, 1), k)).toEqual(await local.addBase(cut(points, n), cut(points, 1), k));
      for (const sum of ['multiScalar', 'multiScalarPublic'] as const)
        expect(await group[sum](own, k)).toEqual(await local[sum](cut(points, n), k));
      const spoilt = cut(points, n).slice();
      spoilt.fill(0, 32 * (n - 1));
      expect(await group.receive(spoilt)).toMatchObject({ left: { _tag: 'BadElement', index: n - 1 } });
    }
  });

  it('leaves the caller’s arrays alone', async () => {
    const before = Buffer.from(scalars);
    await pooled.multiply(points, scalars);
    expect(Buffer.compare(before, scalars)).toBe(0);
    expect(scalars.buffer.byteLength).toBeGreaterThan(0);
  });

  it('tells progress to the end', async () => {
    const seen: Progress[] = [];
    await pooled.multiply(points, cut(scalars, 1), { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b));
    expect(seen.at(-1)).toEqual({ task: 'group', done: COUNT, total: COUNT });
  });

  it('stops when told, before and during the work, with the signal’s reason', async () => {
    await expect(pooled.multiply(points, scalars, { signal: AbortSignal.abort('before') })).rejects.toBe('before');
    const control = new AbortController();
    let done = 0;
    const stopped = pooled.multiply(points, scalars, {
      signal: control.signal,
      onProgress: (progress) => {
        done = progress.done;
        control.abort('during');
      },
    });
    await expect(stopped).rejects.toBe('during');
    expect(done).toBeLessThan(COUNT);
  });

  it('hands a caller’s bug back as the RangeError it is, and goes on working', async () => {
    const bad = Buffer.from(points) as Uint8Array as Elements;
    bad[32 * 1500]! ^= 1;
    await expect(pooled.multiply(bad, scalars)).rejects.toThrow(RangeError);
    expect(await pooled.multiply(points, scalars)).toEqual(await local.multiply(points, scalars));
  });

  it('keeps the event loop turning', async () => {
    const longest = async (work: Promise<unknown>): Promise<number> => {
      let [running, max, last] = [true, 0, performance.now()];
      const tick = (): void => {
        const now = performance.now();
        max = Math.max(max, now - last);
        last = now;
        if (running) setImmediate(tick);
      };
      setImmediate(tick);
      await work;
      running = false;
      return max;
    };
    // A stop of ours comes back every time; one that the machine's other work makes does not.
    const least = async (work: () => Promise<unknown>): Promise<number> => {
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 8 && best >= 50; round++) best = Math.min(best, await longest(work()));
      return best;
    };
    await local.smallLogs(GENERATOR, 1);
    expect(await least(() => pooled.multiply(points, scalars))).toBeLessThan(50);
    expect(await least(() => local.multiply(points, scalars))).toBeLessThan(50);
    expect(await least(() => local.smallLogs(cut(points, 1), 2 ** 37))).toBeLessThan(50);
  }, 60_000);
});

describe('when a batch goes to the pool', () => {
  /** A pool that counts what it has at once. */
  const counting = () => {
    const seen = { tasks: 0, atOnce: 0, most: 0 };
    const fake: BatchPool = {
      size: 3,
      get pending() {
        return seen.atOnce;
      },
      run: async (task: BatchTask) => {
        seen.tasks++;
        seen.most = Math.max(seen.most, ++seen.atOnce);
        const result = await pool.run(task);
        seen.atOnce--;
        return result;
      },
    };
    return { seen, group: createGroup({ backend: 'plain', pool: fake }) };
  };

  it('is its length, and few tasks wait at a time', async () => {
    const { seen, group } = counting();
    await group.add(cut(points, 511), cut(points, 511));
    expect(seen.tasks).toBe(0);
    await group.add(points, points);
    expect(seen.tasks).toBeGreaterThan(6);
    expect(seen.most).toBe(6);
  });

  it('cuts no finer than it must where others keep the threads busy', async () => {
    const { seen, group } = counting();
    const alone = await group.add(cut(points, 1024), cut(points, 1024));
    expect(seen.tasks).toBe(4);
    const together = await Promise.all(Array.from({ length: 4 }, () => group.add(cut(points, 1024), cut(points, 1024))));
    expect(seen.tasks).toBe(4 + 4 + 3);
    for (const one of together) expect(one).toEqual(alone);
  });

  it('closes for good', async () => {
    const own = openCurvePool({ module: 'plain', size: 1 });
    const group = createGroup({ backend: 'plain', pool: own });
    expect((await group.add(points, points)).length).toBe(points.length);
    await own.close();
    await expect(group.add(points, points)).rejects.toThrow(RangeError);
  });
});
