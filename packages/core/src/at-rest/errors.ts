/** The passphrase, key or key service does not open this. */
export interface WrongKey {
  readonly _tag: 'WrongKey';
  readonly message: string;
}

/** A new passphrase is too short. */
export interface WeakPassphrase {
  readonly _tag: 'WeakPassphrase';
  readonly message: string;
}

/** The key service that the caller brought did not answer. */
export interface KeyServiceFailed {
  readonly _tag: 'KeyServiceFailed';
  readonly message: string;
}

/** What is stored of a wrapped key makes no sense. */
export interface KeyRecordDamaged {
  readonly _tag: 'KeyRecordDamaged';
  readonly message: string;
}

/** There is nothing to unlock. */
export interface KeyRecordMissing {
  readonly _tag: 'KeyRecordMissing';
  readonly message: string;
}

/** A sealed record was changed, cut, or comes from another place or another store. */
export interface NotOpened {
  readonly _tag: 'NotOpened';
  readonly message: string;
}

/** A key file is already there. */
export interface KeyFileExists {
  readonly _tag: 'KeyFileExists';
  readonly message: string;
}

/** A key file cannot be read or written. */
export interface KeyFileUnusable {
  readonly _tag: 'KeyFileUnusable';
  readonly message: string;
}

export const wrongKey = (message: string): WrongKey => ({ _tag: 'WrongKey', message });
export const recordDamaged = (what: string): KeyRecordDamaged => ({
  _tag: 'KeyRecordDamaged',
  message: `${what} is not as it was written: put back a copy of it`,
});
