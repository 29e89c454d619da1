import {
  bytes,
  decodeCanonical,
  decodeShape,
  E,
  type Either,
  encodeCanonical,
  leafHash,
  list,
  record,
  whole,
} from '@vouchsafe/core';
import * as t from 'io-ts';
import { type LogIdentity, type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts';
import { type BadCheckpoint, type BadLeaf, type BadProof, type BadReceipt, badInclusion, badReceipt } from './errors.ts';
import { type Leaf, MAX_ENTRY_BYTES, readLeaf, type UnknownLeaf } from './leaf.ts';
import { MAX_PROOF_HASHES, verifyInclusion } from './proofs.ts';
import { EMPTY_ROOT, foldNodes, HASH_BYTES, MAX_LOG_SIZE } from './tree.ts';

/** A receipt's checkpoint note is shorter: it comes from the holder alone, and the querier keeps it for years. */
const MAX_RECEIPT_NOTE_BYTES = 4096;
/** A longer receipt is refused before it is read. */
export const MAX_RECEIPT_BYTES = 32_768;

/** Shows that an entry is in a holder's log. Whoever has the holder's key can check it, years later and without asking the holder. */
export interface Receipt {
  readonly version: 1;
  /** The leaf as it stands in the log; see `readLeaf`. */
  readonly entry: Uint8Array;
  readonly index: number;
  /** The signed note of a checkpoint that covers the entry: from `appendEntry`, the one over index + 1 entries. */
  readonly checkpoint: Uint8Array;
  /** RFC 6962 §2.1.1, k × 32 bytes. */
  readonly proof: readonly Uint8Array[];
}

const upTo = (max: number): t.Type<Uint8Array, unknown, unknown> =>
  new t.Type(
    `at most ${max} bytes`,
    (u): u is Uint8Array => u instanceof Uint8Array && u.length <= max,
    (u, context) => (u instanceof Uint8Array && u.length <= max ? t.success(u) : t.failure(u, context)),
    (a) => a,
  );

export const Receipt: t.Type<Receipt, unknown, unknown> = record<Receipt>(
  'Receipt',
  {
    version: t.literal(1) as t.Type<1, unknown, unknown>,
    entry: upTo(MAX_ENTRY_BYTES),
    index: whole(0, MAX_LOG_SIZE - 1),
    checkpoint: upTo(MAX_RECEIPT_NOTE_BYTES),
    proof: list(bytes(HASH_BYTES), MAX_PROOF_HASHES),
  },
  {},
);

/** Deterministic CBOR: the same receipt gives the same bytes. */
export const encodeReceipt = (receipt: Receipt): Uint8Array => encodeCanonical(Receipt.encode(receipt));

/** Reads a receipt; says nothing yet about whether it holds. */
export const decodeReceipt = (written: Uint8Array): Either<BadReceipt, Receipt> => {
  if (written.length > MAX_RECEIPT_BYTES) return E.left(badReceipt(`more than ${MAX_RECEIPT_BYTES} bytes`));
  const value = decodeCanonical(written);
  if (E.isLeft(value)) return E.left(badReceipt(value.left.message));
  const receipt = decodeShape(Receipt, value.right);
  return E.isLeft(receipt) ? E.left(badReceipt(receipt.left.message)) : receipt;
};

/** What a receipt that holds says. */
export interface VerifiedReceipt {
  readonly checkpoint: OpenedCheckpoint;
  readonly index: number;
  readonly leaf: Leaf | UnknownLeaf;
}

/**
 * Checks a receipt: the log's key has signed its checkpoint, the checkpoint covers its entry, and the entry is a leaf. Two checks are still the caller's: that the leaf is about its own
 * request (`expectLeaf`), and that the checkpoint continues what it saw before (`followLog`).
 */
export const verifyReceipt = ({
  receipt: { entry, index, checkpoint, proof },
  log,
}: {
  readonly receipt: Receipt;
  readonly log: LogIdentity;
}): Either<BadCheckpoint | BadProof | BadLeaf, VerifiedReceipt> => {
  const opened = openCheckpoint(checkpoint, log);
  if (E.isLeft(opened)) return opened;
  const { size, root } = opened.right;
  if (!verifyInclusion({ index, size, leafHash: leafHash(entry), proof, root })) return E.left(badInclusion);
  const leaf = readLeaf(entry);
  return E.isLeft(leaf) ? leaf : E.right({ checkpoint: opened.right, index, leaf: leaf.right });
};

/**
 * The root of the log just before the receipt's entry. The siblings of a log's last leaf are the full subtrees of all that stands before it (RFC 6962 §2.1.1), so a receipt that holds also shows
 * that its checkpoint continues the one over `index` entries, and no consistency proof need be fetched.
 * @param receipt one that {@link verifyReceipt} accepted
 * @returns 32 bytes, or nothing when the checkpoint covers entries after the receipt's own
 */
export const rootBefore = ({ index, proof }: Receipt, { checkpoint }: VerifiedReceipt): Uint8Array | undefined => {
  if (index !== checkpoint.size - 1) return undefined;
  return index === 0 ? EMPTY_ROOT : foldNodes(proof.toReversed());
};
