import { utf8ToBytes } from './bytes.ts';

/**
 * Every use of a hash has its own domain separation tag (RFC 9380 §3.1), and this is the closed list of them. A tag is fixed;
 * what varies (federation, bureau, holder, epoch, scheme) goes into the message. The VOPRF keeps the RFC's own tags.
 */
export const DOMAIN_USES = {
  /** Hash(id) of the sealed join. */
  join: 'join',
  /** Secret scalars of the sealed join from a seed (RFC 9497 §3.2.1 `DeriveKeyPair`). */
  joinKey: 'join-key',
  /** The encryption randomness of a sealed row from the join seed. */
  joinRow: 'join-row',
  /** Fiat–Shamir challenges of the proof of knowledge of the join secrets. */
  joinKeyProof: 'join-key-proof',
  /** The commitment to KH. */
  joinCommitment: 'join-commitment',
  /** The statement of a shuffle proof, as its first hash. */
  shuffle: 'shuffle',
  /** The generators H_i of the shuffle proof. */
  shuffleGenerator: 'shuffle-generator',
  /** Fiat–Shamir weights u of the shuffle proof. */
  shuffleWeight: 'shuffle-weight',
  /** The Fiat–Shamir challenge e of the shuffle proof. */
  shuffleChallenge: 'shuffle-challenge',
  /** The prover's random scalars of the shuffle proof from the join seed. */
  shuffleSecret: 'shuffle-secret',
  /** Masks between holders. */
  mask: 'mask',
  /** The digest of a query. */
  query: 'query',
  /** The hash of a federation document. */
  federation: 'federation',
  /** The hash of a holder's policy. */
  policy: 'policy',
  /** A holder's signature of its tag index manifest. */
  matchIndex: 'match-index',
  /** The mark of a batch of subjects whose tags wait on the disk. */
  matchBatch: 'match-batch',
  /** The key of a bureau's batches of `match` on the disk. */
  sentBatch: 'sent-batch',
  /** The hash of an answer, as its log entry states it. */
  answer: 'answer',
  /** The key that wraps the key of a store or of a key file. */
  keyWrap: 'key-wrap',
  /** What tells which key a key service gave back. */
  keyCheck: 'key-check',
  /** The key of one sealed record of a store. */
  sealedRecord: 'sealed-record',
  /** The key of what is sealed in a key file. */
  keyFile: 'key-file',
  /** What an issuer signs when a person agreed. */
  consent: 'consent',
  /** What a bureau signs when it asks for consent. */
  consentRequest: 'consent-request',
  /** DLEQ proofs towards an issuer. */
  consentProof: 'consent-proof',
  /** Proofs for the eyes of one verifier, and the verifier's key. */
  designatedProof: 'designated-proof',
  designatedKey: 'designated-key',
  designatedSecret: 'designated-secret',
  /** What the auditor signs when it asks a bureau to open a query. */
  openRequest: 'open-request',
  /** Which rows an auditor draws. */
  sampleDraw: 'sample-draw',
  /** DLEQ proofs about sampled rows. */
  sampleProof: 'sample-proof',
  /** The public keys of a sealed join, as the log commits to them. */
  sealKeys: 'seal-keys',
  /** A bureau's counter-signature under an entry of a holder's log. */
  acknowledgement: 'acknowledgement',
  /** What is signed of a statement of contributions. */
  statement: 'statement',
  /** The hash of a scorecard document. */
  scorecard: 'scorecard',
  /** What a bulk match is about. */
  bulkMatch: 'bulk-match',
  /** Hash to the group of the bulk match's base oblivious transfers. */
  bulkTransfer: 'bulk-transfer',
  /** Elements of unknown logarithm in the bulk match's base oblivious transfers. */
  bulkElement: 'bulk-element',
} as const;

/** One of the closed list of uses. */
export type DomainUse = keyof typeof DOMAIN_USES;

/** The tag `Vouchsafe-v1-<use>` in ASCII; at most 255 bytes (RFC 9380 §5.3.1). */
export const domain = (use: DomainUse): Uint8Array => utf8ToBytes(`Vouchsafe-v1-${DOMAIN_USES[use]}`);
