import { sha256 } from '@noble/hashes/sha2.js';
import { compareBytes, concatBytes, E, type Either, type Signer, utf8ToBytes, verifySignature } from '@vouchsafe/core';

/** A longer note is refused before it is read. It leaves room for 16 post-quantum signatures. */
export const MAX_NOTE_BYTES = 65_536;
/** C2SP signed-note: a verifier limits the signatures of a note, to 16 or more. */
export const MAX_NOTE_SIGNATURES = 32;

/** C2SP signed-note, "Signature types": Ed25519. */
const ED25519 = 0x01;
const KEY_ID_BYTES = 4;
const NEWLINE = 0x0a;
const SPACE = 0x20;

/** A key that may sign a note, under its name. */
export interface NoteKey {
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** What a note says, once a known key has signed it. */
export interface OpenedNote {
  /** With its final newline. */
  readonly text: string;
  /** Signature lines in the note, those of unknown keys too. */
  readonly signatures: number;
}

interface SignatureLine {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** C2SP signed-note, "Format": a key name is not empty and has no Unicode space and no plus. (JavaScript's `\s` leaves out U+0085.) */
export const isKeyName = (name: string): boolean => name.length > 0 && !/[\s\u0085+]/u.test(name);

/** C2SP signed-note, "Ed25519 signatures": SHA-256(name ‖ newline ‖ 0x01 ‖ public key)[:4]. Names a key; an attacker can make another with the same id. */
export const noteKeyId = ({ name, publicKey }: NoteKey): Uint8Array =>
  sha256(concatBytes(utf8ToBytes(name), Uint8Array.of(NEWLINE, ED25519), publicKey)).subarray(0, KEY_ID_BYTES);

/**
 * Signs a text as a note (C2SP signed-note). The same text and key give the same bytes.
 * @param text UTF-8, ends in a newline, no other control characters
 * @throws RangeError for a text or a name that no note can have
 */
export const signNote = ({
  text,
  name,
  signer,
}: {
  readonly text: string;
  readonly name: string;
  readonly signer: Signer;
}): Uint8Array => {
  const bytes = utf8ToBytes(text);
  if (!text.endsWith('\n') || hasControl(bytes))
    throw new RangeError('a note ends in a newline and has no other control characters');
  if (!isKeyName(name)) throw new RangeError('a key name is not empty and has neither spaces nor plus');
  const line = concatBytes(noteKeyId({ name, publicKey: signer.publicKey }), signer.sign(bytes));
  return concatBytes(bytes, utf8ToBytes(`\n— ${name} ${Buffer.from(line).toString('base64')}\n`));
};

/**
 * Reads a note and checks its signatures: the text means nothing before that. A signature line of an unknown key is ignored (key rotation, witnesses); that of a known key must
 * verify, else the whole note is refused; one known key at least must have signed.
 * @returns the text, or in words why not
 */
export const openNote = (note: Uint8Array, keys: readonly NoteKey[]): Either<string, OpenedNote> => {
  const parsed = parseNote(note);
  if (E.isLeft(parsed)) return parsed;
  const { text, lines } = parsed.right;
  const verified = new Set<NoteKey>();
  for (const line of lines) {
    const key = keys.find((one) => one.name === line.name && compareBytes(noteKeyId(one), line.keyId) === 0);
    // A second line of the same key is not looked at, so that a note cannot ask for 32 verifications.
    if (key === undefined || verified.has(key)) continue;
    if (!verifySignature({ publicKey: key.publicKey, message: utf8ToBytes(text), signature: line.signature }))
      return E.left('a signature under a known key does not verify');
    verified.add(key);
  }
  if (verified.size === 0) return E.left('no known key has signed it');
  return E.right({ text, signatures: lines.length });
};

const hasControl = (bytes: Uint8Array): boolean => bytes.some((byte) => byte < SPACE && byte !== NEWLINE);

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const parseNote = (note: Uint8Array): Either<string, { readonly text: string; readonly lines: readonly SignatureLine[] }> => {
  if (note.length > MAX_NOTE_BYTES) return E.left(`longer than ${MAX_NOTE_BYTES} bytes`);
  if (hasControl(note)) return E.left('it has control characters');
  let whole: string;
  try {
    whole = decoder.decode(note);
  } catch {
    return E.left('not UTF-8');
  }
  // "The text is separated from the signatures by the last empty line in the note."
  const split = whole.lastIndexOf('\n\n');
  if (split === -1 || !whole.endsWith('\n')) return E.left('not a text, an empty line and signature lines');
  const text = whole.slice(0, split + 1);
  const rest = whole.slice(split + 2, -1);
  const written = rest.split('\n', MAX_NOTE_SIGNATURES + 1);
  if (written.length > MAX_NOTE_SIGNATURES) return E.left(`more than ${MAX_NOTE_SIGNATURES} signatures`);
  const lines: SignatureLine[] = [];
  for (const one of written) {
    const line = parseLine(one);
    if (line === undefined) return E.left('a signature line is not in its form');
    lines.push(line);
  }
  return E.right({ text, lines });
};

const parseLine = (line: string): SignatureLine | undefined => {
  const [dash, name, base64, ...more] = line.split(' ');
  if (dash !== '—' || name === undefined || base64 === undefined || more.length > 0 || !isKeyName(name)) return undefined;
  const bytes = decodeBase64(base64);
  if (bytes === undefined || bytes.length <= KEY_ID_BYTES) return undefined;
  return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
};

/** RFC 4648 §4, in its one spelling only: Node's decoder skips what it does not know, and trailing bits can be set at will (§3.5). */
export const decodeBase64 = (written: string): Uint8Array | undefined => {
  const bytes = Buffer.from(written, 'base64');
  return bytes.toString('base64') === written ? new Uint8Array(bytes) : undefined;
};
