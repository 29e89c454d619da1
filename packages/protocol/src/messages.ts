import { bytes, bytesUpTo, concatBytes, domain, list, type Rational, record, text, WireRational, whole } from '@vouchsafe/core';
import * as t from 'io-ts';

/** The routes of a holder, below its URL. */
export const ROUTES = {
  manifest: '/v1/manifest',
  indexSegment: '/v1/index/:sha256',
  match: '/v1/match',
  sealKeys: '/v1/seal/keys',
  sealRows: '/v1/seal/rows',
  sealProof: '/v1/seal/proof',
  sealVerify: '/v1/seal/verify',
  sealFinish: '/v1/seal/finish',
  query: '/v1/query',
  quote: '/v1/quote',
  logCheckpoint: '/v1/log/checkpoint',
  logConsistency: '/v1/log/consistency',
  logInclusion: '/v1/log/inclusion',
  logEntries: '/v1/log/entries',
  acknowledgements: '/v1/acknowledgements',
  statement: '/v1/statement',
  auditOpen: '/v1/audit/open',
  auditSample: '/v1/audit/sample',
} as const;

const Name: t.Type<string, unknown, unknown> = text('a name of 1 to 64 characters', /^[\w.+:-]{1,64}$/);
const Epoch: t.Type<number, unknown, unknown> = whole(1, 2 ** 32 - 1);
const Rows: t.Type<number, unknown, unknown> = whole(0, 2 ** 32 - 1);
const Bool = t.boolean as t.Type<boolean, unknown, unknown>;
const Hash: t.Type<Uint8Array, unknown, unknown> = bytes(32);
/** A receipt of `@vouchsafe/audit`, canonical CBOR: an entry of a few kilobytes at most, a checkpoint and a proof. */
const Receipt: t.Type<Uint8Array, unknown, unknown> = bytesUpTo(32 * 1024);

/** What a holder serves for one identifier scheme. */
export interface SchemeManifest {
  readonly scheme: string;
  /** May this querier ask for totals, i.e. seal a table? */
  readonly totals: boolean;
  /** The tag index manifest of `@vouchsafe/psi`, as canonical CBOR; absent when this querier may not match. */
  readonly index?: Uint8Array | undefined;
  /** The holder's signature of `index`, 64 bytes; see {@link indexStatement}. */
  readonly signature?: Uint8Array | undefined;
  /** Merkle root over the rows that this querier got in this epoch, 32 bytes, once it got all of them: it commits the holder to the epoch's data. */
  readonly root?: Uint8Array | undefined;
}

/**
 * What a holder signs of its tag index: the manifest's canonical CBOR behind a tag of its own. Unlike the signature of a response it lasts: a bureau can show it to others, so that a holder with another
 * key or index for each bureau is found out when two of them compare.
 */
export const indexStatement = (manifest: Uint8Array): Uint8Array => concatBytes(domain('matchIndex'), manifest);

/** What a holder serves to this querier in this epoch. */
export interface HolderManifest {
  readonly version: 1;
  /** {@link federationHash}. */
  readonly federation: Uint8Array;
  readonly holder: string;
  readonly epoch: number;
  readonly schemes: readonly SchemeManifest[];
}

export const HolderManifest: t.Type<HolderManifest, unknown, unknown> = record<HolderManifest>(
  'HolderManifest',
  {
    version: t.literal(1) as t.Type<1, unknown, unknown>,
    federation: Hash,
    holder: Name,
    epoch: Epoch,
    schemes: list(
      record<SchemeManifest>(
        'SchemeManifest',
        { scheme: Name, totals: Bool },
        { index: bytesUpTo(4 * 1024 * 1024), signature: bytes(64), root: Hash },
      ),
      16,
    ),
  },
  {},
);

/** Which table a message is about. */
export interface TableRef {
  readonly epoch: number;
  readonly scheme: string;
}

export const TableRef: t.Type<TableRef, unknown, unknown> = record<TableRef>('TableRef', { epoch: Epoch, scheme: Name }, {});

/** `match`, both ways: the request's rows are n blinded elements, the response's n evaluated ones. */
export interface Evaluated {
  /** One DLEQ proof for the batch, 64 bytes. */
  readonly proof: Uint8Array;
  /** The batch's receipt. */
  readonly receipt: Uint8Array;
}

