import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { createPlace } from './command.test.fixture.ts';
import { createFile, replaceFile } from './write-file.ts';

const { call, folder, path, start, within } = await createPlace();

describe('a file', () => {
  it('is replaced with its permissions kept, also behind a link', async () => {
    await writeFile(path('one'), 'old');
    await chmod(path('one'), 0o640);
    await symlink('one', path('link'));
    expect(await replaceFile(path('link'), 'new')).toEqual(E.right(undefined));
    expect(await readFile(path('one'), 'utf8')).toBe('new');
    expect((await stat(path('one'))).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(['link', 'one']);
  });

  it('is created only where nothing stands', async () => {
    expect(await createFile(path('two'), Uint8Array.of(1, 2))).toEqual(E.right(undefined));
    expect(await createFile(path('two'), 'other')).toMatchObject({ left: { _tag: 'FileExists', exit: 2 } });
    expect(await readFile(path('two'))).toEqual(Buffer.from([1, 2]));
    // Of many at once, one.
    const all = await Promise.all(Array.from({ length: 8 }, (_, i) => createFile(path('three'), String(i))));
    expect(all.filter(E.isRight)).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['link', 'one', 'three', 'two']);
  });

  it('that cannot be written leaves nothing behind, and says why', async () => {
    await mkdir(path('folder'));
    for (const [name, why] of [
      ['folder', /it is a folder/],
      ['nowhere/file', /there is no such folder/],
      ['one/file', /is no folder/],
    ] as const)
      expect(await replaceFile(path(name), 'x'), name).toMatchObject({ left: { exit: 3, message: expect.stringMatching(why) } });
    expect(await readdir(folder)).toEqual(['folder', 'link', 'one', 'three', 'two']);
  });

  it('is the old one or the new one, whole, whenever the command is killed', async () => {
    const key = '8a'.repeat(32);
    await within(`federation new ring --auditor bank --sign-key ${key} --scheme cn-rid`);
    // How long a call takes here, so that the kills fall on its whole length.
    const began = performance.now();
    expect((await call(`federation add member b --role bureau --sign-key ${'8b'.repeat(32)}`)).code).toBe(0);
    const length = performance.now() - began;
    const tries = 12;
    for (let i = 0; i < tries; i++) {
      const { child, ended } = start([
        'federation',
        'add',
        'member',
        `b${i}`,
        '--role',
        'bureau',
        '--sign-key',
        (0xa0 + i).toString(16).repeat(32),
      ]);
      await wait(length * (0.5 + (0.6 * i) / tries));
      child.kill(i % 2 === 0 ? 'SIGKILL' : 'SIGINT');
      const { code } = await ended;
      const { federation } = JSON.parse(await readFile(path('federation.json'), 'utf8'));
      const added = federation.members.some(({ id }: { id: string }) => id === `b${i}`);
      if (code === 0) expect(added).toBe(true);
    }
    expect((await within('federation add epoch --roster x,y')).err).toMatch(/no member "x"/);
  }, 120_000);
});
