import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexCache } from './port.ts';

/** Windows cannot open a folder to sync it, and does not need to. */
const canSyncFolders: boolean = process.platform !== 'win32';

const isMissing = (error: unknown): boolean => (error as { readonly code?: unknown }).code === 'ENOENT';

/** What a promise gives, or undefined when there is no such file. */
const ifThere = async <A>(promise: Promise<A>): Promise<A | undefined> => {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/**
 * Files in a folder of their own, which is made where it is missing, for its owner only. A file that stands there under its name was whole and on the disk before it got the name; a download has `.part`
 * behind its name, and goes on after a restart. Nothing else is put there, and nothing of it is secret: it can be deleted at any time.
 */
export const folderCache = (folder: string): IndexCache => {
  const fileOf = (name: string): string => {
    if (!/^[0-9a-f]{64}$/.test(name)) throw new RangeError('a file of an index is named by its SHA-256');
    return join(folder, name);
  };
  const partOf = (name: string): string => `${fileOf(name)}.part`;
  return {
    read: (name) => ifThere(readFile(fileOf(name)).then(own)),
    partial: async (name) => (await ifThere(readFile(partOf(name)).then(own))) ?? new Uint8Array(0),
    write: async (name, from, bytes) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = partOf(name);
      // `r+` keeps what is there, and needs a file.
      const file = (await ifThere(open(path, 'r+'))) ?? (await open(path, 'w', 0o600));
      try {
        await file.truncate(from);
        for (let done = 0; done < bytes.length; )
          done += (await file.write(bytes, done, bytes.length - done, from + done)).bytesWritten;
      } finally {
        await file.close();
      }
    },
    complete: async (name) => {
      const part = await open(partOf(name), 'r+');
      try {
        await part.sync();
      } finally {
        await part.close();
      }
      await rename(partOf(name), fileOf(name));
      if (!canSyncFolders) return;
      const handle = await open(folder, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    remove: async (name) => {
      await rm(fileOf(name), { force: true });
      await rm(partOf(name), { force: true });
    },
  };
};

/** Not a Buffer: whoever takes a copy of one with `slice` gets a view. */
const own = (file: Buffer): Uint8Array => new Uint8Array(file.buffer, file.byteOffset, file.length);
