import { createHash } from 'node:crypto';

/**
 * The `Content-Digest` of a body (RFC 9530 §2), in the one form that is sent and taken: `sha-256=:…:`. A body of no bytes has one as well, so that a body cannot
 * be added to a request that had none. (Of the two algorithms that §5 calls active it is the one that processors have instructions for.)
 */
export const contentDigest = (body: Uint8Array): string => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/** 32 bytes in base64 with its padding: 43 digits, of which the last has two zero bits. */
export const CONTENT_DIGEST: RegExp = /^sha-256=:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=:$/;
