import { open, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { KvFailure } from '@vouchsafe/core';
import { DATA_FILE } from './folder.ts';

/** What went wrong: which of the three it is, and its code for the operator. */
export interface Fault {
  readonly tag: KvFailure['_tag'];
  readonly code: string;
}

type Codes = Readonly<Record<string, string>>;

/** LMDB (`lmdb.h`) or our own check of the file says that the file is not what it should be. */
const DAMAGED: Codes = {
  '-30797': 'MDB_PAGE_NOTFOUND',
  '-30796': 'MDB_CORRUPTED',
  '-30794': 'MDB_VERSION_MISMATCH',
  '-30793': 'MDB_INVALID',
  '-30784': 'MDB_INCOMPATIBLE',
  '-30779': 'MDB_PROBLEM',
  'cut off': 'cut off',
  'no LMDB file': 'no LMDB file',
  'no data file': 'no data file',
};

/** No more room of some sort in LMDB, no room on the disk, in a quota, in the largest file. Node gives the names, LMDB the numbers. */
const FULL: Codes = {
  '-30792': 'MDB_MAP_FULL',
  '-30791': 'MDB_DBS_FULL',
  '-30788': 'MDB_TXN_FULL',
  ENOSPC: 'ENOSPC',
  '28': 'ENOSPC',
  EFBIG: 'EFBIG',
  '27': 'EFBIG',
  EDQUOT: 'EDQUOT',
  [process.platform === 'linux' ? '122' : '69']: 'EDQUOT',
};

/** The system's code for a device that fails, and LMDB's for a write that was made in part only. */
const EIO = 5;

export const codeOf = (error: unknown): string => String((error as { readonly code?: unknown }).code ?? 'unknown');

/** Sorts out an error of LMDB or of the file system. */
export const faultOf = (error: unknown): Fault => {
  const code = codeOf(error);
  if (code in DAMAGED) return { tag: 'StoreDamaged', code: DAMAGED[code]! };
  if (code in FULL) return { tag: 'StoreFull', code: FULL[code]! };
  return { tag: 'StoreUnwritable', code: code === String(EIO) ? 'EIO' : code };
};

/** More than LMDB writes for the smallest transaction. */
const PROBE_BYTES = 65_536;

/**
 * Sorts out the error of a commit. LMDB says EIO when a write was made in part only, as on a full disk, and also when the device fails: which it was is seen by writing on at
 * the end of the file, where no page is yet.
 */
export const faultOfCommit = async (error: unknown, folder: string): Promise<Fault> => {
  const fault = faultOf(error);
  if (fault.code !== 'EIO') return fault;
  try {
    const file = await open(join(folder, DATA_FILE), 'r+');
    try {
      const { size } = await file.stat();
      try {
        for (let at = 0; at < PROBE_BYTES; )
          at += (await file.write(new Uint8Array(PROBE_BYTES - at), 0, null, size + at)).bytesWritten;
      } finally {
        await file.truncate(size);
      }
    } finally {
      await file.close();
    }
  } catch (second) {
    return faultOf(second);
  }
  return fault;
};

/** The bytes that are free for this process on the disk of a folder. */
export const freeBytes = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};
