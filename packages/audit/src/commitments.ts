import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, createMerkleRoot, equalBytes, i2osp, rowOf } from '@vouchsafe/core';

/** Bytes of a commitment's salt. */
export const SALT_BYTES = 32;

/**
 * SHA-256(salt ‖ |M|), |M| as 4 bytes: what a leaf says about how many of the cohort the holder knew. Without the salt the count could be found by trying all of them.
 * @param salt 32 fresh random bytes, kept by the holder for the auditor only; one salt, one commitment
 */
export const commitMatched = ({ salt, matched }: { readonly salt: Uint8Array; readonly matched: number }): Uint8Array => {
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt has ${SALT_BYTES} bytes`);
  return sha256(concatBytes(salt, i2osp(matched, 4)));
};

/** Does the opening fit the commitment? For the auditor, to whom the holder opens it. */
export const opensMatched = ({
  commitment,
  salt,
  matched,
}: {
  readonly commitment: Uint8Array;
  readonly salt: Uint8Array;
  readonly matched: number;
}): boolean =>
  salt.length === SALT_BYTES &&
  Number.isSafeInteger(matched) &&
  matched >= 0 &&
  matched < 2 ** 32 &&
  equalBytes(commitMatched({ salt, matched }), commitment);

/**
 * RFC 6962 root over the elements of a cohort, in the query's order.
 * @param cohort U, n × 32 bytes
 * @returns 32 bytes
 */
export const cohortRoot = (cohort: Uint8Array): Uint8Array => {
  if (cohort.length % 32 !== 0) throw new RangeError('a cohort is n × 32 bytes');
  const tree = createMerkleRoot();
  for (let i = 0; i < cohort.length / 32; i++) tree.append(rowOf(cohort, 32, i));
  return tree.root();
};
