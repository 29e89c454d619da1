import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { csprng } from '@vouchsafe/core';
import { DATA_FILE, LOCK_FILE } from './folder.ts';

/** What is in the folder is no LMDB, or only the beginning of one. */
export class DamagedFile extends Error {
  readonly code: 'no LMDB file' | 'cut off' | 'no data file';

  constructor(code: DamagedFile['code']) {
    super(code);
    this.code = code;
  }
}

/** Where `mdb.c` has them on a 64-bit machine: a page header of 24 bytes, then the meta page with its magic number, version, … and page size. */
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const HEADER_BYTES = 52;
const MAGIC = 0xbeef_c0de;
const DATA_VERSION = 2;

/** What a new store needs at first, and more. */
const ROOM_BYTES = 65_536;

/**
 * Finds out in advance whether LMDB could open the files of a folder. lmdb-js 3.5 ends the process (it frees memory twice) when LMDB refuses, so it must not come to that: for
 * want of permission, of room for a new file, or because the file is not what it should be. Rejects with the error of the file system, or {@link DamagedFile}.
 * @param made there was a store: no file, or an empty one, is then a damage; starting anew would forget every budget that was spent
 */
export const checkDataFile = async (folder: string, made: boolean): Promise<void> => {
  const data = await look(join(folder, DATA_FILE), checkHeader);
  if (data === 0 && made) throw new DamagedFile('no data file');
  const lock = await look(join(folder, LOCK_FILE), async () => undefined);
  if (data === 0 || lock === 0) await needRoom(folder);
};

/** @returns the size of a file, 0 when it is missing */
const look = async (path: string, check: (file: FileHandle, size: number) => Promise<void>): Promise<number> => {
  const file = await open(path, 'r+').catch(ifMissing);
  if (file === undefined) return 0;
  try {
    const { size } = await file.stat();
    if (size > 0) await check(file, size);
    return size;
  } finally {
    await file.close();
  }
};

const ifMissing = (error: { readonly code?: unknown }): undefined => {
  if (error.code !== 'ENOENT') throw error;
};

const checkHeader = async (file: FileHandle, size: number): Promise<void> => {
  const header = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
  const magic = header.readUInt32LE(MAGIC_AT);
  const version = header.readUInt32LE(MAGIC_AT + 4) & 0xffff;
  if (bytesRead < HEADER_BYTES || magic !== MAGIC || version !== DATA_VERSION) throw new DamagedFile('no LMDB file');
  // Two meta pages at least.
  if (size < 2 * header.readUInt32LE(PAGE_SIZE_AT)) throw new DamagedFile('cut off');
};

const needRoom = async (folder: string): Promise<void> => {
  const path = join(folder, `room-${Buffer.from(csprng(8)).toString('hex')}`);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(new Uint8Array(ROOM_BYTES));
    } finally {
      await file.close();
    }
  } finally {
    await rm(path, { force: true });
  }
};
