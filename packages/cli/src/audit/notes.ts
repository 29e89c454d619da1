import { openCheckpoint } from '@vouchsafe/audit';
import { E, type Either, utf8ToBytes } from '@vouchsafe/core';
import { type Federation, memberOf } from '@vouchsafe/protocol';
import { logOf } from '@vouchsafe/querier';
import { badInput, type Failure } from '../exit.ts';

/** Signed checkpoints by holder. */
export type Notes = ReadonlyMap<string, readonly Uint8Array[]>;

/** A text that may hold several notes, one after the other. */
export interface NoteFile {
  readonly path: string;
  readonly text: string;
}

/** A note ends in its signature lines (C2SP signed-note): whatever follows the last of them is the next note. */
const splitNotes = (text: string): readonly string[] =>
  [...text.replaceAll('\r\n', '\n').matchAll(/\n*([\s\S]+?\n\n(?:— [^\n]*(?:\n|$))+)/g)].map(([, note]) =>
    note!.endsWith('\n') ? note! : `${note}\n`,
  );

/** Reads notes and checks that each is a checkpoint that the holder of that name signed: else a stranger's note would make a good log look bad. */
export const readNotes = (federation: Federation, files: readonly NoteFile[]): Either<Failure, Notes> => {
  const notes = new Map<string, Uint8Array[]>();
  for (const { path, text } of files) {
    const found = splitNotes(text);
    if (found.length === 0) return E.left(badInput(`${path} holds no signed checkpoint`));
    for (const note of found) {
      const origin = note.slice(0, note.indexOf('\n'));
      const holder = origin.startsWith(`${federation.id}/`) ? origin.slice(federation.id.length + 1) : '';
      if (memberOf(federation, holder, 'holder') === undefined)
        return E.left(badInput(`${path} holds a checkpoint of a log that no holder of federation "${federation.id}" has`));
      const bytes = utf8ToBytes(note);
      const opened = openCheckpoint(bytes, logOf(federation, holder));
      if (E.isLeft(opened)) return E.left(badInput(`${path}, on the log of "${holder}": ${opened.left.message}`));
      notes.set(holder, [...(notes.get(holder) ?? []), bytes]);
    }
  }
  return E.right(notes);
};
