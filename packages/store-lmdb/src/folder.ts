import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Windows cannot open a folder to sync it, and does not need to. */
const canSyncFolders: boolean = process.platform !== 'win32';

/** Makes what was created in a folder survive a crash of the machine: on some file systems a synced file in a folder that was not synced is gone. */
export const syncFolder = async (folder: string): Promise<void> => {
  if (!canSyncFolders) return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Makes the folder where it is missing, for its owner only from the first moment on. One that exists keeps its permissions: whoever mounted it chose them, and the files in it
 * are for their owner only. Rejects with the error of the file system.
 */
export const makeFolder = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncFolder(dirname(first));
};

/** Files of LMDB in a folder. */
export const DATA_FILE = 'data.mdb';
export const LOCK_FILE = 'lock.mdb';

/** Takes the permissions of others off files that were put here with too many, such as a copy that was put back. */
export const keepPrivate = async (folder: string): Promise<void> => {
  for (const file of [DATA_FILE, LOCK_FILE]) {
    const path = join(folder, file);
    const found = await stat(path).catch((error: { readonly code?: unknown }) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found !== undefined && (found.mode & 0o077) !== 0) await chmod(path, 0o600);
  }
};
