import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kvOver } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import type { Environment } from './environment.ts';
import { lmdbEngine } from './lmdb-engine.ts';
import { inFolder } from './store.test.process.ts';

/** An LMDB whose commits fail one after the other, with these codes; then they succeed. */
const failing = (
  codes: readonly number[],
  broken = false,
): { readonly environment: Environment; readonly asked: () => number } => {
  let asked = 0;
  const root = {
    transaction: async (work: () => void) => {
      await Promise.resolve();
      work();
      const code = codes[asked++];
      if (code === undefined) return;
      // As lmdb-js says it: the cause comes later, as another rejection.
      const commitError = new Promise((_, reject) => setImmediate(() => reject(Object.assign(new Error('cause'), { code }))));
      commitError.catch(() => undefined);
      throw Object.assign(new Error('Commit failed'), { commitError });
    },
    useReadTransaction: () => ({ done: () => undefined }),
    close: async () => undefined,
  };
  const mark = { put: () => undefined };
  const environment = { root, tables: new Map([['@store', mark]]), openTable: () => mark, isBroken: () => broken };
  return { environment: environment as unknown as Environment, asked: () => asked };
};

const over = async (folder: string, environment: Environment): Promise<ReturnType<typeof kvOver>> => {
  await mkdir(folder);
  await writeFile(join(folder, 'data.mdb'), new Uint8Array(8192));
  return kvOver(lmdbEngine(environment, folder));
};

describe('a commit that fails', () => {
  it.each([
    ['no room', 28],
    ['the largest file', 27],
    ['a transaction that is too large', -30788],
  ])('for %s is told as a full disk, and the next one is tried', (_, code) =>
    inFolder(async (folder) => {
      const { environment, asked } = failing([code, code]);
      const kv = await over(folder, environment);
      await expect(kv.commit(() => 1)).rejects.toMatchObject({ _tag: 'StoreFull' });
      await expect(kv.commit(() => 1)).rejects.toMatchObject({ _tag: 'StoreFull' });
      expect(await kv.commit(() => 3)).toBe(3);
      expect(asked()).toBe(3);
    })(),
  );

  it.each([
    ['a device that fails although there is room', 5, false, 'StoreUnwritable'],
    ['something unknown', 4711, false, 'StoreUnwritable'],
    ['a full disk in the middle of the meta page', 28, true, 'StoreUnwritable'],
    ['a damaged page', -30796, false, 'StoreDamaged'],
  ] as const)('for %s ends all writing, since nobody knows what is on the disk', (_, code, broken, tag) =>
    inFolder(async (folder) => {
      const { environment, asked } = failing([code], broken);
      const kv = await over(folder, environment);
      const all = [kv.commit(() => 1), kv.commit(() => Promise.resolve()), kv.drop('t')];
      for (const each of all) await expect(each).rejects.toMatchObject({ _tag: tag });
      await expect(kv.commit(() => 1)).rejects.toMatchObject({ _tag: tag });
      await expect(kv.load('t', [{ key: Uint8Array.of(1), value: Uint8Array.of(1) }])).rejects.toMatchObject({ _tag: tag });
      expect(asked()).toBe(1);
      await kv.close();
    })(),
  );

  it(
    'has no other outcome for those who threw: what they saw may never have been',
    inFolder(async (folder) => {
      const { environment } = failing([28]);
      const kv = await over(folder, environment);
      const first = kv.commit(() => 1);
      const second = kv.commit(() => {
        throw new Error('refused, because of what the first one wrote');
      });
      await expect(first).rejects.toMatchObject({ _tag: 'StoreFull' });
      await expect(second).rejects.toMatchObject({ _tag: 'StoreFull' });
    }),
  );
});
