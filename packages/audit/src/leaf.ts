import {
  bytes,
  decodeCanonical,
  decodeShape,
  E,
  type Either,
  encodeCanonical,
  list,
  type Rational,
  record,
  text,
  WireRational,
  whole,
} from '@vouchsafe/core';
import * as t from 'io-ts';
import { type BadLeaf, badLeaf } from './errors.ts';

/** No entry of a log is longer: longer ones are refused before they are read. */
export const MAX_ENTRY_BYTES = 16_384;

/** What every leaf has: which kind of leaf, in which version of its form, and when the holder wrote it. */
interface LeafBase<Kind extends string> {
  readonly leaf: Kind;
  readonly version: 1;
  /** Seconds since 1970-01-01 UTC, by the holder's clock. */
  readonly time: number;
  /** The bureau that asked. */
  readonly querier: string;
  readonly scheme: string;
  readonly epoch: number;
}

/** An answered `aggregate` or `signal`. Nothing in it depends on rows in the open: the matched count is committed to, not told. */
export interface QueryLeaf extends LeafBase<'query'> {
  readonly kind: 'aggregate' | 'signal';
  /** The query's id, SHA-512 of its one encoding, 64 bytes. */
  readonly digest: Uint8Array;
  /** {@link cohortRoot} of U, 32 bytes: a single U can later be opened to the auditor. */
  readonly cohortRoot: Uint8Array;
  /** |X|. */
  readonly cohortSize: number;
  readonly purpose: string;
  readonly columns: readonly string[];
  /** {@link commitMatched} of |M|, 32 bytes: |M| itself is membership, and is opened to the auditor only. */
  readonly matched: Uint8Array;
  /** The ε that the query took from the querier's budget; 0 for `signal`, and for a query that is paid in ρ. */
  readonly charge: Rational;
  /** The ρ that it took, where it was paid in ρ. */
  readonly rho?: Rational | undefined;
  /** SHA-256 of the policy in force, 32 bytes. */
  readonly policy: Uint8Array;
  /** SHA-256 of the answer as it was sent, without its receipt, 32 bytes. */
  readonly answer: Uint8Array;
  /** Whose consent receipt came with it, and which: SHA-256 of what the issuer signed. */
  readonly consent?: { readonly issuer: string; readonly receipt: Uint8Array } | undefined;
}

/** An answered batch of `match`, or a bulk match. */
export interface MatchLeaf extends LeafBase<'match'> {
  /** Blinded elements in the batch; of a bulk match, the querier's identifiers as it said. */
  readonly elements: number;
  /** SHA-256 of the blinded elements as they came; of a bulk match, of all messages of the querier, each behind its length. 32 bytes. */
  readonly request: Uint8Array;
  /** SHA-256 of the evaluated elements and their proof as they were sent; of a bulk match, of the masks. 32 bytes. */
  readonly answer: Uint8Array;
  readonly policy: Uint8Array;
  readonly purpose?: string | undefined;
  readonly bulk?: BulkFacts | undefined;
}

/** What is particular to a bulk match. */
export interface BulkFacts {
  /** The holder's identifiers, padding included. */
  readonly rows: number;
  /** What the querier's quota was debited: as many as it could have asked about had it deviated. */
  readonly charged: number;
  /** `refused`: the querier's messages failed the check, and no masks left (`answer` is the hash of no bytes). */
  readonly outcome: 'answered' | 'refused';
}

/** A step of the sealing of a table. */
export interface SealLeaf extends LeafBase<'seal'> {
  /**
   * `sent`: stream 1 is complete and fixed, written before the bureau's first row comes back; `sealed`: stream 2 is complete and its proof was verified; `refused`: it was not, and
   * the epoch ends for this bureau.
   */
  readonly stage: 'sent' | 'sealed' | 'refused';
  /** The verdict on the shuffle proof: `valid`, or the check that failed. Absent before there is one, and when the two sides saw different rows. */
  readonly proof?: string | undefined;
  /** n, padding included. */
  readonly rows: number;
  /** RFC 6962 root over stream 1, 32 bytes. */
  readonly root: Uint8Array;
  /** The salted commitment to KH, 32 bytes. */
  readonly commitment: Uint8Array;
  /** SHA-256 of all public keys of the table (`hashSealKeys` of `@vouchsafe/join`), 32 bytes. Without it rows cannot be sampled: older logs lack it. */
  readonly keys?: Uint8Array | undefined;
  readonly policy: Uint8Array;
}

/** The auditor had a logged query opened. Which subjects it was shown is not in it. */
export interface OpenLeaf extends LeafBase<'open'> {
  /** The auditor's name. */
  readonly auditor: string;
  /** The entry of this log that was opened. */
  readonly entry: number;
  /** Its digest, 64 bytes. */
  readonly digest: Uint8Array;
  /** How many of its subjects the bureau is asked to show. */
  readonly subjects: number;
}

/** The auditor drew rows of a sealed table and was shown them. */
export interface SampleLeaf extends LeafBase<'sample'> {
  readonly auditor: string;
  /** RFC 6962 root over stream 1 of the table, 32 bytes. */
  readonly root: Uint8Array;
  /** From which anybody computes which rows were drawn, 32 bytes. */
  readonly seed: Uint8Array;
  /** How many. */
  readonly rows: number;
}

/** What an entry of a holder’s log says, by its kind in `leaf`: an answer to a query or a match, a sealed table, or what the auditor asked for. */
export type Leaf = QueryLeaf | MatchLeaf | SealLeaf | OpenLeaf | SampleLeaf;

