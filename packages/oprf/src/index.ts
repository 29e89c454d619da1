export { type Blinded, type Blinding, BlindState, type CannotBlind, checkBatch } from './blinding.ts';
export {
  createOprfClient,
  createVoprfClient,
  type OprfClient,
  type ReceivedEvaluation,
  type VoprfClient,
} from './client.ts';
export { contextString, type Mode, SUITE } from './context.ts';
export {
  DESIGNATED_PROOF_BYTES,
  type DesignatedStatement,
  proveDesignated,
  proveVerifierKey,
  simulateDesignated,
  VERIFIER_KEY_PROOF_BYTES,
  verifyDesignated,
  verifyVerifierKey,
} from './designated.ts';
export {
  type Composites,
  computeComposites,
  computeCompositesFast,
  type DleqStatement,
  generateProof,
  MAX_BATCH,
  PROOF_BYTES,
  verifyProof,
} from './dleq.ts';
export type { BadProof, BatchTooLarge, EmptyBatch, InvalidInput, WrongCount } from './errors.ts';
export { OUTPUT_BYTES } from './inputs.ts';
export { deriveKeyPair, generateKeyPair, type KeyPair } from './keys.ts';
export {
  type CannotEvaluate,
  createOprfServer,
  createVoprfServer,
  type Evaluation,
  type OprfServer,
  type VoprfServer,
} from './server.ts';
