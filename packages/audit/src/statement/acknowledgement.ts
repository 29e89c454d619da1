import { concatBytes, domain, i2osp, leafHash, lengthPrefixed, type Signer, utf8ToBytes, verifySignature } from '@vouchsafe/core';

/** An entry about an answer, which its querier says that it got. */
export interface Acknowledged {
  /** The log's origin, `<federation>/<holder>`. */
  readonly origin: string;
  readonly index: number;
  /** The entry itself. */
  readonly entry: Uint8Array;
}

/** What a querier signs: that this very entry, at this place of this log, is about an answer that it got and checked. */
const signedPart = ({ origin, index, entry }: Acknowledged): Uint8Array =>
  concatBytes(domain('acknowledgement'), lengthPrefixed(utf8ToBytes(origin), i2osp(index, 6), leafHash(entry)));

/** The querier's counter-signature under an entry of a holder's log, 64 bytes: without it a holder could claim answers that nobody got. */
export const acknowledge = (entry: Acknowledged, signer: Signer): Uint8Array => signer.sign(signedPart(entry));

/**
 * Is it the querier’s counter-signature ({@link acknowledge}) under this very entry?
 * @param publicKeys the querier's: present and former ones, for what they signed in their time
 */
export const isAcknowledged = (
  entry: Acknowledged,
  { publicKeys, signature }: { readonly publicKeys: readonly Uint8Array[]; readonly signature: Uint8Array },
): boolean => publicKeys.some((publicKey) => verifySignature({ publicKey, message: signedPart(entry), signature }));
