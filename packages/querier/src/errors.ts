import type { BadLeaf, BadReceipt, CannotFollow, WrongLeaf } from '@vouchsafe/audit';
import type { BadConsent } from '@vouchsafe/consent';
import type { Aborted, BadEncoding, BadRational, BadShape, StoreFault, UnknownColumn } from '@vouchsafe/core';
import type { BadElement, BadScalar } from '@vouchsafe/group';
import type { BadAnswer, BadKeyProof, BadRows, KeyCancelled, NoTotal } from '@vouchsafe/join';
import type { BadProof, InvalidInput, WrongCount } from '@vouchsafe/oprf';
import type { BadPrice } from '@vouchsafe/privacy';
import type { BadFrame, BodyTooLarge } from '@vouchsafe/protocol';
import type { BulkError } from '@vouchsafe/psi/bulk';
import type { BadIndex } from '@vouchsafe/psi/index';

/** A holder could not be reached, or broke off. */
export interface HolderDown {
  readonly _tag: 'HolderDown';
  readonly message: string;
}

/** A holder refused. `problem` is the tag of its error, e.g. `BudgetSpent`, `NotGranted`, `NotSealed`. */
export interface HolderRefused {
  readonly _tag: 'HolderRefused';
  readonly message: string;
  readonly problem: string;
  readonly status: number;
  /** Did the holder sign it? A refusal that it did not sign can come from anybody on the way. */
  readonly signed: boolean;
  /** When to ask again, in seconds from now, where the holder says so. */
  readonly retryAfter?: number | undefined;
  /** How much of a quota is left, where one was spent. */
  readonly remaining?: number | undefined;
}

/** A response that the holder did not sign for this request. Nothing of it was used. */
export interface BadResponse {
  readonly _tag: 'BadResponse';
  readonly message: string;
  /** What is wrong with it: `Unsigned`, `UnknownKey`, `BadSignature`, `DigestMismatch`. */
  readonly problem: string;
}

/** The holder has another federation document, epoch or name than this bureau. */
export interface OutOfStep {
  readonly _tag: 'OutOfStep';
  readonly message: string;
}

/** The holder's Merkle root over its rows is another than that of what came: the table is not used. */
export interface RootMismatch {
  readonly _tag: 'RootMismatch';
  readonly message: string;
}

/** The holder offers the index of an older epoch than this bureau has used, or another one in the same epoch. Nothing of it was fetched. */
export interface IndexRolledBack {
  readonly _tag: 'IndexRolledBack';
  readonly message: string;
}

/** The holder did not sign the manifest of its tag index. */
export interface IndexNotSigned {
  readonly _tag: 'IndexNotSigned';
  readonly message: string;
}

/** The holder verified the shuffle proof, and it does not hold: this bureau's rows are not those that it got. The epoch is over for this table; the holder's log says so. */
export interface ProofRefused {
  readonly _tag: 'ProofRefused';
  readonly message: string;
}

/** What can go wrong between the bureau and one holder. */
export type HolderFault =
  | HolderDown
  | HolderRefused
  | BadResponse
  | OutOfStep
  | BadFrame
  | BadEncoding
  | BadShape
  | BodyTooLarge
  | BadElement
  | BadScalar
  | BadKeyProof
  | KeyCancelled
  | BadRows
  | BadProof
  | WrongCount
  | InvalidInput
  | BadIndex
  | BulkError
  | IndexRolledBack
  | IndexNotSigned
  | RootMismatch
  | ProofRefused
  | BadReceipt
  | BadLeaf
  | WrongLeaf
  | CannotFollow;

/** A fault with one or more holders, each named. What the other holders finished is kept: call again to go on. */
export interface HoldersFailed {
  readonly _tag: 'HoldersFailed';
  readonly message: string;
  readonly holders: readonly { readonly holder: string; readonly fault: HolderFault }[];
}

/** Nothing usable to ask about. */
export interface NoSubjects {
  readonly _tag: 'NoSubjects';
  readonly message: string;
}

/** The federation does not have this scheme. */
export interface UnknownScheme {
  readonly _tag: 'UnknownScheme';
  readonly message: string;
}

/** `sync` has not sealed, or fetched an index, with these holders yet. */
export interface NotSynced {
  readonly _tag: 'NotSynced';
  readonly message: string;
  readonly holders: readonly string[];
}

/** Why a totals query gave no result. */
export type AskError =
  | Aborted
  | StoreFault
  | HoldersFailed
  | NoSubjects
  | UnknownScheme
  | UnknownColumn
  | NotSynced
  | BadConsent
  | BadPrice
  | BadRational
  | BadElement
  | BadAnswer
  | NoTotal;

/** A column of which there is no histogram. */
export interface NotBinned {
  readonly _tag: 'NotBinned';
  readonly message: string;
  readonly column: string;
}

/** Groups of buckets that leave one out, name one twice or name one that there is not. */
export interface BadGroups {
  readonly _tag: 'BadGroups';
  readonly message: string;
}

/** Somebody is among the goods and among the bads. */
export interface BothOutcomes {
  readonly _tag: 'BothOutcomes';
  readonly message: string;
  /** Places in the list of bads, from 0. */
  readonly rows: readonly number[];
}

/** All holders suppressed one of the two histograms: there is nothing to compare with. */
export interface NobodyCounted {
  readonly _tag: 'NobodyCounted';
  readonly message: string;
  readonly outcome: 'goods' | 'bads';
}

/** A model that `signal` totals cannot be scored with. */
export interface ModelMisfit {
  readonly _tag: 'ModelMisfit';
  readonly message: string;
  readonly characteristic?: string | undefined;
}

export const holdersFailed = (holders: HoldersFailed['holders']): HoldersFailed => ({
  _tag: 'HoldersFailed',
  message: holders.map(({ holder, fault }) => `${holder}: ${fault.message}`).join('; '),
  holders,
});

export const rolledBack = (message: string): IndexRolledBack => ({ _tag: 'IndexRolledBack', message });
export const olderThanUsed = (epoch: number, used: number): IndexRolledBack =>
  rolledBack(`has its tag index of epoch ${epoch} here, and that of epoch ${used} was used: this bureau does not go back`);
