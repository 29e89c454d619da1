import type { KvFailure } from '@vouchsafe/core';

/** What went wrong: which of the three it is, and its code for the operator. */
export interface Fault {
  readonly tag: KvFailure['_tag'];
  readonly code: string;
}

/** Codes of LMDB (`lmdb.h`) that say that the file is not what it should be. */
const DAMAGED: Readonly<Record<number | string, string>> = {
  'cut off': 'cut off',
  [-30797]: 'MDB_PAGE_NOTFOUND',
  [-30796]: 'MDB_CORRUPTED',
  [-30794]: 'MDB_VERSION_MISMATCH',
  [-30793]: 'MDB_INVALID',
  [-30784]: 'MDB_INCOMPATIBLE',
  [-30779]: 'MDB_PROBLEM',
};

/** Codes of LMDB for a store that has no more room of some sort. */
const FULL: Readonly<Record<number, string>> = {
  [-30792]: 'MDB_MAP_FULL',
  [-30791]: 'MDB_DBS_FULL',
  [-30788]: 'MDB_TXN_FULL',
};

/** Errors of the system for the same: no room, a quota, the largest file. Their numbers are those of LMDB on Linux, on macOS and the BSDs. */
const NO_ROOM: Readonly<Record<string | number, string>> = {
  ENOSPC: 'ENOSPC',
  EDQUOT: 'EDQUOT',
  EFBIG: 'EFBIG',
  28: 'ENOSPC',
  27: 'EFBIG',
  [process.platform === 'linux' ? 122 : 69]: 'EDQUOT',
};

/** A short write has no code of its own in LMDB: it comes as EIO, and most often it means that the disk is full. */
const EIO = 5;
/** Below this, in bytes, a failed write is taken for a full disk. */
const NEARLY_FULL: number = 2 ** 22;

/**
 * Sorts out an error of LMDB or of the file system.
 * @param free bytes that are free on the disk
 */
export const faultOf = (error: unknown, free: number): Fault => {
  const { code } = error as { readonly code?: unknown };
  if ((typeof code === 'number' || typeof code === 'string') && code in DAMAGED)
    return { tag: 'StoreDamaged', code: DAMAGED[code]! };
  if (typeof code === 'number' && code in FULL) return { tag: 'StoreFull', code: FULL[code]! };
  if ((typeof code === 'number' || typeof code === 'string') && code in NO_ROOM)
    return { tag: 'StoreFull', code: NO_ROOM[code]! };
  if (code === EIO && free < NEARLY_FULL) return { tag: 'StoreFull', code: 'EIO' };
  return { tag: 'StoreUnwritable', code: code === EIO ? 'EIO' : String(code ?? 'unknown') };
};
