import { compareBytes, E, type Either, equalBytes, type Signer, utf8ToBytes } from '@vouchsafe/core';
import { type BadCheckpoint, badCheckpoint } from './errors.ts';
import { decodeBase64, openNote, signNote } from './note.ts';
import { EMPTY_ROOT, HASH_BYTES, isLogSize, MAX_LOG_SIZE } from './tree.ts';

/** The state of a log: how many entries it has, and the Merkle root over them. */
export interface Checkpoint {
  /** Which log, see {@link originOf}. */
  readonly origin: string;
  readonly size: number;
  /** RFC 6962 root, 32 bytes. */
  readonly root: Uint8Array;
}

/** Whose checkpoints to believe: a log and the keys that sign for it. After a change of keys the old ones stay in the list, for what they signed. */
export interface LogIdentity {
  readonly origin: string;
  /** Ed25519, 32 bytes each. */
  readonly publicKeys: readonly Uint8Array[];
}

/** Visible ASCII without plus, so that the origin is also the name of its key (C2SP tlog-checkpoint, "Signatures") and no two spellings look alike. */
const ORIGIN = /^[!-*,-~]{1,128}$/;

/** The origin of a holder's log: `<federation>/<holder>`. @throws RangeError for names that cannot stand in one */
export const originOf = ({ federation, holder }: { readonly federation: string; readonly holder: string }): string =>
  checkedOrigin(`${federation}/${holder}`);

const checkedOrigin = (origin: string): string => {
  if (!ORIGIN.test(origin)) throw new RangeError('an origin has 1 to 128 visible ASCII characters and no plus');
  return origin;
};

/** C2SP tlog-checkpoint, "Note text": three lines and no extension lines, which nobody could audit. */
const textOf = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;

/**
 * Signs a checkpoint as a note (C2SP tlog-checkpoint) whose key name is the origin. Whoever signs must never sign one that does not continue all that it signed before.
 * @returns the note in UTF-8; the same for the same checkpoint and key
 */
export const signCheckpoint = (checkpoint: Checkpoint, signer: Signer): Uint8Array => {
  const { size, root } = checkpoint;
  if (!isLogSize(size) || root.length !== HASH_BYTES)
    throw new RangeError('a checkpoint has a whole size and a root of 32 bytes');
  return signNote({ text: textOf(checkpoint), name: checkedOrigin(checkpoint.origin), signer });
};

/** A checkpoint that its log has signed, and how many signature lines its note has. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly signatures: number;
}

/** Checks a checkpoint's signature, form and origin. A note of one log is never taken for that of another, even under the same key. */
export const openCheckpoint = (
  note: Uint8Array,
  { origin, publicKeys }: LogIdentity,
): Either<BadCheckpoint, OpenedCheckpoint> => {
  const opened = openNote(
    note,
    publicKeys.map((publicKey) => ({ name: origin, publicKey })),
  );
  if (E.isLeft(opened)) return E.left(badCheckpoint(opened.left));
  const { text, signatures } = opened.right;
  const [first, second, third, ...more] = text.split('\n');
  if (first === undefined || second === undefined || third === undefined || more.length !== 1)
    return E.left(badCheckpoint('its text has not exactly three lines'));
  if (first !== origin) return E.left(badCheckpoint('it is of another log'));
  const size = sizeOf(second);
  if (size === undefined) return E.left(badCheckpoint(`its size is no plain decimal up to ${MAX_LOG_SIZE}`));
  const root = decodeBase64(third);
  if (root?.length !== HASH_BYTES) return E.left(badCheckpoint('its root is not the base64 of 32 bytes'));
  if (size === 0 && !equalBytes(root, EMPTY_ROOT)) return E.left(badCheckpoint('the root of no entries is SHA-256 of nothing'));
  return E.right({ origin, size, root, signatures });
};

/** Is this note over exactly this checkpoint? Says nothing about its signature: for notes that the caller wrote itself. */
export const statesCheckpoint = (note: Uint8Array, checkpoint: Checkpoint): boolean => {
  const text = utf8ToBytes(`${textOf(checkpoint)}\n`);
  return note.length > text.length && compareBytes(note.subarray(0, text.length), text) === 0;
};

/** "ASCII decimal with no leading zeroes." */
const sizeOf = (written: string): number | undefined =>
  /^(0|[1-9][0-9]{0,14})$/.test(written) && isLogSize(Number(written)) ? Number(written) : undefined;
