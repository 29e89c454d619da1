import { format, parse } from 'node:path';
import { E, type Either } from '@vouchsafe/core';
import type { Federation } from '@vouchsafe/protocol';
import { fine } from '../command.ts';
import type { Failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { exists, readText } from '../read-file.ts';
import { createFile, replaceFile } from '../write-file.ts';
import { type Change, draftOf, lacking } from './draft.ts';
import { checkIntact, type FederationFile, fileText, MAX_FILE_BYTES, readFederationFile } from './file.ts';

/** Where the signed version of a serial is kept when the file becomes a draft: `federation.3.json`. */
export const keptPath = (path: string, serial: number): string => {
  const { dir, name, ext } = parse(path);
  return format({ dir, name: `${name}.${serial}`, ext });
};

/** Reads the file, changes its document, and writes the draft; says what was changed and what is to do next. */
export const changeFile = async (
  { path, out = path }: { readonly path: string; readonly out?: string | undefined },
  change: (federation: Federation) => Either<Failure, Change>,
): Result => {
  const file = await readFederationFile(path);
  if (E.isLeft(file)) return file;
  const intact = file.right.signature === undefined ? E.right(undefined) : checkIntact(path, file.right);
  if (E.isLeft(intact)) return intact;
  const changed = draftOf(file.right, change);
  if (E.isLeft(changed)) return changed;
  const { draft, notes } = changed.right;
  const { serial } = file.right.federation;
  if (draft === undefined)
    return fine(`${path}: nothing to change, it says so already`, {
      file: path,
      changed: false,
      serial,
      signed: file.right.signature !== undefined,
    });
  const kept = file.right.signature !== undefined && out === path ? await keepSigned(path, file.right) : E.right(undefined);
  if (E.isLeft(kept)) return kept;
  const written = await (out === path ? replaceFile : createFile)(out, fileText(draft));
  if (E.isLeft(written)) return written;
  const keptText = kept.right === undefined ? [] : [`The signed version with serial ${serial} is kept in ${kept.right}.`];
  return fine(
    [
      ...draftText(out, draft.federation, notes),
      ...keptText,
      ...(await nextText(out, draft.federation, kept.right ?? (file.right.signature === undefined ? undefined : path))),
    ].join('\n'),
    {
      ...draftJson(out, draft.federation, notes),
      ...(kept.right === undefined ? {} : { kept: kept.right }),
    },
  );
};

/** Without the signed version nobody could check that the next one may follow it. */
const keepSigned = async (path: string, file: FederationFile): Promise<Either<Failure, string>> => {
  const kept = keptPath(path, file.federation.serial);
  const text = await readText(path, MAX_FILE_BYTES);
  if (E.isLeft(text)) return text;
  const created = await createFile(kept, text.right);
  if (E.isRight(created)) return E.right(kept);
  const there = created.left._tag === 'FileExists' ? await readText(kept, MAX_FILE_BYTES) : created;
  return E.isRight(there) && there.right === text.right ? E.right(kept) : created;
};

/** The lines that every command says of a draft that it wrote. */
export const draftText = (path: string, { serial }: Federation, notes: readonly string[]): readonly string[] => [
  `${path}: draft with serial ${serial}`,
  ...notes.map((note) => `  ${note}`),
];

/** What is to do before a draft is a federation file. @param previous the signed version before, where it is known */
export const nextText = async (path: string, federation: Federation, previous?: string): Promise<readonly string[]> => {
  const lacks = lacking(federation);
  if (lacks !== undefined) return [`Before it can be signed: ${lacks}.`];
  const kept = previous ?? keptPath(path, federation.serial - 1);
  const known = previous !== undefined || (await exists(kept));
  const option = federation.serial === 1 ? '' : ` --previous ${known ? kept : 'FILE'}`;
  return ['Nothing is missing. To sign it:', `  vouchsafe federation sign ${path} --keys auditor.key${option}`];
};

/** A draft for `--json`. */
export const draftJson = (file: string, federation: Federation, notes: readonly string[]): Readonly<Record<string, unknown>> => {
  const lacks = lacking(federation);
  return {
    file,
    changed: true,
    serial: federation.serial,
    signed: false,
    notes,
    ...(lacks === undefined ? {} : { lacking: lacks }),
  };
};
