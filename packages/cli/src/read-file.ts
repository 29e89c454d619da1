import { lstat, open } from 'node:fs/promises';
import { E, type Either } from '@vouchsafe/core';
import { badInput, EXIT, type Failure } from './exit.ts';

/** What the file system says, in words. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not open it',
  EPERM: 'this user may not do that',
  EROFS: 'the file system is read-only',
  ENOSPC: 'there is no room on the disk',
  EDQUOT: 'there is no room left for this user on the disk',
  EEXIST: 'it exists already',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle',
};

/** A file that cannot be read or written. */
export const fileFailure = (path: string, doing: 'read' | 'written', error: unknown): Failure => {
  const code = String((error as { readonly code?: unknown }).code ?? 'unknown error');
  const why = doing === 'written' && code === 'ENOENT' ? 'there is no such folder' : (WORDS[code] ?? code);
  return { _tag: 'FileFailed', message: `${path} cannot be ${doing}: ${why}`, exit: EXIT.unreachable };
};

/** A file that is there and must not be replaced. */
export const fileExists = (path: string): Failure => ({
  _tag: 'FileExists',
  message: `${path} exists already and was left as it is: choose another name`,
  exit: EXIT.usage,
});

/** Stands anything there? */
export const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/**
 * A whole file, if it is not longer than `maxBytes`. Not by its size: a pipe has none.
 * @returns bytes of their own
 */
export const readWhole = async (path: string, maxBytes: number): Promise<Either<Failure, Uint8Array>> => {
  try {
    const handle = await open(path, 'r');
    try {
      const chunks: Buffer[] = [];
      let length = 0;
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, null);
        if (bytesRead === 0) return E.right(new Uint8Array(Buffer.concat(chunks)));
        length += bytesRead;
        if (length > maxBytes)
          return E.left(badInput(`${path} has more than ${maxBytes} bytes: it is not what is expected here`));
        chunks.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    return E.left(fileFailure(path, 'read', error));
  }
};

/** A whole text file in UTF-8, with or without a byte order mark. */
export const readText = async (path: string, maxBytes: number): Promise<Either<Failure, string>> => {
  const bytes = await readWhole(path, maxBytes);
  if (E.isLeft(bytes)) return bytes;
  try {
    return E.right(new TextDecoder('utf-8', { fatal: true }).decode(bytes.right));
  } catch {
    return E.left(badInput(`${path} is no text in UTF-8`));
  }
};

/** A whole JSON file. */
export const readJson = async (path: string, maxBytes: number): Promise<Either<Failure, unknown>> => {
  const text = await readText(path, maxBytes);
  if (E.isLeft(text)) return text;
  try {
    return E.right(JSON.parse(text.right));
  } catch (error) {
    return E.left(badInput(`${path} is not JSON: ${whereNotJson(text.right, error)}`));
  }
};

/** Where a JSON text goes wrong. The parser's own words quote the file, so only the place is taken from them. */
const whereNotJson = (text: string, error: unknown): string => {
  if (text.trim() === '') return 'it is empty';
  const message = error instanceof Error ? error.message : '';
  const place = / at position (\d+)( \(line \d+ column \d+\))?$/.exec(message)?.[1];
  if (place === undefined && !message.startsWith('Unexpected end'))
    return 'something in it is no value of JSON, such as a word without quotes';
  const at = place === undefined ? text.length : Number(place);
  const before = text.slice(0, at).split('\n');
  const line = `line ${before.length}, column ${before.at(-1)!.length + 1}`;
  return at >= text.trimEnd().length ? `it breaks off at ${line}: is it a whole copy?` : `look at ${line}, or just before it`;
};
