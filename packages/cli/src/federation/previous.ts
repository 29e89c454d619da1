import { E, hexToBytes } from '@vouchsafe/core';
import { type Federation, openFederation } from '@vouchsafe/protocol';
import { badInput } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { readFederationFile } from './file.ts';

/**
 * The signed version that was in force before: by the auditor's present key, or by one that the newer document names as its former key, for the auditor's key rotates
 * as well.
 */
export const readPrevious = async (path: string, newer: Federation): Result<Federation> => {
  const file = await readFederationFile(path);
  if (E.isLeft(file)) return file;
  if (file.right.signature === undefined)
    return E.left(badInput(`${path} is a draft: the version before is one that the auditor signed`));
  const auditor = newer.members.find(({ role }) => role === 'auditor');
  const keys = auditor ? [auditor.signKey, ...(auditor.formerKeys ?? []).map(({ signKey }) => signKey)] : [];
  for (const key of keys) {
    const opened = openFederation(file.right, hexToBytes(key));
    if (E.isRight(opened)) return opened;
    if (opened.left._tag !== 'FederationNotSigned') return E.left(badInput(`${path}: ${opened.left.message}`));
  }
  return E.left(badInput(`${path} is not signed by the auditor that the newer document names, or was changed after signing`));
};
