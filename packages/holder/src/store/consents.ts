import { E, type Either, equalBytes, type Kv, type KvReader, type KvWriter, kvKey, kvPrefix, wipeRange } from '@vouchsafe/core';

/** The person's consent was to one query, and another one has used it. Nothing was charged. */
export interface ConsentUsed {
  readonly _tag: 'ConsentUsed';
  readonly message: string;
}

const TABLE = 'consents';

/** The digest of the query that used a receipt. @param id 32 bytes */
export const readConsent = (reader: KvReader, epoch: number, id: Uint8Array): Uint8Array | undefined =>
  reader.get(TABLE, kvKey(epoch, id));

/** One receipt, one digest: is it unused, or used by this very query? */
export const stillFree = (used: Uint8Array | undefined, digest: Uint8Array): Either<ConsentUsed, void> =>
  used === undefined || equalBytes(used, digest) ? E.right(undefined) : E.left(consentUsed);

/**
 * Uses a receipt up, within the commit of the query that it is for. Kept as long as the epoch's other records: a receipt names the join key of one epoch, so that it is refused in any other.
 */
export const useConsent = (
  writer: KvWriter,
  { epoch, id, digest }: { readonly epoch: number; readonly id: Uint8Array; readonly digest: Uint8Array },
): void => writer.put(TABLE, kvKey(epoch, id), digest);

/** The audit window of an epoch is over. No query of it is answered any more. */
export const forgetConsents = (kv: Kv, epoch: number): Promise<void> => wipeRange(kv, TABLE, kvPrefix(epoch));

const consentUsed: ConsentUsed = {
  _tag: 'ConsentUsed',
  message: 'another query has used this consent receipt: one receipt is for one query, ask for consent again',
};
