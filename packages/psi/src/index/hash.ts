import { createHash } from 'node:crypto';

/** SHA-256 of a segment: megabytes, so the engine's own, which is ten times as fast as one in JavaScript. 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
