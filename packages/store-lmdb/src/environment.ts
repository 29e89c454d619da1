import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { E, type Either } from '@vouchsafe/core';
import * as lmdb from 'lmdb';
import { checkDataFile } from './data-file.ts';
import type { StoreFromOtherVersion } from './errors.ts';
import { faultOfCommit } from './fault.ts';
import { DATA_FILE } from './folder.ts';
import { MARK_TABLE, notOurs } from './format.ts';
import { checkLength } from './length.ts';
import { write } from './write.ts';

export type Table = lmdb.Database<Uint8Array, Uint8Array>;

/** An open LMDB environment with handles of all its tables. */
export interface Environment {
  readonly root: lmdb.RootDatabase<Uint8Array, Uint8Array>;
  /** Every table that exists, durably: nobody else writes, so a name that is missing here is no table. */
  readonly tables: Map<string, Table>;
  /** Opens a table or makes it. Within a write transaction only. */
  readonly openTable: (name: string) => Table;
  /** Did LMDB give the environment up? Its next transaction would never come. */
  readonly isBroken: () => boolean;
}

const BINARY = { keyEncoding: 'binary', encoding: 'binary' } as const;

/** Tables at most, the one for the mark among them. */
export const MAX_TABLES = 1024;

/** `MDB_FATAL_ERROR`: the page that says which state is current could not be written. */
const FATAL = 0x8000_0000;

/**
 * Opens the LMDB environment in a folder. What is set, and why:
 * - `overlappingSync: false`: LMDB's own commit, which writes the pages, syncs, and only then writes the meta page, synchronously; when it returns, all of it is on the disk.
 *   With lmdb-js's overlapping sync (its default) a commit is visible before it is durable, and durable only at `flushed`: somebody could read a budget that a crash takes
 *   back. Its gain, the write lock during the sync, is worth nothing here, since one writer collects all who wait.
 * - `eventTurnBatching: false`: who waits is collected already, and of a batch that fails lmdb-js would leave a rejected promise that nobody listens to.
 * - no `noSync`, `noMetaSync`, `mapAsync`, `useWritemap`: each gives up durability, or lets a stray pointer write into the file.
 * - no `noMemInit`: with it pages would carry whatever the process had in its memory to the disk, secrets too.
 * - no `mapSize`: lmdb-js lets the map grow with the file.
 * - `noSubdir: false`: a folder is a folder, also with a dot in its name.
 * Throws the error of LMDB.
 */
const openRoot = ({
  folder,
  pageSize,
}: {
  readonly folder: string;
  readonly pageSize: number | undefined;
}): Environment['root'] => {
  const options = {
    path: folder,
    noSubdir: false,
    maxDbs: MAX_TABLES,
    overlappingSync: false,
    eventTurnBatching: false,
    permissionsMode: 0o600,
    ...(pageSize === undefined ? {} : { pageSize }),
    ...BINARY,
  };
  return lmdb.open<Uint8Array, Uint8Array>(options);
};

/** Names of the tables: LMDB keeps them as keys of its root, with a zero byte at the end. */
const namesOf = (root: Environment['root']): readonly string[] =>
  [...root.getKeys()].map((key) => Buffer.from(key).toString('latin1').replace(/\0$/, ''));

/** Rejects with the error of LMDB, or {@link DamagedFile}. */
export const openEnvironment = async (options: {
  readonly folder: string;
  readonly pageSize: number | undefined;
  readonly made: boolean;
}): Promise<Either<StoreFromOtherVersion, Environment>> => {
  await checkDataFile(options.folder, options.made);
  const root = openRoot(options);
  let restore = async (): Promise<void> => undefined;
  try {
    const file = await reachable(root, options.folder);
    restore = file.restore;
    const names = namesOf(root);
    // Keys of some other program would not open as tables.
    if (names.length > 0 && !names.includes(MARK_TABLE)) {
      await root.close();
      await restore();
      return E.left(notOurs);
    }
    const tables = new Map<string, Table>();
    const openTable = (name: string): Table => root.openDB<Uint8Array, Uint8Array>({ name, ...BINARY });
    await write(root, () => {
      for (const name of names) tables.set(name, openTable(name));
    });
    checkLength(tables.get(MARK_TABLE), file.size);
    return E.right({ root, tables, openTable, isBroken: () => (envFlags(root) & FATAL) !== 0 });
  } catch (error) {
    await root.close();
    await restore();
    throw error;
  }
};

/**
 * Removes the tables that are empty: dropping one leaves it so, since that would take its handle from readers, and when a store is opened there are none. Where there is no room to do so
 * they stay.
 */
export const removeEmptyTables = async ({ root, tables }: Environment, folder: string): Promise<void> => {
  for (const [name, table] of [...tables]) {
    const [first] = table.getKeys({ limit: 1 });
    if (first !== undefined) continue;
    try {
      await write(root, () => table.dropSync());
    } catch (error) {
      if ((await faultOfCommit(error, folder)).tag !== 'StoreFull') throw error;
    }
    tables.delete(name);
  }
};

/**
 * Makes every page that LMDB knows readable: touching one behind the end of the file would end the process (SIGBUS). LMDB does not write free pages, so the file may rightly
 * be too short for its last ones; then it is lengthened, which costs no room. Otherwise it was cut off, and `restore` leaves it as it was found.
 */
const reachable = async (
  root: Environment['root'],
  folder: string,
): Promise<{ readonly size: number; readonly restore: () => Promise<void> }> => {
  const path = join(folder, DATA_FILE);
  const { lastPageNumber, root: pages } = root.getStats() as { lastPageNumber: number; root: { pageSize: number } };
  const { size } = await stat(path);
  const needed = (lastPageNumber + 1) * pages.pageSize;
  if (size >= needed) return { size, restore: async () => undefined };
  await truncate(path, needed);
  return { size, restore: () => truncate(path, size) };
};

/** Flags of LMDB that lmdb-js reads but does not declare. */
const envFlags = (root: Environment['root']): number => {
  const { nativeAddon } = lmdb as unknown as { readonly nativeAddon: { readonly getEnvFlags: (address: number) => number } };
  const { env } = root as unknown as { readonly env: { readonly address: number } };
  return nativeAddon.getEnvFlags(env.address);
};
