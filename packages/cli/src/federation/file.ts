import { decodeShape, E, type Either, hexToBytes, record } from '@vouchsafe/core';
import { Federation, openFederation, type SignedFederation } from '@vouchsafe/protocol';
import * as t from 'io-ts';
import { badInput, badVerdict, type Failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { readJson } from '../read-file.ts';

/** A federation file is far shorter: a thousand members take half a megabyte. */
export const MAX_FILE_BYTES: number = 8 * 1024 * 1024;

/** Where commands look when no file is named. */
export const DEFAULT_FILE = 'federation.json';

/** A federation file. Without a signature it is a draft: the same document, which may still lack something. */
export interface FederationFile {
  readonly federation: Federation;
  /** 128 hexadecimal digits. */
  readonly signature?: string | undefined;
}

const Envelope: t.Type<{ readonly federation: unknown; readonly signature?: unknown }, unknown, unknown> = record(
  'federation file',
  { federation: t.unknown },
  { signature: t.unknown },
);

/** Reads a file, signed or not, as it stands: neither its signature nor its sense is checked. */
export const readFederationFile = async (path: string): Result<FederationFile> => {
  const json = await readJson(path, MAX_FILE_BYTES);
  return E.isLeft(json) ? json : decodeFile(path, json.right);
};

const decodeFile = (path: string, value: unknown): Either<Failure, FederationFile> => {
  const envelope = decodeShape(Envelope, value);
  if (E.isLeft(envelope)) return E.left(badInput(`${path} is no federation file: ${envelope.left.message}`));
  const { signature } = envelope.right;
  if (signature !== undefined && !(typeof signature === 'string' && /^[0-9a-f]{128}$/.test(signature)))
    return E.left(badInput(`${path} is no federation file: its signature is not 128 hexadecimal digits`));
  const federation = decodeShape(Federation, envelope.right.federation);
  if (E.isLeft(federation)) return E.left(badInput(`${path}: ${federation.left.message}`));
  return E.right({ federation: federation.right, ...(signature === undefined ? {} : { signature }) });
};

/** The text of a file. */
export const fileText = (file: FederationFile | SignedFederation): string => {
  const federation = Federation.encode(file.federation);
  return `${JSON.stringify({ federation, ...(file.signature === undefined ? {} : { signature: file.signature }) }, null, 2)}\n`;
};

/** Does a signed file still say what was signed, as far as the file itself can tell? Whose signature counts is another question. */
export const checkIntact = (path: string, file: FederationFile): Either<Failure, void> => {
  const auditor = file.federation.members.find(({ role }) => role === 'auditor');
  const opened = openFederation(file, hexToBytes(auditor?.signKey ?? ''));
  if (E.isRight(opened)) return E.right(undefined);
  return E.left(
    badVerdict(
      opened.left._tag,
      `${path} was changed after it was signed: take the signed version, and change it with vouchsafe federation add, which gives it a new serial`,
    ),
  );
};
