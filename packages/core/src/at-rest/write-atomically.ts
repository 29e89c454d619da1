import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bytesToHex } from '../bytes.ts';
import { csprng } from '../rng.ts';

/** Windows cannot open a folder to sync it, and does not need to. */
const canSyncFolders: boolean = process.platform !== 'win32';

/**
 * Writes a file as a whole, for its owner only: whoever looks, and whatever crashes, sees the old content or all of the new. Rejects with the error of the file system,
 * `EEXIST` when it is there and is not to be replaced.
 */
export const writeAtomically = async ({
  path,
  content,
  replace,
}: {
  readonly path: string;
  readonly content: string;
  readonly replace: boolean;
}): Promise<void> => {
  const fresh = `${path}.${bytesToHex(csprng(8))}.new`;
  try {
    const file = await open(fresh, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    // `rename` replaces what is there; `link` refuses to.
    if (replace) await rename(fresh, path);
    else await link(fresh, path);
  } finally {
    await rm(fresh, { force: true });
  }
  if (canSyncFolders) await syncFolder(dirname(path));
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
