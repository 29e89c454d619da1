import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { E, type Either } from '@vouchsafe/core';
import { tryLock, unlock } from 'fs-native-extensions';
import type { StoreLocked } from './errors.ts';

/** The one who may use a store. */
export interface StoreLock {
  release(): Promise<void>;
}

/** The file is never removed: somebody could be about to lock the removed one. */
const FILE = 'owner';
/** The byte that is locked. It lies behind the text, which would else be unreadable on Windows. */
const LOCKED_BYTE: number = 2 ** 30;
const TEXT = /^([1-9][0-9]{0,9})\n$/;

/**
 * Makes this the only user of a folder.
 *
 * LMDB alone would let several processes write, and each would charge a query to its own idea of a budget. The lock is the kernel's (`F_OFD_SETLK` on Linux, `flock` on macOS,
 * `LockFileEx` on Windows): it belongs to the open file, so it also holds against a second opening in this process and between containers that share a folder, where process
 * numbers mean nothing; of two who start at the same instant one gets it; and it ends with the process, however that ends. A file with a process number has none of this.
 * Rejects with the error of the file system.
 */
export const lockFolder = async (folder: string): Promise<Either<StoreLocked, StoreLock>> => {
  // Not `w`: that would empty the file of the one who has the lock.
  const file = await open(join(folder, FILE), 'a+', 0o600);
  try {
    if (!tryLock(file.fd, LOCKED_BYTE, 1)) {
      const refused = E.left(locked(await ownerOf(file)));
      await file.close();
      return refused;
    }
    // For the message of the next one only: on a full disk it is left out.
    await file
      .truncate(0)
      .then(
        () => file.write(`${process.pid}\n`),
        () => undefined,
      )
      .catch(() => undefined);
  } catch (error) {
    await file.close();
    throw error;
  }
  return E.right({
    release: async () => {
      unlock(file.fd, LOCKED_BYTE, 1);
      await file.close();
    },
  });
};

const ownerOf = async (file: FileHandle): Promise<number | undefined> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
  const pid = TEXT.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
  return pid === undefined ? undefined : Number(pid);
};

const locked = (pid: number | undefined): StoreLocked => {
  const who = pid === undefined ? 'another process' : pid === process.pid ? 'this process' : `process ${pid}`;
  return {
    _tag: 'StoreLocked',
    message: `${who} has this store open, and only one may: close it there first, or give each its own folder`,
    pid,
  };
};
