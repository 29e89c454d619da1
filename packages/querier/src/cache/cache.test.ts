import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderCache, type IndexCache, memoryCache } from './index.ts';

const NAME = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);
const bytes = (...all: readonly number[]): Uint8Array => Uint8Array.from(all);
const base = await mkdtemp(join(tmpdir(), 'vouchsafe-cache-'));
afterAll(() => rm(base, { recursive: true }));

let folders = 0;
const KINDS: readonly { readonly name: string; readonly make: () => { readonly open: () => IndexCache } }[] = [
  {
    name: 'in memory',
    make: () => {
      const cache = memoryCache();
      return { open: () => cache };
    },
  },
  {
    name: 'in a folder, opened again for each step',
    make: () => {
      const folder = join(base, String(folders++), 'deep');
      return { open: () => folderCache(folder) };
    },
  },
];

describe.each(KINDS)('a cache $name', ({ make }) => {
  it('takes a file over in pieces, and has it when it is complete', async () => {
    const { open } = make();
    expect(await open().read(NAME)).toBeUndefined();
    expect(await open().partial(NAME)).toEqual(bytes());
    await open().write(NAME, 0, bytes(1, 2));
    await open().write(NAME, 2, bytes(3));
    expect([await open().partial(NAME), await open().read(NAME)]).toEqual([bytes(1, 2, 3), undefined]);
    await open().complete(NAME);
    expect([await open().partial(NAME), await open().read(NAME)]).toEqual([bytes(), bytes(1, 2, 3)]);
    expect(await open().read(OTHER)).toBeUndefined();
  });

  it('goes on at any place, and what lay behind it is gone', async () => {
    const { open } = make();
    await open().write(NAME, 0, bytes(1, 2, 3, 4));
    await open().write(NAME, 1, bytes(9));
    expect(await open().partial(NAME)).toEqual(bytes(1, 9));
    await open().write(NAME, 0, bytes(7));
    expect(await open().partial(NAME)).toEqual(bytes(7));
  });

  it('removes a file with its download, and what is not there', async () => {
    const { open } = make();
    await open().remove(NAME);
    await open().write(NAME, 0, bytes(1));
    await open().complete(NAME);
    await open().write(NAME, 0, bytes(2));
    await open().remove(NAME);
    expect([await open().partial(NAME), await open().read(NAME)]).toEqual([bytes(), undefined]);
  });
});

describe('a folder of files', () => {
  it('is for its owner only, holds files under their hashes and nothing else', async () => {
    const folder = join(base, 'own');
    const cache = folderCache(folder);
    await cache.write(NAME, 0, bytes(1));
    await cache.write(OTHER, 0, bytes(1));
    await cache.complete(NAME);
    expect((await readdir(folder)).sort()).toEqual([NAME, `${OTHER}.part`]);
    if (process.platform !== 'win32') {
      expect((await stat(folder)).mode & 0o077).toBe(0);
      expect((await stat(join(folder, NAME))).mode & 0o077).toBe(0);
    }
  });

  it('takes no name that is no hash: none leads out of the folder', async () => {
    const cache = folderCache(join(base, 'names'));
    for (const name of ['', '../secrets', 'x'.repeat(64), `${NAME}/..`]) expect(() => cache.read(name)).toThrow(RangeError);
  });
});