/** A leaf of a kind or version that this release does not know: it counts, and its hash is checked like any other; what it says is for a later release. */
export interface UnknownLeaf {
  readonly leaf: 'unknown';
  /** At most 32 lower-case letters, digits and dashes. */
  readonly kind: string;
  readonly version: number;
}

const Name: t.Type<string, unknown, unknown> = text('a name of 1 to 64 characters', /^[\w.+:-]{1,64}$/);
const Hash: t.Type<Uint8Array, unknown, unknown> = bytes(32);
const oneOf = <A extends string>(...words: readonly A[]): t.Type<A, unknown, unknown> =>
  text(`one of ${words.join(', ')}`, new RegExp(`^(${words.join('|')})$`)) as unknown as t.Type<A, unknown, unknown>;

const base = <Kind extends string>(kind: Kind) => ({
  leaf: oneOf(kind),
  version: t.literal(1) as t.Type<1, unknown, unknown>,
  time: whole(0, 2 ** 40),
  querier: Name,
  scheme: Name,
  epoch: whole(1, 2 ** 32 - 1),
});

export const QueryLeaf: t.Type<QueryLeaf, unknown, unknown> = record<QueryLeaf>(
  'QueryLeaf',
  {
    ...base('query'),
    kind: oneOf('aggregate', 'signal'),
    digest: bytes(64),
    cohortRoot: Hash,
    cohortSize: whole(1, 1e9),
    purpose: Name,
    columns: list(Name, 65),
    matched: Hash,
    charge: WireRational as t.Type<Rational, unknown, unknown>,
    policy: Hash,
    answer: Hash,
  },
  {
    rho: WireRational as t.Type<Rational, unknown, unknown>,
    consent: record<NonNullable<QueryLeaf['consent']>>('consent', { issuer: Name, receipt: Hash }, {}),
  },
);

export const MatchLeaf: t.Type<MatchLeaf, unknown, unknown> = record<MatchLeaf>(
  'MatchLeaf',
  { ...base('match'), elements: whole(1, 1e9), request: Hash, answer: Hash, policy: Hash },
  {
    purpose: Name,
    bulk: record<BulkFacts>(
      'bulk',
      { rows: whole(1, 2 ** 24), charged: whole(0, 1e9), outcome: oneOf('answered', 'refused') },
      {},
    ),
  },
);

export const SealLeaf: t.Type<SealLeaf, unknown, unknown> = record<SealLeaf>(
  'SealLeaf',
  {
    ...base('seal'),
    stage: oneOf('sent', 'sealed', 'refused'),
    rows: whole(0, 2 ** 32 - 1),
    root: Hash,
    commitment: Hash,
    policy: Hash,
  },
  { proof: text('`valid` or the name of a check', /^[a-zA-Z0-9]{1,16}$/), keys: Hash },
);

export const OpenLeaf: t.Type<OpenLeaf, unknown, unknown> = record<OpenLeaf>(
  'OpenLeaf',
  { ...base('open'), auditor: Name, entry: whole(0, 2 ** 48 - 1), digest: bytes(64), subjects: whole(0, 1e9) },
  {},
);

export const SampleLeaf: t.Type<SampleLeaf, unknown, unknown> = record<SampleLeaf>(
  'SampleLeaf',
  { ...base('sample'), auditor: Name, root: Hash, seed: Hash, rows: whole(1, 1e9) },
  {},
);

const CODECS: Readonly<Record<Leaf['leaf'], t.Type<Leaf, unknown, unknown>>> = {
  query: QueryLeaf as t.Type<Leaf, unknown, unknown>,
  match: MatchLeaf as t.Type<Leaf, unknown, unknown>,
  seal: SealLeaf as t.Type<Leaf, unknown, unknown>,
  open: OpenLeaf as t.Type<Leaf, unknown, unknown>,
  sample: SampleLeaf as t.Type<Leaf, unknown, unknown>,
};

/**
 * The entry of a leaf: deterministic CBOR.
 * @throws RangeError for a leaf that {@link readLeaf} would refuse, e.g. a name that is too long: a log cannot be mended later
 */
export const encodeLeaf = (leaf: Leaf): Uint8Array => {
  const written = CODECS[leaf.leaf].encode(leaf);
  const check = decodeShape(CODECS[leaf.leaf], written);
  if (E.isLeft(check)) throw new RangeError(check.left.message);
  return encodeCanonical(written);
};

/** Reads an entry. A kind or version from a later release is told as {@link UnknownLeaf}; everything else has exactly the form of its kind. */
export const readLeaf = (entry: Uint8Array): Either<BadLeaf, Leaf | UnknownLeaf> => {
  if (entry.length > MAX_ENTRY_BYTES) return E.left(badLeaf(`more than ${MAX_ENTRY_BYTES} bytes`));
  const value = decodeCanonical(entry);
  if (E.isLeft(value)) return E.left(badLeaf(value.left.message));
  const head = headOf(value.right);
  if (head === undefined) return E.left(badLeaf('it does not say its kind and version'));
  if (head.version !== 1 || !Object.hasOwn(CODECS, head.kind)) return E.right({ leaf: 'unknown', ...head });
  const leaf = decodeShape(CODECS[head.kind as Leaf['leaf']], value.right);
  return E.isLeft(leaf) ? E.left(badLeaf(leaf.left.message)) : leaf;
};

const headOf = (value: unknown): { readonly kind: string; readonly version: number } | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { leaf, version } = value as Readonly<Record<string, unknown>>;
  if (typeof leaf !== 'string' || !/^[a-z0-9-]{1,32}$/.test(leaf)) return undefined;
  return Number.isSafeInteger(version) && (version as number) > 0 ? { kind: leaf, version: version as number } : undefined;
};
