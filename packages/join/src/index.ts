export { answerQuery, lookUp } from './answer.ts';
export { blindRows } from './blind.ts';
export { type BadAnswer, combine, type HolderAnswer, type NoTotal } from './combine.ts';
export { type BureauContext, bureauTranscript, type JoinContext, pairTranscript, subjectMessages } from './context.ts';
export { type BadKeyProof, KEY_PROOF_BYTES, proveKeys, type Role, verifyKeys } from './key-proof.ts';
export {
  type BureauKeys,
  commitJoinKey,
  deriveBureauKeys,
  deriveBureauScalar,
  deriveHolderKeys,
  type EpochSeeds,
  type HolderKeys,
  jointKeys,
  type KeyCancelled,
} from './keys.ts';
export { type LowOrderKey, type MaskSecret, maskSecrets, masksFor, type Peer } from './masks.ts';
export { pseudonymsOf } from './pseudonyms.ts';
export { type BadCohort, blindCohort, DIGEST_BYTES, QueryTerms, queryDigest, type RosterEntry, receiveCohort } from './query.ts';
export { type BadRows, joinRows, rowBytes, rowElements, splitRows } from './rows.ts';
export { type PlainRows, paddedRows, paddingPseudonyms, sealRows } from './seal.ts';
export { advance, checkComplete, type ReceivedRows, receiveRows, type StreamPlace } from './stream.ts';
export { type FindRow, type Gathered, gatherRows, type SealedTable } from './table.ts';
