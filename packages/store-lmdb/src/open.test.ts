import { cp, mkdir, open as openFile, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { E, type Either } from '@vouchsafe/core';
import * as lmdb from 'lmdb';
import { describe, expect, it } from 'vitest';
import { type LmdbKv, type OpenStoreError, openLmdbKv } from './index.ts';
import { inFolder, open, opened, run } from './store.test.process.ts';
import { contentOf, keyOf } from './store.test.rows.ts';

const tagOf = (result: Either<OpenStoreError, LmdbKv>): string => (E.isLeft(result) ? result.left._tag : 'open');
const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

/** A store with some hundred kilobytes in it, closed. */
const filled = async (folder: string): Promise<void> => {
  const kv = await opened(folder);
  await kv.commit((writer) => {
    for (let i = 1; i <= 300; i++) writer.put('t', keyOf(i), contentOf(i));
  });
  await kv.close();
};

describe('a table that is being made', () => {
  it(
    'is none for who reads before its transaction is durable, and whole from then on',
    inFolder(async (folder) => {
      const kv = await opened(folder);
      let early = 0;
      for (let i = 0; i < 100; i++) {
        const name = `made-${i}`;
        let durable = false;
        const making = kv
          .commit((writer) => {
            for (let row = 1; row <= 50; row++) writer.put(name, keyOf(row), contentOf(row));
          })
          .finally(() => {
            durable = true;
          });
        while (!durable) {
          const rows = kv.read((reader) => [reader.get(name, keyOf(1)), ...reader.range(name)].length);
          expect([1, 51]).toContain(rows);
          if (rows === 1) early++;
          await new Promise(setImmediate);
        }
        await making;
        expect(kv.read((reader) => [...reader.range(name)].length)).toBe(50);
      }
      expect(early).toBeGreaterThan(0);
      await kv.close();
    }),
  );
});

describe('opening a store', () => {
  it(
    'makes the folder and its files for their owner only, whatever the umask',
    inFolder(async (folder) => {
      const umask = process.umask(0);
      try {
        const deep = join(folder, 'with.a.dot', 'deep.mdb');
        const kv = await opened(deep);
        await kv.commit((writer) => writer.put('t', keyOf(1), keyOf(1)));
        expect(await modeOf(deep)).toBe('700');
        expect(await modeOf(dirname(deep))).toBe('700');
        const files = (await readdir(deep)).sort();
        expect(files).toEqual(['data.mdb', 'lock.mdb', 'owner']);
        for (const file of files) expect(await modeOf(join(deep, file))).toBe('600');
        await kv.close();
      } finally {
        process.umask(umask);
      }
    }),
  );

  it(
    'takes the permissions of others off files that were put back',
    inFolder(async (folder) => {
      await filled(folder);
      const copy = `${folder}-copy`;
      await mkdir(copy, { mode: 0o755 });
      await writeFile(join(copy, 'data.mdb'), await readFile(join(folder, 'data.mdb')), { mode: 0o644 });
      const kv = await opened(copy);
      expect(await modeOf(join(copy, 'data.mdb'))).toBe('600');
      expect(kv.read((reader) => [...reader.range('t')].length)).toBe(300);
      await kv.close();
    }),
  );

  it(
    'tells what a store is, of which version, and refuses others',
    inFolder(async (folder) => {
      const as = (name: string, version: number) => openLmdbKv({ folder, format: { name, version } })();
      const first = await as('holder', 2);
      if (E.isLeft(first)) throw new Error(first.left.message);
      await first.right.commit((writer) => writer.put('dropped', keyOf(1), keyOf(1)));
      await first.right.drop('dropped');
      await first.right.close();
      const before = await readFile(join(folder, 'data.mdb'));
      expect(tagOf(await as('bureau', 2))).toBe('StoreFromOtherVersion');
      expect(tagOf(await as('holder', 1))).toBe('StoreFromLaterVersion');
      expect(tagOf(await as('holder', 3))).toBe('StoreFromOtherVersion');
      // Whoever was refused has let go of it, and has changed nothing.
      expect(Buffer.compare(await readFile(join(folder, 'data.mdb')), before)).toBe(0);
      const again = await as('holder', 2);
      expect(tagOf(again)).toBe('open');
      if (E.isRight(again)) await again.right.close();
    }),
  );

  it(
    'refuses the data of another program, and does not touch it',
    inFolder(async (folder) => {
      const other = lmdb.open({ path: folder, noSubdir: false });
      await other.put('some', 'thing');
      await other.close();
      const before = await readFile(join(folder, 'data.mdb'));
      expect(tagOf(await open(folder))).toBe('StoreFromOtherVersion');
      expect(Buffer.compare(await readFile(join(folder, 'data.mdb')), before)).toBe(0);
    }),
  );

  it(
    'says that a file is damaged: nonsense, or cut off anywhere, again and again',
    inFolder(async (folder) => {
      await filled(folder);
      const { size } = await stat(join(folder, 'data.mdb'));
      for (const length of [size - 1, size - 4096, Math.floor(size / 2), 40_000, 3 * 4096, 2 * 4096, 4096, 60, 10, 0]) {
        const copy = `${folder}-${length}`;
        await cp(folder, copy, { recursive: true });
        await truncate(join(copy, 'data.mdb'), length);
        for (const _ of [1, 2]) {
          const result = await open(copy);
          expect(tagOf(result), `cut off at ${length} of ${size}`).toBe('StoreDamaged');
          expect((await stat(join(copy, 'data.mdb'))).size).toBe(length);
        }
      }
      const without = `${folder}-without`;
      await cp(folder, without, { recursive: true });
      await rm(join(without, 'data.mdb'));
      expect(tagOf(await open(without))).toBe('StoreDamaged');
      const nonsense = `${folder}-nonsense`;
      await mkdir(nonsense);
      for (const length of [1, 5000, 50_000]) {
        await writeFile(join(nonsense, 'data.mdb'), Buffer.alloc(length, 'nonsense'));
        expect(tagOf(await open(nonsense))).toBe('StoreDamaged');
      }
    }),
  );

  it(
    'says that it cannot write: a file in the way, a folder without permission',
    inFolder(async (folder) => {
      await writeFile(folder, 'in the way');
      expect(tagOf(await open(folder))).toBe('StoreUnwritable');
      expect(tagOf(await open(join(folder, 'below')))).toBe('StoreUnwritable');
      // The same for root: a folder in the place of a file.
      const strange = `${folder}-strange`;
      await mkdir(join(strange, 'data.mdb'), { recursive: true });
      expect(tagOf(await open(strange))).toBe('StoreUnwritable');
      if (process.getuid?.() === 0) return; // Nothing is forbidden to root.
      const closed = `${folder}-closed`;
      await mkdir(closed, { mode: 0o500 });
      expect(tagOf(await open(closed))).toBe('StoreUnwritable');
      expect(tagOf(await open(join(closed, 'below')))).toBe('StoreUnwritable');
    }),
  );

  it(
    'knows the room on its disk',
    inFolder(async (folder) => {
      const kv = await opened(folder);
      expect(await kv.freeBytes()).toBeGreaterThan(0);
      await kv.close();
    }),
  );

  it(
    'takes pages of other sizes, and refuses what is none',
    inFolder(async (folder) => {
      const format = { name: 'test', version: 1 };
      const wide = await openLmdbKv({ folder, format, pageSize: 16_384 })();
      if (E.isLeft(wide)) throw new Error(wide.left.message);
      await wide.right.commit((writer) => writer.put('t', keyOf(1), contentOf(100)));
      await wide.right.close();
      const kv = await opened(folder);
      expect(kv.read((reader) => reader.get('t', keyOf(1)))).toEqual(contentOf(100));
      await kv.close();
      await expect(openLmdbKv({ folder, format, pageSize: 5000 })()).rejects.toThrow(RangeError);
    }),
  );
});

describe('a store that is open', () => {
  it(
    'has room for a thousand tables, says when there are more, and forgets those that were dropped',
    inFolder(async (folder) => {
      const kv = await opened(folder);
      const make = (from: number, to: number): Promise<void> =>
        kv.commit((writer) => {
          for (let i = from; i < to; i++) writer.put(`t-${i}`, keyOf(i), keyOf(i));
        });
      await make(0, 1000);
      const tooMany = make(1000, 1100);
      const beside = kv.commit((writer) => writer.put('t-5', keyOf(1), keyOf(1)));
      await expect(tooMany).rejects.toMatchObject({ _tag: 'StoreFull', message: expect.stringMatching(/tables/) });
      await beside;
      expect(kv.read((reader) => [...reader.range('t-1000')])).toEqual([]);
      for (let i = 0; i < 100; i++) await kv.drop(`t-${i}`);
      await kv.close();
      const again = await opened(folder);
      await again.commit((writer) => {
        for (let i = 2000; i < 2100; i++) writer.put(`t-${i}`, keyOf(i), keyOf(i));
      });
      expect(again.read((reader) => reader.get('t-2099', keyOf(2099)))).toEqual(keyOf(2099));
      expect(again.read((reader) => reader.get('t-999', keyOf(999)))).toEqual(keyOf(999));
      expect(again.read((reader) => reader.get('t-5', keyOf(5)))).toBeUndefined();
      await again.close();
    }),
  );

  it(
    'refuses a second opening in the same process, and in a thread of it',
    inFolder(async (folder) => {
      const kv = await opened(folder);
      const second = await open(folder);
      expect(second).toMatchObject({
        left: { _tag: 'StoreLocked', pid: process.pid, message: expect.stringMatching(/this process/) },
      });
      const program = new URL('../dist/store.test.child.js', import.meta.url);
      const worker = new Worker(program, { argv: ['hold', folder], execArgv: [] });
      expect(await new Promise((resolve) => worker.once('message', resolve))).toMatch(
        /^refused .*this process has this store open/,
      );
      await worker.terminate();
      await kv.commit((writer) => writer.put('t', keyOf(1), keyOf(1)));
      await kv.close();
      const after = await opened(folder);
      expect(after.read((reader) => reader.get('t', keyOf(1)))).toEqual(keyOf(1));
      await after.close();
    }),
  );

  it(
    'refuses another process, names the one that has it, and is free when that one is killed',
    inFolder(async (folder) => {
      const first = run('hold', folder);
      await first.says('open');
      const here = await open(folder);
      expect(here).toMatchObject({ left: { _tag: 'StoreLocked', pid: first.child.pid } });
      const second = run('hold', folder);
      expect(await second.says('refused')).toContain(`process ${first.child.pid} has this store open`);
      await second.ended;
      first.child.kill('SIGKILL');
      await first.ended;
      const kv = await opened(folder);
      await kv.close();
    }),
  );

  it(
    'goes to one of several that start at the same instant',
    inFolder(async (folder) => {
      for (let round = 0; round < 2; round++) {
        const all = Array.from({ length: 4 }, () => run('hold', folder));
        const said = await Promise.all(
          all.map(({ says }) => Promise.race([says('open'), says('refused')].map((line) => line.catch(() => '')))),
        );
        expect(said.filter((line) => line === 'open').length).toBe(1);
        for (const { child } of all) child.stdin!.end();
        await Promise.all(all.map(({ ended }) => ended));
      }
    }),
    60_000,
  );

  it(
    'opens a store that nobody has closed while its lock file is held by nobody',
    inFolder(async (folder) => {
      await filled(folder);
      // A process number that belongs to somebody else by now means nothing.
      const owner = await openFile(join(folder, 'owner'), 'w');
      await owner.write(`${process.ppid}\nmade\n`);
      await owner.close();
      const kv = await opened(folder);
      await kv.close();
    }),
  );
});
