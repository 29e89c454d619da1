import type { KvFailure } from '@vouchsafe/core';

/** Another process, or another part of this one, has the store open. */
export interface StoreLocked {
  readonly _tag: 'StoreLocked';
  readonly message: string;
  /** The process that has it, as far as it is known. */
  readonly pid?: number | undefined;
}

/** A later version of the software made this store. */
export interface StoreFromLaterVersion {
  readonly _tag: 'StoreFromLaterVersion';
  readonly message: string;
}

/** The store is of another kind, of a version that this one does not read, or none of ours. */
export interface StoreFromOtherVersion {
  readonly _tag: 'StoreFromOtherVersion';
  readonly message: string;
}

/** What is in the folder makes no sense as a store. */
export interface StoreDamaged {
  readonly _tag: 'StoreDamaged';
  readonly message: string;
}

/** The folder or its files cannot be made, read or written. */
export interface StoreUnwritable {
  readonly _tag: 'StoreUnwritable';
  readonly message: string;
}

/** No room on the disk. */
export interface StoreFull {
  readonly _tag: 'StoreFull';
  readonly message: string;
}

/** Why a folder cannot be opened as a store. Each member says what to do. */
export type OpenStoreError =
  | StoreLocked
  | StoreFromLaterVersion
  | StoreFromOtherVersion
  | StoreDamaged
  | StoreUnwritable
  | StoreFull;

/** What went wrong below, as a code: `ENOSPC`, `MDB_CORRUPTED`, … Never a path, a key or a value. */
const WORDS: Readonly<Record<KvFailure['_tag'], (code: string) => string>> = {
  StoreFull: (code) => `there is no room for the store (${code}): make room on its disk`,
  StoreUnwritable: (code) =>
    `the store cannot be written (${code}): check its disk and the permissions of its folder, then start again`,
  StoreDamaged: (code) => `the store is damaged (${code}): put back a copy of the folder that was made while it was closed`,
};

/** @param code e.g. `ENOSPC` */
export const messageOf = (tag: KvFailure['_tag'], code: string): string =>
  code === 'MDB_DBS_FULL' ? 'the store has as many tables as it can: drop some, and open it again' : WORDS[tag](code);
