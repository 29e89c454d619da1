export { answerQuery, type Lookup, lookUp } from './answer.ts';
export { type Blinder, createBlinder } from './blind.ts';
export { type BadAnswer, combine, type HolderAnswer, type NoTotal } from './combine.ts';
export { type BureauContext, bureauTranscript, type JoinContext, pairTranscript, subjectMessage } from './context.ts';
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
export { type BadCohort, blindCohort, DIGEST_BYTES, QueryTerms, queryDigest, type RosterEntry, receiveCohort } from './query.ts';
export { type BadRows, rowBytes, rowElements } from './rows.ts';
export { paddedRows, planSeal, type SealPlan, type Subjects, sealRows } from './seal.ts';
export { createTableBuilder, type SealedTable, type TableBuilder } from './table.ts';
