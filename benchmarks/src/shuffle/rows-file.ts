import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

/** Packed rows in a file. */
export interface RowsFile {
  readonly read: (from: number, count: number) => Promise<Uint8Array>;
  readonly append: (rows: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param width bytes a row @param flags as `open` takes them: `r`, or `w` for a new file */
export const rowsFile = async (folder: string, name: string, width: number, flags: 'r' | 'w'): Promise<RowsFile> => {
  const file: FileHandle = await open(join(folder, name), flags);
  return {
    read: async (from, count) => {
      const rows = new Uint8Array(count * width);
      const { bytesRead } = await file.read(rows, 0, rows.length, from * width);
      if (bytesRead !== rows.length) throw new RangeError(`${name} ends before row ${from + count}`);
      return rows;
    },
    append: async (rows) => void (await file.write(rows)),
    close: () => file.close(),
  };
};
