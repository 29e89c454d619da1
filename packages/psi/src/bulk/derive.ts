import { blake3 } from '@noble/hashes/blake3.js';
import { concatBytes, i2osp, lengthPrefixed, utf8ToBytes } from '@vouchsafe/core';

/** Version of the messages and of everything that is hashed. */
export const BULK_VERSION = 1;

/** Every use of BLAKE3, in its key-derivation mode with a context of its own (BLAKE3 §2.3: hard-coded, unique). */
const CONTEXTS = {
  commit: 'commitment to the receiver’s nonce',
  session: 'session identifier',
  digest: 'key of identifier digests',
  record: 'key of element records',
  mixing: 'mixing matrix',
  streams: 'initial counters',
  leaf: 'leaf of a punctured tree',
  trees: 'digest of the trees',
  transfer: 'key of an oblivious transfer',
  mask: 'key of masks',
  check: 'coefficients of the receiver check',
} as const;

/** BLAKE3 in key-derivation mode. @returns `length` bytes */
export const derive = (use: keyof typeof CONTEXTS, material: Uint8Array, length = 32): Uint8Array =>
  blake3(material, { context: utf8ToBytes(`Vouchsafe-v1-bulk ${CONTEXTS[use]}`), dkLen: length });

/** What the session identifier binds: sizes, both nonces, and what the application says about the two parties and their purpose. */
export interface SessionParts {
  readonly context: Uint8Array;
  readonly nx: number;
  readonly ny: number;
  readonly senderNonce: Uint8Array;
  readonly receiverNonce: Uint8Array;
}

/** sid: 32 bytes that neither party can choose. */
export const sessionId = ({ context, nx, ny, senderNonce, receiverNonce }: SessionParts): Uint8Array =>
  derive(
    'session',
    concatBytes(lengthPrefixed(context), Uint8Array.of(BULK_VERSION), i2osp(nx, 4), i2osp(ny, 4), senderNonce, receiverNonce),
  );
