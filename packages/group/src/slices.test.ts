import type { Progress } from '@vouchsafe/core';
import { seededRng } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import { backends } from './backends.test.list.ts';
import { createGroup, type Elements, GENERATOR, type Group, randomScalars, type Scalars } from './index.ts';
import { inSlices } from './slices.ts';

const busyFor = (ms: number): void => {
  const start = performance.now();
  while (performance.now() - start < ms);
};

describe('inSlices', () => {
  const rows = 1000;
  const work = (from: number, to: number): Uint8Array =>
    Uint8Array.from({ length: 2 * (to - from) }, (_, i) => (2 * from + i) % 251);

  it('gives the same bytes whatever the cuts: quick, slow and uneven work', async () => {
    const whole = work(0, rows);
    const cuts = new Set<string>();
    for (const pace of [() => 0, () => 4, (from: number) => (from % 3 === 0 ? 9 : 0)]) {
      const seen: string[] = [];
      const sliced = await inSlices({
        rows,
        rowBytes: 2,
        work: (from, to) => {
          seen.push(`${from}-${to}`);
          busyFor(pace(from));
          return work(from, to);
        },
      });
      expect(sliced).toEqual(whole);
      cuts.add(seen.join());
    }
    expect(cuts.size).toBeGreaterThan(1);
  });

  it('gives the event loop its turn between slices', async () => {
    let turns = 0;
    const clock = setInterval(() => turns++, 1);
    await inSlices({
      rows: 40,
      rowBytes: 0,
      work: (from, to) => {
        busyFor(5 * (to - from));
        return new Uint8Array(0);
      },
    });
    clearInterval(clock);
    expect(turns).toBeGreaterThan(5);
  });

  it('remembers how fast the last work was, and finds out again when it is slower', async () => {
    const pace = {};
    const slicesOf = async (ms: number): Promise<number> => {
      let slices = 0;
      await inSlices({
        rows: 40,
        rowBytes: 0,
        pace,
        work: (from, to) => {
          slices++;
          busyFor(ms * (to - from));
          return new Uint8Array(0);
        },
      });
      return slices;
    };
    const first = await slicesOf(0);
    expect(first).toBeGreaterThan(1);
    expect(await slicesOf(0)).toBe(1);
    await slicesOf(3);
    expect(await slicesOf(3)).toBeGreaterThan(first);
  });

  it('does nothing for no rows, and nothing when it is already stopped', async () => {
    const never = (): Uint8Array => {
      throw new Error('was called');
    };
    expect(await inSlices({ rows: 0, rowBytes: 2, work: never })).toEqual(new Uint8Array(0));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(inSlices({ rows, rowBytes: 2, work: never, watch: { signal } })).rejects.toThrow('enough');
  });
});

describe.each(backends)('watching the $name backend', ({ create }) => {
  const group = createGroup({ backend: create() });
  const n = 60;
  const scalars = randomScalars(n, seededRng('slices'));
  const generators = Buffer.concat(Array.from({ length: n }, () => GENERATOR)).subarray() as Uint8Array as Elements;
  const messages = Array.from({ length: n }, (_, i) => Uint8Array.of(i));
  /** One that knows nothing of how fast it is: it begins with short slices. */
  const fresh = (): Group => createGroup({ backend: create() });
  const calls: Record<string, (group: Group, watch: Parameters<Group['receive']>[1]) => Promise<unknown>> = {
    receive: (group, watch) => group.receive(generators, watch),
    hashToGroup: (group, watch) => group.hashToGroup(messages, Uint8Array.of(1), watch),
    multiply: (group, watch) => group.multiply(generators, scalars, watch),
    multiplyBase: (group, watch) => group.multiplyBase(GENERATOR, scalars, watch),
    add: (group, watch) => group.add(generators, generators, watch),
    subtract: (group, watch) => group.subtract(generators, generators, watch),
    sumRows: (group, watch) => group.sumRows(generators, 1, watch),
    multiScalar: (group, watch) => group.multiScalar(generators, scalars, watch),
    encryptRows: (group, watch) => group.encryptRows(new Uint32Array(n), scalars, generators.subarray(0, 64) as Elements, watch),
    doubleRerandomizeRows: (group, watch) => group.doubleRerandomizeRows(generators, scalars, GENERATOR, watch),
  };

  it.each(Object.keys(calls))('%s tells its progress to the end', async (name) => {
    const seen: Progress[] = [];
    await calls[name]!(fresh(), { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every((one) => one.total === n)).toBe(true);
    expect(seen.map((one) => one.done)).toEqual(seen.map((one) => one.done).toSorted((a, b) => a - b));
    expect(seen.at(-1)!.done).toBe(n);
  });

  it.each(Object.keys(calls))('%s stops in the middle when asked, with the signal’s reason', async (name) => {
    const abort = new AbortController();
    let last = 0;
    const onProgress = ({ done }: Progress): void => {
      last = done;
      abort.abort(new Error('enough'));
    };
    await expect(calls[name]!(fresh(), { signal: abort.signal, onProgress })).rejects.toThrow('enough');
    expect(last).toBeLessThan(n);
  });

  it('cuts do not show in a result: one by one it is the same', async () => {
    const whole = await group.multiplyBase(GENERATOR, scalars);
    const hashed = await group.hashToGroup(messages, Uint8Array.of(1));
    for (let i = 0; i < n; i += 7) {
      const row = (packed: Uint8Array): Uint8Array => packed.subarray(32 * i, 32 * i + 32);
      expect(await group.multiplyBase(GENERATOR, row(scalars) as Scalars)).toEqual(row(whole));
      expect(await group.hashToGroup([messages[i]!], Uint8Array.of(1))).toEqual(row(hashed));
    }
  });
});
