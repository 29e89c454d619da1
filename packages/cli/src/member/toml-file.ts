import { decodeShape, E, type Either } from '@vouchsafe/core';
import type * as t from 'io-ts';
import { parse, TomlError } from 'smol-toml';
import { badInput, type Failure } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { readText } from '../read-file.ts';

/** A configuration is a page. */
const MAX_BYTES = 256 * 1024;

/** Reads a configuration file: TOML, decoded once. A day that is written without quotes is as good as one with them. */
export const readToml = async <A>(path: string, codec: t.Type<A, unknown, unknown>): Result<A> => {
  const text = await readText(path, MAX_BYTES);
  if (E.isLeft(text)) return text;
  const table = parsed(path, text.right);
  if (E.isLeft(table)) return table;
  const value = decodeShape(codec, table.right);
  return E.isLeft(value) ? E.left(badInput(`${path}: ${value.left.message}`)) : value;
};

const parsed = (path: string, text: string): Either<Failure, unknown> => {
  try {
    return E.right(withoutDates(parse(text)));
  } catch (error) {
    // The parser's own words quote the file.
    const where = error instanceof TomlError ? `: look at line ${error.line}, column ${error.column}` : '';
    return E.left(badInput(`${path} is not TOML${where}`));
  }
};

const withoutDates = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(withoutDates);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutDates(inner)]));
};
