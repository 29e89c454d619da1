import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Progress } from '@vouchsafe/core';
import { type CurvePool, openCurvePool, WorkersFailed } from '@vouchsafe/kernels';
import { seededRng } from '@vouchsafe/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGroup, type Elements, GENERATOR, randomScalars, type Scalars } from './index.ts';

const COUNT = 1500;
const local = createGroup({ backend: 'plain', pool: null });
const scalars = randomScalars(COUNT, seededRng('pool failure'));
const key = scalars.subarray(0, 32) as Scalars;
let points: Elements;
let folder: string;
let pool: CurvePool;

/** Programs that a thread may come to run, for lack of memory, of a file, or of luck. */
const PROGRAMS: Readonly<Record<string, string | undefined>> = {
  'a file that is not there': undefined,
  'a program that breaks off while it loads': 'throw new Error("no memory for an instance");',
  'a program that breaks off at a task':
    'export default () => new Promise(() => setTimeout(() => { throw new Error("gone"); }, 5));',
  'a program whose task fails without being wrong': 'export default () => { throw new TypeError("a trap"); };',
};

const openFailing = async (name: string, size: number): Promise<CurvePool> => {
  const file = join(folder, `${Object.keys(PROGRAMS).indexOf(name)}.mjs`);
  if (PROGRAMS[name] !== undefined) await writeFile(file, PROGRAMS[name]);
  return openCurvePool({ module: 'plain', size, file: pathToFileURL(file) });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vouchsafe-pool-'));
  points = await local.multiplyBase(GENERATOR, scalars);
});
afterEach(() => pool.close());
afterAll(() => rm(folder, { recursive: true }));

describe.each(Object.keys(PROGRAMS))('threads that run %s', (name) => {
  it('make every task of the pool reject with what happened, at once and later: none waits for ever', async () => {
    pool = await openFailing(name, 2);
    const task: Parameters<CurvePool['run']>[0] = { operation: 'add', args: [GENERATOR, GENERATOR] };
    const tasks = Array.from({ length: 5 }, () => pool.run(task));
    for (const result of await Promise.allSettled(tasks)) expect(result).toMatchObject({ reason: expect.any(WorkersFailed) });
    await expect(pool.run(task)).rejects.toThrow(WorkersFailed);
  });

  it.each([1, 2])('leave the work to the caller’s thread (of a pool of %i)', async (size) => {
    pool = await openFailing(name, size);
    const group = createGroup({ backend: 'plain', pool });
    const seen: Progress[] = [];
    expect(await group.multiply(points, key, { onProgress: (progress) => seen.push(progress) })).toEqual(
      await local.multiply(points, key),
    );
    expect(seen.at(-1)).toEqual({ task: 'group', done: COUNT, total: COUNT });
    expect(seen.every(({ done, total }) => done <= total && total === COUNT)).toBe(true);
    // Sums are added up from pieces: each piece counts once.
    expect(await group.sumRows(points, 3)).toEqual(await local.sumRows(points, 3));
  });
});

describe('threads that break off in the middle', () => {
  it('leave what is not done yet', async () => {
    const good = openCurvePool({ module: 'plain', size: 2 });
    pool = good;
    let calls = 0;
    const breaking = {
      size: 2,
      pending: 0,
      run: (task: Parameters<CurvePool['run']>[0]) =>
        ++calls === 4 ? Promise.reject(new WorkersFailed('the fourth')) : good.run(task),
    };
    const group = createGroup({ backend: 'plain', pool: breaking });
    expect(await group.sumRows(points, 3)).toEqual(await local.sumRows(points, 3));
    calls = 0;
    expect(await group.multiply(points, key)).toEqual(await local.multiply(points, key));
    expect(calls).toBeGreaterThan(3);
  });

  it('stop when told, also in what this thread does in their place', async () => {
    const control = new AbortController();
    pool = await openFailing('a program that breaks off at a task', 1);
    const group = createGroup({ backend: 'plain', pool });
    const stopped = group.multiply(points, key, {
      signal: control.signal,
      onProgress: () => control.abort('enough'),
    });
    await expect(stopped).rejects.toBe('enough');
  });
});
