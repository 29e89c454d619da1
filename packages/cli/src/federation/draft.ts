import { decodeShape, E, type Either, encodeCanonical, equalBytes } from '@vouchsafe/core';
import { Federation, readFederation } from '@vouchsafe/protocol';
import { badInput, type Failure } from '../exit.ts';
import type { FederationFile } from './file.ts';

/** A changed document, and what was changed, in words. */
export interface Change {
  readonly federation: Federation;
  readonly notes: readonly string[];
}

/**
 * The file after a change. A signed one becomes a draft with the next serial; a draft keeps its serial, since nobody has it yet.
 * @returns undefined for the draft when nothing changes: a signed file then stays signed
 */
export const draftOf = (
  file: FederationFile,
  change: (federation: Federation) => Either<Failure, Change>,
): Either<Failure, { readonly draft: FederationFile | undefined; readonly notes: readonly string[] }> => {
  const made = change(file.federation);
  if (E.isLeft(made)) return made;
  const { federation, notes } = made.right;
  const shape = decodeShape(Federation, federation);
  if (E.isLeft(shape)) return E.left(badInput(shape.left.message));
  const encoding = (one: Federation): Uint8Array => encodeCanonical(Federation.encode(one));
  if (equalBytes(encoding(federation), encoding(file.federation))) return E.right({ draft: undefined, notes });
  const serial = file.federation.serial + (file.signature === undefined ? 0 : 1);
  return E.right({ draft: { federation: { ...shape.right, serial } }, notes });
};

/** Why a draft cannot be signed yet, or nothing. */
export const lacking = (federation: Federation): string | undefined => {
  const read = readFederation(federation);
  return E.isLeft(read) ? read.left.message.replace(/^federation document: /, '') : undefined;
};
