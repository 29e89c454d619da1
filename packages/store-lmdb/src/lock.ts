import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { E, type Either } from '@vouchsafe/core';
import { tryLock } from 'fs-native-extensions';
import type { StoreLocked } from './errors.ts';

/** The one who may use a store. */
export interface StoreLock {
  /** Was a store made here once? Then a data file that is missing or empty is no reason to begin anew. */
  readonly made: boolean;
  /** Notes that there is a store. */
  readonly noteMade: () => void;
  readonly release: () => void;
}

/** The file is never removed: somebody could be about to lock the removed one. */
const FILE = 'owner';
/** The byte that is locked. It lies behind the text, which would else be unreadable on Windows. */
const LOCKED_BYTE: number = 2 ** 30;
const TEXT = /^([1-9][0-9]{0,9})\n(made\n)?$/;

/**
 * Makes this the only user of a folder.
 *
 * LMDB alone would let several processes write, and each would charge a query to its own idea of a budget. The lock is the kernel's (`F_OFD_SETLK` on Linux, `flock` on macOS,
 * `LockFileEx` on Windows): it belongs to the open file, so it also holds against a second opening in this process and between containers that share a folder, where process
 * numbers mean nothing; of two who start at the same instant one gets it; and it ends with the process, however that ends. A file with a process number has none of this.
 * @throws the error of the file system
 */
export const lockFolder = (folder: string): Either<StoreLocked, StoreLock> => {
  // A plain descriptor, since a FileHandle that nobody holds is closed, and a closed file is not locked. Not `w`: that would empty the file of the one who has the lock.
  const file = openSync(join(folder, FILE), 'a+', 0o600);
  try {
    if (!tryLock(file, LOCKED_BYTE, 1)) {
      const refused = E.left(locked(readText(file).pid));
      closeSync(file);
      return refused;
    }
  } catch (error) {
    closeSync(file);
    throw error;
  }
  const { made } = readText(file);
  writeText(file, made);
  return E.right({ made, noteMade: () => writeText(file, true), release: () => closeSync(file) });
};

const readText = (file: number): { readonly pid: number | undefined; readonly made: boolean } => {
  const buffer = Buffer.alloc(32);
  const text = TEXT.exec(buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)));
  return { pid: text === null ? undefined : Number(text[1]), made: text?.[2] !== undefined };
};

/** A help for those who come later; on a full disk it is left out, since the lock holds without it. */
const writeText = (file: number, made: boolean): void => {
  try {
    ftruncateSync(file);
    writeSync(file, `${process.pid}\n${made ? 'made\n' : ''}`);
  } catch {
    // See above.
  }
};

const locked = (pid: number | undefined): StoreLocked => {
  const who = pid === undefined ? 'another process' : pid === process.pid ? 'this process' : `process ${pid}`;
  return {
    _tag: 'StoreLocked',
    message: `${who} has this store open, and only one may: close it there first, or give each its own folder`,
    pid,
  };
};
