import { E, type Either } from '@vouchsafe/core';
import { BULK_VERSION } from './derive.ts';
import { type BadBulkMessage, type BulkSetSize, badMessage, badSetSize } from './errors.ts';
import { type BulkGroup, type BulkParameters, CHECK_ROWS, FIELD_BITS, MAX_BULK_SET } from './parameters.ts';
import { treesBytes } from './trees.ts';

// A message is one byte that says which it is, then its parts one after the other. Every length follows from the version, nx and ny, and is checked before anything is read.

/** Messages in the order in which they are sent; `group` once for each group. */
export const TAGS = {
  hello: 1,
  welcome: 2,
  open: 3,
  transfers: 4,
  trees: 5,
  group: 6,
  challenge: 7,
  answer: 8,
  masks: 9,
} as const;
export type BulkMessageName = keyof typeof TAGS;

export const NONCE_BYTES = 32;
export const SEED_BYTES = 32;
const ELEMENT = 32;
/** An answer: 64 values, then 64 rows. */
export const ANSWER_VALUES: number = 8 * CHECK_ROWS;
const ANSWER_ROWS = 16 * CHECK_ROWS;

/** version ‖ nx ‖ commitment, and version ‖ ny ‖ nonce. */
export const HELLO_BYTES: number = 1 + 4 + NONCE_BYTES;
export const OPEN_BYTES: number = NONCE_BYTES + ELEMENT;

/** Bytes of a message's body, once both sizes are known. */
export const bodyBytes = (name: Exclude<BulkMessageName, 'group'>, { columns, ny, maskBytes }: BulkParameters): number => {
  switch (name) {
    case 'hello':
    case 'welcome':
      return HELLO_BYTES;
    case 'open':
      return OPEN_BYTES;
    case 'transfers':
      return 2 * ELEMENT * FIELD_BITS * columns;
    case 'trees':
      return treesBytes(columns);
    case 'challenge':
      return SEED_BYTES;
    case 'answer':
      return ANSWER_VALUES + ANSWER_ROWS;
    case 'masks':
      return ny * maskBytes;
  }
};

/** Bytes of one group's corrections: a bit a row and code column. */
export const groupBytes = ({ rows }: BulkGroup, { columns }: BulkParameters): number => (columns * rows) / 8;

/** All bytes that the two parties send each other: a function of nx and ny alone. */
export const transcriptBytes = (parameters: BulkParameters): number => {
  const names = (Object.keys(TAGS) as BulkMessageName[]).filter((name) => name !== 'group');
  const fixed = names.reduce((sum, name) => sum + 1 + bodyBytes(name as Exclude<BulkMessageName, 'group'>, parameters), 0);
  return parameters.groups.reduce((sum, group) => sum + 1 + groupBytes(group, parameters), fixed);
};

/** Bytes of the last message, all masks. */
export const masksBytes = (parameters: BulkParameters): number => 1 + bodyBytes('masks', parameters);

/** The size that a first message says: nx in the receiver's, ny in the sender's. What debits a quota reads it before the session does. */
export const bulkSizeOf = (name: 'hello' | 'welcome', message: Uint8Array): Either<BadBulkMessage | BulkSetSize, number> => {
  const read = readGreeting(name, message);
  if (E.isLeft(read)) return read;
  const { size } = read.right;
  return size < 1 || size > MAX_BULK_SET ? E.left(badSetSize(size, MAX_BULK_SET)) : E.right(size);
};

/** A message with room for its body. */
export const blank = (name: BulkMessageName, bytes: number): Uint8Array => {
  const out = new Uint8Array(1 + bytes);
  out[0] = TAGS[name];
  return out;
};

export const say = (name: BulkMessageName, ...parts: readonly Uint8Array[]): Uint8Array => {
  const out = blank(
    name,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 1;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

/** The body of the message that comes next. */
export const hear = (name: BulkMessageName, message: Uint8Array, bytes: number): Either<BadBulkMessage, Uint8Array> => {
  if (message[0] !== TAGS[name]) return E.left(badMessage('tag'));
  return message.length === 1 + bytes ? E.right(message.subarray(1)) : E.left(badMessage('size'));
};

/** Body of a hello or a welcome: a size and 32 bytes. */
export const greeting = (size: number, bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(HELLO_BYTES);
  out[0] = BULK_VERSION;
  new DataView(out.buffer).setUint32(1, size);
  out.set(bytes, 5);
  return out;
};

export const readGreeting = (
  name: 'hello' | 'welcome',
  message: Uint8Array,
): Either<BadBulkMessage, { readonly size: number; readonly bytes: Uint8Array }> => {
  // Another version may have another length: it is the better explanation.
  if (message[0] === TAGS[name] && message[1] !== BULK_VERSION) return E.left(badMessage('version'));
  const body = hear(name, message, HELLO_BYTES);
  if (E.isLeft(body)) return body;
  const view = new DataView(body.right.buffer, body.right.byteOffset);
  return E.right({ size: view.getUint32(1), bytes: body.right.slice(5) });
};
