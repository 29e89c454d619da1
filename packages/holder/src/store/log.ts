import { appendEntry, encodeReceipt } from '@vouchsafe/audit';
import { E, type KvWriter } from '@vouchsafe/core';
import type { LogIdentity } from './port.ts';

/** An entry on its way into the log. */
export interface Logged {
  readonly entry: Uint8Array;
  readonly log: LogIdentity;
}

/**
 * Appends within the caller's commit.
 * @returns the receipt
 * @throws Error when the log is broken: the commit then writes nothing, and the holder's operator learns why
 */
export const appendLogged = (writer: KvWriter, logged: Logged): Uint8Array => appendIndexed(writer, logged).receipt;

/** The same, with the entry's place in the log. */
export const appendIndexed = (
  writer: KvWriter,
  { entry, log }: Logged,
): { readonly index: number; readonly receipt: Uint8Array } => {
  const receipt = appendEntry(writer, { entry, ...log });
  if (E.isLeft(receipt)) throw new Error(receipt.left.message);
  return { index: receipt.right.index, receipt: encodeReceipt(receipt.right) };
};

/** All keys under which a log's checkpoints may stand. */
export const keysOfLog = ({ signer, formerKeys = [] }: LogIdentity): readonly Uint8Array[] => [signer.publicKey, ...formerKeys];
