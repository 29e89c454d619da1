import { decodeCanonical, decodeShape, E, type Either, encodeCanonical, record, text, whole } from '@vouchsafe/core';
import type * as t from 'io-ts';
import type { StoreDamaged, StoreFromLaterVersion, StoreFromOtherVersion } from './errors.ts';

/** What a store holds: whose it is, and in which version of its tables. */
export interface StoreFormat {
  /** Lower-case letters, digits and dashes, e.g. `holder`. */
  readonly name: string;
  readonly version: number;
}

/** The mark that stands in every store. */
interface Mark extends StoreFormat {
  /** How this package lays a store out in LMDB. */
  readonly layout: number;
}

/** One named database a table, its name and keys and values as they are. */
const LAYOUT = 1;

const Mark: t.Type<Mark, unknown, unknown> = record<Mark>(
  'Mark',
  { layout: whole(1, 2 ** 31), name: text('a name', /^[a-z0-9-]{1,64}$/), version: whole(1, 2 ** 31) },
  {},
);

/** The table of the mark: no name that the port takes. */
export const MARK_TABLE = '@store';
export const MARK_KEY: Uint8Array = new TextEncoder().encode('mark');

export const encodeMark = ({ name, version }: StoreFormat): Uint8Array => encodeCanonical({ layout: LAYOUT, name, version });

const later = (message: string): Either<StoreFromLaterVersion, never> => E.left({ _tag: 'StoreFromLaterVersion', message });
const other = (message: string): Either<StoreFromOtherVersion, never> => E.left({ _tag: 'StoreFromOtherVersion', message });

/** May a store with this mark be used as that? */
export const checkMark = (
  bytes: Uint8Array,
  { name, version }: StoreFormat,
): Either<StoreFromLaterVersion | StoreFromOtherVersion | StoreDamaged, void> => {
  const mark = E.chainW((document: unknown) => decodeShape(Mark, document))(decodeCanonical(bytes));
  if (E.isLeft(mark))
    return E.left({ _tag: 'StoreDamaged', message: 'the store’s own mark is unreadable: put back a copy of the folder' });
  const found = mark.right;
  if (found.name !== name) return other(`this is a store of a ${found.name}, not of a ${name}: give each its own folder`);
  if (found.layout > LAYOUT || found.version > version)
    return later(
      `a later version made this store (format ${found.version}; this one knows ${version}): upgrade, or use another folder`,
    );
  if (found.layout < LAYOUT || found.version < version)
    return other(`an earlier version made this store (format ${found.version}), and this one reads format ${version} only`);
  return E.right(undefined);
};

/** A folder with an LMDB in it that carries no mark. */
export const notOurs: StoreFromOtherVersion = {
  _tag: 'StoreFromOtherVersion',
  message: 'the folder holds the data of some other program: use another folder',
};
