import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, domain, encodeCanonical } from '@vouchsafe/core';

/**
 * SHA-256 over an answer as it was sent, without its receipt: the holder's log entry states it, so that the holder cannot answer one thing and log another. 32 bytes.
 * @param rows C° and E_j, (1 + k) × 32 bytes
 */
export const answerHash = ({
  digest,
  suppressed,
  rows,
}: {
  readonly digest: Uint8Array;
  readonly suppressed: boolean;
  readonly rows: Uint8Array;
}): Uint8Array => sha256(concatBytes(domain('answer'), encodeCanonical([digest, suppressed, rows])));
