import { randomBytes } from 'node:crypto';
import { chmod, link, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { E, type Either } from '@vouchsafe/core';
import type { Failure } from './exit.ts';
import { fileExists, fileFailure } from './read-file.ts';

/** Writes a file beside its place and moves it there: whoever reads it finds the old one or the new one, whole. An old one's permissions are kept. */
export const replaceFile = async (path: string, content: string | Uint8Array): Promise<Either<Failure, void>> => {
  // Where a link leads, or the link itself would be replaced.
  const place = await realpath(path).catch(() => path);
  return writeBeside(place, content, async (beside) => {
    const old = await stat(place).catch(() => undefined);
    if (old) await chmod(beside, old.mode & 0o777);
    await rename(beside, place);
  });
};

/** As {@link replaceFile}, but what is there stays as it is, also when it came only now. */
export const createFile = (path: string, content: string | Uint8Array): Promise<Either<Failure, void>> =>
  // Unlike a rename, a link is refused where something stands.
  writeBeside(path, content, (beside) => link(beside, path));

/** As {@link createFile}, for a file that is made by something else, e.g. a database. For its owner only: what is made so is about people. @param make makes the file at the path that it is given */
export const createFileWith = (path: string, make: (beside: string) => Promise<void>): Promise<Either<Failure, void>> =>
  makeBeside(
    path,
    async (beside) => {
      await make(beside);
      await chmod(beside, 0o600);
      const handle = await open(beside, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    (beside) => link(beside, path),
  );

const writeBeside = (
  path: string,
  content: string | Uint8Array,
  move: (beside: string) => Promise<void>,
): Promise<Either<Failure, void>> =>
  makeBeside(
    path,
    async (beside) => {
      const handle = await open(beside, 'wx');
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    move,
  );

const makeBeside = async (
  path: string,
  make: (beside: string) => Promise<void>,
  move: (beside: string) => Promise<void>,
): Promise<Either<Failure, void>> => {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await make(beside);
    await move(beside);
    await syncFolder(dirname(resolve(path)));
    return E.right(undefined);
  } catch (error) {
    return E.left(
      (error as { readonly code?: unknown }).code === 'EEXIST' ? fileExists(path) : fileFailure(path, 'written', error),
    );
  } finally {
    await rm(beside, { force: true }).catch(() => undefined);
  }
};

/** The new name survives a crash of the machine only when the folder is synced too. Windows cannot open one, and does not need to. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
