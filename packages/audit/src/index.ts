export { appendEntry } from './append.ts';
export {
  type Checkpoint,
  type LogIdentity,
  type OpenedCheckpoint,
  openCheckpoint,
  originOf,
  signCheckpoint,
} from './checkpoint.ts';
export { cohortRoot, commitMatched, opensMatched, SALT_BYTES } from './commitments.ts';
export type {
  BadCheckpoint,
  BadExport,
  BadLeaf,
  BadProof,
  BadReceipt,
  LogBroken,
  LogForked,
  LogRolledBack,
  NotInLog,
  WrongLeaf,
} from './errors.ts';
export { type ExpectedLeaf, expectLeaf, type LeafOf } from './expect-leaf.ts';
export { type CannotFollow, type Followed, followLog, proofNeeded, type Sighting } from './follow-log.ts';
export {
  type BulkFacts,
  encodeLeaf,
  type Leaf,
  MAX_ENTRY_BYTES,
  MatchLeaf,
  OpenLeaf,
  QueryLeaf,
  readLeaf,
  SampleLeaf,
  SealLeaf,
  type UnknownLeaf,
} from './leaf.ts';
export {
  type CannotRead,
  MAX_PAGE_ENTRIES,
  proveConsistency,
  proveInclusion,
  readCheckpoint,
  readEntries,
  readReceipt,
  readSize,
} from './log.ts';
export { MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES, type NoteKey, noteKeyId, type OpenedNote, openNote, signNote } from './note.ts';
export { inclusionProofs } from './paths.ts';
export { MAX_PROOF_HASHES, verifyConsistency, verifyInclusion } from './proofs.ts';
export {
  decodeReceipt,
  encodeReceipt,
  MAX_RECEIPT_BYTES,
  Receipt,
  rootBefore,
  type VerifiedReceipt,
  verifyReceipt,
} from './receipt.ts';
export type { Asked, Audited, LogSummary, Sealed } from './summary.ts';
export { LOG_TABLES } from './tables.ts';
export { EMPTY_ROOT, HASH_BYTES, MAX_LOG_SIZE } from './tree.ts';
export { type ExportFault, type FetchEntries, verifyExportedLog } from './verify-exported.ts';
export { type StoredLog, verifyStoredLog } from './verify-stored.ts';
