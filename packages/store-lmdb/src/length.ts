import { statSync } from 'node:fs';
import { join } from 'node:path';
import { i2osp } from '@vouchsafe/core';
import { DamagedFile } from './data-file.ts';
import type { Table } from './environment.ts';
import { DATA_FILE } from './folder.ts';

/** Stands beside the mark: a length that the data file once had, 6 bytes. */
const LENGTH_KEY: Uint8Array = new TextEncoder().encode('length');

/**
 * The file never shrinks, so it is never shorter than what it says of itself. LMDB has no such check.
 * @throws DamagedFile
 */
export const checkLength = (mark: Table | undefined, size: number): void => {
  const noted = mark?.get(LENGTH_KEY);
  if (noted !== undefined && size < Buffer.from(noted).readUIntBE(0, 6)) throw new DamagedFile('cut off');
};

/** Notes the length of the data file, in each transaction that finds it longer. */
export const lengthKeeper = (
  folder: string,
): {
  /** Within a write transaction: its sync also makes the length durable that it finds. */
  readonly note: (mark: Table) => void;
  /** That transaction was made. */
  readonly committed: () => void;
  /** Is the file longer than it says? */
  readonly grown: () => boolean;
} => {
  const path = join(folder, DATA_FILE);
  let durable = 0;
  let noted = 0;
  return {
    note: (mark) => {
      noted = statSync(path).size;
      if (noted > durable) mark.put(LENGTH_KEY, i2osp(noted, 6));
    },
    committed: () => {
      durable = Math.max(durable, noted);
    },
    grown: () => statSync(path).size > durable,
  };
};
