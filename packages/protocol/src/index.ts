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
