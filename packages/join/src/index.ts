export { answerQuery, lookUp } from './answer.ts';
export { type BlindedRows, blindRows } from './blind.ts';
export { type BadAnswer, combine, type HolderAnswer, type NoTotal } from './combine.ts';
export { type BureauContext, bureauTranscript, type JoinContext, pairTranscript, subjectMessages } from './context.ts';
export { type BadKeyProof, KEY_PROOF_BYTES, type KeyStatement, proveKeys, type Role, verifyKeys } from './key-proof.ts';
export {
  type BureauKeys,
  commitJoinKey,
  deriveBureauKeys,
  deriveBureauScalar,
  deriveHolderJoin,
  deriveHolderKeys,
  type EpochSeeds,
  type HolderJoin,
  type HolderKeys,
  hashSealKeys,
  jointKeys,
  type KeyCancelled,
  opensJoinKey,
} from './keys.ts';
export { type LowOrderKey, type MaskSecret, maskSecrets, masksFor, type Peer } from './masks.ts';
export { hashSubjects, pseudonymsOf } from './pseudonyms.ts';
export {
  type BadCohort,
  blindCohort,
  cohortTooLarge,
  DIGEST_BYTES,
  orderCohort,
  QueryTerms,
  queryDigest,
  type RosterEntry,
  receiveCohort,
} from './query.ts';
export { type BadRows, joinRows, rowBytes, rowElements, splitRows } from './rows.ts';
export { type PlainRows, paddedRows, paddingPseudonyms, paddingScalars, sealingScalars, sealRows } from './seal.ts';
export {
  type BadProofChunk,
  type BadShuffle,
  badShuffle,
  chunksBefore,
  entriesOf,
  entryBytes,
  FIRST_PLACE,
  type InputSums,
  type MadeRows,
  nextPlace,
  type ProofChunk,
  type ProofPlace,
  placeOfChunk,
  proofChunks,
  proveShuffle,
  receiveProof,
  SHUFFLE_CHUNK,
  SHUFFLE_PARTS,
  type ShuffleCheck,
  type ShuffleEvidence,
  type ShufflePart,
  type ShuffleStatement,
  type ShuffleWitness,
  sumsOfOwnRows,
  sumsOfRows,
  verificationSteps,
  verifyShuffle,
} from './shuffle/index.ts';
export { acceptRows, advance, checkComplete, type ReceivedRows, type StreamPlace } from './stream.ts';
export { type FindRow, type Gathered, gatherRows, type SealedTable } from './table.ts';
