import { E, hexToBytes } from '@vouchsafe/core';
import { type Federation, openFederation, type SignedFederation } from '@vouchsafe/protocol';
import { badInput, badVerdict, EXIT, failure } from '../exit.ts';
import { readFederationFile } from '../federation/file.ts';
import type { Result } from '../outcome.ts';
import type { World } from '../world.ts';

/** A federation file that the auditor signed. */
export interface OpenedFederation {
  readonly file: SignedFederation;
  readonly federation: Federation;
}

/** The auditor's public key: from the configuration, else from the environment. */
export const auditorKeyOf = (config: { readonly path: string; readonly auditorKey: string }, { env }: World): Result<string> => {
  const key = config.auditorKey !== '' ? config.auditorKey : (env['VOUCHSAFE_AUDITOR_KEY'] ?? '').toLowerCase();
  return Promise.resolve(
    /^[0-9a-f]{64}$/.test(key)
      ? E.right(key)
      : E.left(
          badInput(
            `the auditor’s public key is missing: ask the auditor for it, on another way than the federation file, and write it as auditor-key into ${config.path}`,
          ),
        ),
  );
};

/** Reads a federation file and checks who signed it. */
export const readSigned = async (path: string, auditorKey: string): Result<OpenedFederation> => {
  const file = await readFederationFile(path);
  if (E.isLeft(file))
    return file.left._tag === 'FileFailed'
      ? E.left({ ...file.left, message: `${file.left.message}: it is the auditor’s federation file, put a copy of it there` })
      : file;
  const { federation, signature } = file.right;
  if (signature === undefined)
    return E.left(badVerdict('FederationNotSigned', `${path} is a draft: the auditor has not signed it`));
  const opened = openFederation(file.right, hexToBytes(auditorKey));
  if (E.isLeft(opened)) return E.left(failure({ ...opened.left, message: `${path}: ${opened.left.message}` }, EXIT.bad));
  return E.right({ file: { federation, signature }, federation: opened.right });
};