export const Evaluated: t.Type<Evaluated, unknown, unknown> = record<Evaluated>(
  'Evaluated',
  { proof: bytes(64), receipt: Receipt },
  {},
);

/** The bureau's public keys of a sealed join, with the proof that it knows their secrets. The frame's rows are KB, B_1 … B_V. */
export interface SealOffer extends TableRef {
  readonly federation: Uint8Array;
  readonly proof: Uint8Array;
}

export const SealOffer: t.Type<SealOffer, unknown, unknown> = record<SealOffer>(
  'SealOffer',
  { epoch: Epoch, scheme: Name, federation: Hash, proof: bytes(64) },
  {},
);

/** The holder's side of it, and how far the two streams are: a bureau that comes back goes on there. The frame's rows are H_1 … H_V. */
export interface SealAccept {
  readonly proof: Uint8Array;
  /** The salted commitment to KH, 32 bytes. */
  readonly commitment: Uint8Array;
  /** n, padding included: both streams have that many rows. */
  readonly rows: number;
  /** Rows of stream 2 that the holder has. */
  readonly accepted: number;
  /** Chunks of the shuffle proof that the holder has. */
  readonly proven: number;
  readonly sealed: boolean;
}

export const SealAccept: t.Type<SealAccept, unknown, unknown> = record<SealAccept>(
  'SealAccept',
  { proof: bytes(64), commitment: Hash, rows: Rows, accepted: Rows, proven: Rows, sealed: Bool },
  {},
);

/** A chunk of either stream: the frame's rows are rows [from, from + k). */
export interface SealChunk extends TableRef {
  readonly from: number;
}

export const SealChunk: t.Type<SealChunk, unknown, unknown> = record<SealChunk>(
  'SealChunk',
  { epoch: Epoch, scheme: Name, from: Rows },
  {},
);

/** How many rows of stream 2 are in. */
export interface SealProgress {
  readonly accepted: number;
}

export const SealProgress: t.Type<SealProgress, unknown, unknown> = record<SealProgress>('SealProgress', { accepted: Rows }, {});

/** A chunk of the shuffle proof, after stream 2. The frame's rows are its elements and scalars, 32 bytes each, as `@vouchsafe/join` lays them out. */
export interface SealProof extends TableRef {
  /** Which chunk, from 0. */
  readonly chunk: number;
}

export const SealProof: t.Type<SealProof, unknown, unknown> = record<SealProof>(
  'SealProof',
  { epoch: Epoch, scheme: Name, chunk: Rows },
  {},
);

/** Chunks of the shuffle proof that are in. */
export interface SealProven {
  readonly proven: number;
}

export const SealProven: t.Type<SealProven, unknown, unknown> = record<SealProven>('SealProven', { proven: Rows }, {});

/** How far the holder is with verifying the shuffle proof: each request takes it some steps further. Done, when both are equal. */
export interface SealVerified {
  readonly done: number;
  readonly total: number;
}

export const SealVerified: t.Type<SealVerified, unknown, unknown> = record<SealVerified>(
  'SealVerified',
  { done: whole(0, 2 ** 34), total: whole(0, 2 ** 34) },
  {},
);

/** The bureau's Merkle root over stream 1, with the requests to verify and to finish: it must be the holder's for the table to be taken into use. */
export interface SealFinish extends TableRef {
  readonly root: Uint8Array;
}

export const SealFinish: t.Type<SealFinish, unknown, unknown> = record<SealFinish>(
  'SealFinish',
  { epoch: Epoch, scheme: Name, root: Hash },
  {},
);

/** The table is in use: the holder's Merkle root over stream 1, and the receipt of its log entry about the table. */
export interface SealDone {
  readonly root: Uint8Array;
  readonly receipt: Uint8Array;
}

export const SealDone: t.Type<SealDone, unknown, unknown> = record<SealDone>('SealDone', { root: Hash, receipt: Receipt }, {});

/** A holder's answer to a query. The frame's rows are C° and E_j. */
export interface Answer {
  /** The query's digest, 64 bytes. */
  readonly digest: Uint8Array;
  /** The holder knew too few of the cohort and added nothing; the same whether few or none. */
  readonly suppressed: boolean;
  /** The answer's receipt. */
  readonly receipt: Uint8Array;
}

