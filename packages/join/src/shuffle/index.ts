export { type InputSums, sumsOfOwnRows, sumsOfRows } from './inputs.ts';
export {
  type BadProofChunk,
  chunksBefore,
  entriesOf,
  entryBytes,
  FIRST_PLACE,
  nextPlace,
  type ProofPlace,
  placeOfChunk,
  proofChunks,
  receiveProof,
  SHUFFLE_PARTS,
  type ShufflePart,
} from './proof-form.ts';
export { type MadeRows, type ProofChunk, proveShuffle, type ShuffleWitness } from './prove.ts';
export { type BadShuffle, badShuffle, SHUFFLE_CHUNK, type ShuffleCheck, type ShuffleStatement } from './statement.ts';
export { type ShuffleEvidence, verificationSteps, verifyShuffle } from './verify.ts';
