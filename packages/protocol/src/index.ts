export { adoptFederation } from './adopt-federation.ts';
export { answerHash } from './answer-hash.ts';
export { AuditOpen, AuditOpened, AuditSample, AuditSampled } from './audit-messages.ts';
export { type BodyTooLarge, readBody } from './body.ts';
export {
  BULK_PAGE_BYTES,
  BulkEnd,
  BulkOpened,
  BulkStep,
  BulkStepped,
  type BulkTranscript,
  bulkContext,
  bulkTranscript,
} from './bulk-messages.ts';
export {
  type BadFederation,
  badFederation,
  type Epoch,
  Federation,
  type FormerKey,
  HexKey,
  Id,
  liveEpoch,
  type Member,
  memberKeysNow,
  memberNamed,
  memberOf,
  newestEpoch,
  type Role,
  type RosterEntry,
  readFederation,
  rosterOf,
  Url,
} from './federation.ts';
export { federationKeys } from './federation-keys.ts';
export {
  type BadFrame,
  CBOR_TYPE,
  FRAME_TYPE,
  type Frame,
  MAX_BODY_BYTES,
  readEnvelope,
  readFrame,
  writeFrame,
} from './frame.ts';
export { LOANS_CATALOGUE, LOANS_COLUMNS } from './loans-columns.ts';
export { boxSecretOf, memberSecretsFromHex, type NotThisMember, signerOf } from './member-secrets.ts';
export {
  Answer,
  Evaluated,
  HolderManifest,
  indexStatement,
  LogCheckpoint,
  LogConsistency,
  LogEntries,
  LogInclusion,
  MAX_LOG_ENTRIES,
  Quote,
  QuoteRequest,
  ROUTES,
  type SchemeManifest,
  SealAccept,
  SealChunk,
  SealDone,
  SealFinish,
  SealOffer,
  SealProgress,
  SealProof,
  SealProven,
  SealVerified,
  TableRef,
} from './messages.ts';
export { PROBLEM_TYPE, Problem, problemOf, readProblem, tagOf } from './problem.ts';
export { type Component, type SignedRequest, signatureBase, type Target } from './signatures/base.ts';
export { contentDigest } from './signatures/content-digest.ts';
export {
  type BadSignature,
  type DigestMismatch,
  type Replayed,
  replayed,
  type SignatureExpired,
  type UnknownKey,
  type Unsigned,
  type WrongAddressee,
} from './signatures/errors.ts';
export type { HeaderReader, SignatureHeaders } from './signatures/fields.ts';
export { type KeysOf, keyIdOf, keysOfMembers, type MemberKey } from './signatures/keys.ts';
export {
  type Nonce,
  type OutgoingRequest,
  type RequestVerifier,
  type Signing,
  signRequest,
  type VerifiedRequest,
  verifyBody,
  verifyRequest,
} from './signatures/request.ts';
export { type ResponseVerifier, signResponse, verifyResponse } from './signatures/response.ts';
export { CLOCK_TOLERANCE_SECONDS, MAX_LIFETIME_SECONDS, type Now } from './signatures/window.ts';
export {
  type BadSuccession,
  checkSuccession,
  type FederationNotSigned,
  federationHash,
  openFederation,
  type SignedFederation,
  signFederation,
} from './signed-federation.ts';
export { type Acknowledgement, Acknowledgements, MAX_ACKNOWLEDGEMENTS } from './statement-messages.ts';