export const Answer: t.Type<Answer, unknown, unknown> = record<Answer>(
  'Answer',
  { digest: bytes(64), suppressed: Bool, receipt: Receipt },
  {},
);

/** Would this query be answered, and what would it cost? Depends on public data only, never on rows. */
export interface QuoteRequest {
  readonly epoch: number;
  readonly scheme: string;
  readonly kind: 'aggregate' | 'signal';
  readonly purpose: string;
  readonly columns: readonly string[];
  /** 0 for `signal`, and where `rho` states the price. */
  readonly epsilon: Rational;
  readonly rho?: Rational | undefined;
  readonly cohortSize: number;
}

export const QuoteRequest: t.Type<QuoteRequest, unknown, unknown> = record<QuoteRequest>(
  'QuoteRequest',
  {
    epoch: Epoch,
    scheme: Name,
    kind: t.union([t.literal('aggregate'), t.literal('signal')]) as t.Type<'aggregate' | 'signal', unknown, unknown>,
    purpose: Name,
    columns: list(Name, 64),
    epsilon: WireRational as t.Type<Rational, unknown, unknown>,
    cohortSize: whole(1, 1e9),
  },
  { rho: WireRational as t.Type<Rational, unknown, unknown> },
);

/** A holder's price, and what is left of this querier's budgets in this epoch before it. */
export interface Quote {
  /** Privacy budget that the query takes. */
  readonly charge: Rational;
  readonly remaining: Rational;
  /** Signal queries that it counts as: 0 or 1. */
  readonly signals: number;
  readonly signalsRemaining: number;
  /** The same in ρ, for a query that is paid in ρ. */
  readonly rho?: { readonly charge: Rational; readonly remaining: Rational } | undefined;
  /** Issuers of which one has to vouch for the person's consent; absent where the policy wants none. */
  readonly consent?: readonly string[] | undefined;
  /** So many seconds from now the rate limit would let it through; absent where it does now. */
  readonly retryAfter?: number | undefined;
}

const Exact = WireRational as t.Type<Rational, unknown, unknown>;

export const Quote: t.Type<Quote, unknown, unknown> = record<Quote>(
  'Quote',
  { charge: Exact, remaining: Exact, signals: whole(0, 1), signalsRemaining: whole(0, 1e9) },
  {
    rho: record<NonNullable<Quote['rho']>>('rho', { charge: Exact, remaining: Exact }, {}),
    consent: list(Name, 100),
    retryAfter: whole(1, 120),
  },
);

/** A proof between two sizes of the log (RFC 6962 §2.1.2). */
export interface LogConsistency {
  readonly from: number;
  readonly to: number;
  /** 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
}

export const LogConsistency: t.Type<LogConsistency, unknown, unknown> = record<LogConsistency>(
  'LogConsistency',
  { from: whole(0, 2 ** 48 - 1), to: whole(0, 2 ** 48 - 1), hashes: list(Hash, 100) },
  {},
);

/** A proof that an entry is in the log of that many entries (RFC 6962 §2.1.1). */
export interface LogInclusion {
  readonly index: number;
  readonly size: number;
  /** 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
}

export const LogInclusion: t.Type<LogInclusion, unknown, unknown> = record<LogInclusion>(
  'LogInclusion',
  { index: whole(0, 2 ** 48 - 1), size: whole(0, 2 ** 48 - 1), hashes: list(Hash, 100) },
  {},
);

/** Entries of the log as they are hashed, for the auditor. */
export interface LogEntries {
  readonly from: number;
  readonly entries: readonly Uint8Array[];
}

/** At most this many entries at a time. */
export const MAX_LOG_ENTRIES = 256;

export const LogEntries: t.Type<LogEntries, unknown, unknown> = record<LogEntries>(
  'LogEntries',
  { from: whole(0, 2 ** 48 - 1), entries: list(bytesUpTo(16 * 1024), MAX_LOG_ENTRIES) },
  {},
);

/** The newest checkpoint of a log, a signed note in UTF-8 (C2SP tlog-checkpoint). */
export interface LogCheckpoint {
  readonly note: Uint8Array;
}

export const LogCheckpoint: t.Type<LogCheckpoint, unknown, unknown> = record<LogCheckpoint>(
  'LogCheckpoint',
  { note: bytesUpTo(4096) },
  {},
);
