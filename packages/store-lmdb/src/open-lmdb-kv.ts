import { E, type Either, type Kv, kvOver, type TaskEither } from '@vouchsafe/core';
import { type Environment, openEnvironment, removeEmptyTables } from './environment.ts';
import { messageOf, type OpenStoreError } from './errors.ts';
import { faultOfCommit, freeBytes } from './fault.ts';
import { keepPrivate, makeFolder, syncFolder } from './folder.ts';
import { checkMark, encodeMark, MARK_KEY, MARK_TABLE, type StoreFormat } from './format.ts';
import { lmdbEngine } from './lmdb-engine.ts';
import { lockFolder, type StoreLock } from './lock.ts';
import { write } from './write.ts';

/** Where a store is, and what it has to be. */
export interface LmdbOptions {
  /** Made when it is missing. Everything of the store is in it, and nothing else should be. */
  readonly folder: string;
  /** What the store is to be used as. Written into a new one, compared with what an old one says. */
  readonly format: StoreFormat;
  /**
   * Bytes of a page, for a new store: a power of two from 4,096 to 32,768. By default the system's, most often 4,096, which suits small records; 16,384 suits tables of rows of
   * some hundred bytes that are loaded once.
   */
  readonly pageSize?: number | undefined;
}

/** The durable implementation of the port, in one folder. */
export interface LmdbKv extends Kv {
  /** Bytes that are free for it on its disk: for a warning before it is full. */
  freeBytes(): Promise<number>;
}

const PAGE_SIZES: readonly (number | undefined)[] = [undefined, 4096, 8192, 16_384, 32_768];

/**
 * Opens the store in a folder, or makes it. One process has it, once, until it is closed or ends; then, also after `kill -9` or a power failure, it opens at once with exactly
 * the transactions that were committed.
 */
export const openLmdbKv =
  (options: LmdbOptions): TaskEither<OpenStoreError, LmdbKv> =>
  async () => {
    if (!PAGE_SIZES.includes(options.pageSize)) throw new RangeError('a page has 4096, 8192, 16384 or 32768 bytes');
    try {
      await makeFolder(options.folder);
      const lock = lockFolder(options.folder);
      if (E.isLeft(lock)) return lock;
      return await openLocked(options, lock.right);
    } catch (error) {
      const { tag, code } = await faultOfCommit(error, options.folder);
      return E.left({ _tag: tag, message: messageOf(tag, code) });
    }
  };

const openLocked = async (
  { folder, format, pageSize }: LmdbOptions,
  lock: StoreLock,
): Promise<Either<OpenStoreError, LmdbKv>> => {
  let environment: Environment | undefined;
  try {
    await keepPrivate(folder);
    const opened = await openEnvironment({ folder, pageSize, made: lock.made });
    if (E.isLeft(opened)) {
      lock.release();
      return opened;
    }
    environment = opened.right;
    const marked = await mark(environment, format);
    if (E.isRight(marked)) {
      await removeEmptyTables(environment, folder);
      lock.noteMade();
      await syncFolder(folder);
      return E.right(assemble(environment, folder, lock));
    }
    await environment.root.close();
    lock.release();
    return marked;
  } catch (error) {
    await environment?.root.close();
    lock.release();
    throw error;
  }
};

/** Checks the mark of an old store, writes that of a new one. */
const mark = async ({ root, tables, openTable }: Environment, format: StoreFormat): Promise<Either<OpenStoreError, void>> => {
  const found = tables.get(MARK_TABLE)?.get(MARK_KEY);
  if (found !== undefined) return checkMark(found, format);
  await write(root, () => {
    const table = openTable(MARK_TABLE);
    tables.set(MARK_TABLE, table);
    void table.put(MARK_KEY, encodeMark(format));
  });
  return E.right(undefined);
};

const assemble = (environment: Environment, folder: string, lock: StoreLock): LmdbKv => {
  const engine = lmdbEngine(environment, folder);
  const close = async (): Promise<void> => {
    try {
      await engine.close();
    } finally {
      lock.release();
    }
  };
  return { ...kvOver({ ...engine, close }), freeBytes: () => freeBytes(folder) };
};
