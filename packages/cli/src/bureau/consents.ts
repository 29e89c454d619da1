import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_CONSENT_BYTES } from '@vouchsafe/consent';
import { E } from '@vouchsafe/core';
import { badInput } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { fileFailure, readWhole } from '../read-file.ts';

/** Where the receipt of a person of the list is looked for. */
export const receiptName = (row: number): string => `${row}.receipt`;

/**
 * Consent receipts of a list of people: a file for a list of one, else a folder with `1.receipt`, `2.receipt`, … by the rows of the list.
 * @returns one a person; none where no consent was given
 */
export const readConsents = async (path: string | undefined, people: number): Result<readonly (Uint8Array | undefined)[]> => {
  if (path === undefined) return E.right(Array.from({ length: people }, () => undefined));
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (error) {
    return E.left(fileFailure(path, 'read', error));
  }
  if (!isFolder && people > 1)
    return E.left(
      badInput(
        `the list has ${people} people: name a folder with --consent, in which the receipt of row 1 is ${receiptName(1)}, and so on`,
      ),
    );
  const receipts: Uint8Array[] = [];
  for (let row = 1; row <= people; row++) {
    const receipt = await readWhole(isFolder ? join(path, receiptName(row)) : path, MAX_CONSENT_BYTES);
    if (E.isLeft(receipt)) return receipt;
    receipts.push(receipt.right);
  }
  return E.right(receipts);
};
