import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { E, type Either } from '@vouchsafe/core';
import { type Failure, interrupted } from '../exit.ts';
import { fileFailure, readText } from '../read-file.ts';
import { createFile, replaceFile } from '../write-file.ts';
import type { NoteFile } from './notes.ts';
import type { Judged } from './verdict.ts';

/** A file with many notes, e.g. all that a bureau saw. */
const MAX_NOTE_FILE_BYTES = 16 * 1024 * 1024;

const SUFFIX = '.note';

/** Reads files of notes. */
export const readNoteFiles = async (paths: readonly string[]): Promise<Either<Failure, readonly NoteFile[]>> => {
  const files: NoteFile[] = [];
  for (const path of paths) {
    const text = await readText(path, MAX_NOTE_FILE_BYTES);
    if (E.isLeft(text)) return text;
    files.push({ path, text: text.right });
  }
  return E.right(files);
};

/** The notes that an earlier run left in the folder. A folder that is not there yet has none. */
export const readSaved = async (folder: string): Promise<Either<Failure, readonly NoteFile[]>> => {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX)).sort();
    return await readNoteFiles(names.map((name) => join(folder, name)));
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 'ENOENT' ? E.right([]) : E.left(fileFailure(folder, 'read', error));
  }
};

/**
 * Keeps the checkpoints for the next time. That of a log that holds takes the place of the holder's last one, which it continues; that of a log that does not is evidence, and
 * stands beside it under a name of its own.
 * @returns the files that were written
 */
export const saveNotes = async (
  folder: string,
  judged: readonly Judged[],
  signal: AbortSignal,
): Promise<Either<Failure, readonly string[]>> => {
  const written: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    return E.left(fileFailure(folder, 'written', error));
  }
  for (const { holder, verdict, checkpoint } of judged) {
    if (checkpoint === undefined || verdict === 'not checked') continue;
    if (signal.aborted) return E.left(interrupted);
    const holds = verdict === 'holds';
    const path = join(folder, `${holder}${holds ? '' : `.evidence-${shortHash(checkpoint)}`}${SUFFIX}`);
    const saved = holds ? await replaceFile(path, checkpoint) : await createFile(path, checkpoint);
    if (E.isLeft(saved) && saved.left._tag !== 'FileExists') return saved;
    written.push(path);
  }
  return E.right(written);
};

const shortHash = (note: Uint8Array): string => createHash('sha256').update(note).digest('hex').slice(0, 12);
