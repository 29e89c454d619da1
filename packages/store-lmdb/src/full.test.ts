import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, open, opened, type Running, run } from './store.test.process.ts';
import { contentOf, keyOf, numberOf } from './store.test.rows.ts';

/** What the child must have met: no room, as such, for the large and later for the small; and then everything that was done. */
const check = async (running: Running, folder: string): Promise<void> => {
  const last = await running.says('read');
  running.child.stdin!.end();
  await running.ended;
  const { lines } = running;
  expect(lines.slice(0, 3)).toEqual(['open', 'not made StoreFull', 'fresh 2']);
  expect(lines.filter((line) => line.startsWith('failed')).length).toBeGreaterThan(0);
  expect(lines.filter((line) => line.startsWith('failed') && line !== 'failed StoreFull')).toEqual([]);
  const done = lines.filter((line) => line.startsWith('done')).length;
  expect(done).toBeGreaterThan(3);
  expect(last).toBe(`read ${done} ${done}`);
  expect(lines.at(-1)).toBe('closed');
  const kv = await opened(folder);
  try {
    kv.read((reader) => {
      expect(numberOf(reader.get('right', keyOf(0)))).toBe(done);
      const log = [...reader.range('log')];
      expect(log.map(({ key }) => numberOf(key))).toEqual([...Array(done).keys()].map((i) => i + 1));
      for (const { key, value } of log) expect(Buffer.compare(value, contentOf(numberOf(key)))).toBe(0);
    });
    // What the large table had is free for others.
    await kv.commit((writer) => writer.put('t', keyOf(1), new Uint8Array(200_000)));
  } finally {
    await kv.close();
  }
};

/** Mounts a small disk, where that is allowed. */
const smallDisk = (folder: string): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('a store without room', () => {
  it('is not made, and says so', async ({ skip }) => {
    await inFolder(async (folder) => {
      await mkdir(folder);
      if (!smallDisk(folder)) return skip('mounting a small disk is not allowed here');
      try {
        await writeFile(join(folder, 'large'), new Uint8Array(5_000_000)).catch(() => undefined);
        expect(await open(folder)).toMatchObject({ left: { _tag: 'StoreFull' } });
      } finally {
        execFileSync('umount', [folder]);
      }
    })();
  });

  it.skipIf(process.platform === 'win32')(
    'says so at the largest file that is allowed, keeps what was done, and goes on',
    inFolder(async (folder) => {
      // In blocks of 1,024 or of 512 bytes, as the shell has it. Node gets an error, not the signal.
      await check(run('fill', folder, ['sh', '-c', 'ulimit -f 4096; exec "$@"', 'sh']), folder);
    }),
  );

  it('says so on a full disk, keeps what was done, and goes on', async ({ skip }) => {
    await inFolder(async (folder) => {
      await mkdir(folder);
      if (!smallDisk(folder)) return skip('mounting a small disk is not allowed here');
      try {
        await check(run('fill', folder), folder);
      } finally {
        execFileSync('umount', [folder]);
      }
    })();
  });
});
