export { type BodyTooLarge, readBody } from './body.ts';
export {
  type BadFederation,
  Federation,
  federationHash,
  type Member,
  memberOf,
  readFederation,
  rosterKeys,
} from './federation.ts';
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
export { MEMBER_HEADER, sendMemberHeader, trustMemberHeader } from './member-header.ts';
export {
  Answer,
  Evaluated,
  HolderManifest,
  Quote,
  QuoteRequest,
  ROUTES,
  type SchemeManifest,
  SealAccept,
  SealChunk,
  SealFinish,
  SealOffer,
  SealProgress,
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
