/**
 * Where a bureau keeps the files of tag indexes, by their names: SHA-256 in 64 hexadecimal digits. It is no place to trust: whoever reads a file checks its hash, and removes one that is not what its
 * name says. `memoryCache` ends with the process, `folderCache` keeps them in a folder of their own. A promise rejects when files cannot be read or written.
 */
export interface IndexCache {
  /** The whole file, if its download was completed. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** What is there of a download that is not completed: the file's first bytes. */
  partial(name: string): Promise<Uint8Array>;
  /** Writes bytes [from, from + k) of a download. What lies behind them counts no more. */
  write(name: string, from: number, bytes: Uint8Array): Promise<void>;
  /** The download is whole: from now on it is the file, also after a crash. */
  complete(name: string): Promise<void>;
  /** Removes the file and what is there of a download. */
  remove(name: string): Promise<void>;
}
