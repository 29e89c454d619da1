import { chmod, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { E } from '@vouchsafe/core';
import { badInput } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { fileFailure } from '../read-file.ts';

/** Is there nothing in the way? Asked before somebody types a passphrase. */
export const mayMakeFolder = async (path: string): Result<void> => {
  try {
    const inside = await readdir(path);
    return inside.length === 0
      ? E.right(undefined)
      : E.left(badInput(`${path} has something in it and was left as it is: name a folder that is new or empty`));
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 'ENOENT'
      ? E.right(undefined)
      : E.left(fileFailure(path, 'read', error));
  }
};

/** Makes a folder whole or not at all, for its owner only: it is filled under another name and then moved to its place. */
export const makeFolder = async <A>(path: string, fill: (folder: string) => Result<A>): Result<A> => {
  const place = resolve(path);
  let beside: string | undefined;
  try {
    beside = await mkdtemp(join(dirname(place), `.${basename(place)}.`));
    await chmod(beside, 0o700);
    const filled = await fill(beside);
    // Onto an empty folder, or where none is.
    if (E.isRight(filled)) await rename(beside, place);
    return filled;
  } catch (error) {
    return E.left(fileFailure(path, 'written', error));
  } finally {
    if (beside !== undefined) await rm(beside, { recursive: true, force: true }).catch(() => undefined);
  }
};
