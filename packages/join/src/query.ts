import { createHash } from 'node:crypto';
import type { Secret, Watch } from '@vouchsafe/core';
import {
  bytes,
  compareRows,
  createPace,
  domain,
  E,
  type Either,
  encodeCanonical,
  firstDisorder,
  list,
  MAX_COHORT,
  type Rational,
  record,
  text,
  WireRational,
  whole,
} from '@vouchsafe/core';
import { type BadElement, ELEMENT_BYTES, type Elements, type Group, type ScalarBytes } from '@vouchsafe/group';
import * as t from 'io-ts';
import type { BureauContext } from './context.ts';
import { pseudonymsOf } from './pseudonyms.ts';
import { orderByKey, permuteRows } from './rows.ts';

/** One holder of the roster, with the Merkle root of the rows that it sealed: which table is asked. */
export interface RosterEntry {
  readonly holder: string;
  /** RFC 6962 root over stream 1, 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * What is asked, the same for every holder of the roster. Masks cancel only between holders that answered the very same terms and cohort: other columns, rosters
 * or cohorts under one digest give garbage, not a figure.
 */
export interface QueryTerms {
  readonly version: 1;
  readonly federation: string;
  readonly bureau: string;
  readonly epoch: number;
  readonly scheme: string;
  /** KB, 32 bytes. */
  readonly joinKey: Uint8Array;
  /** Ascending by holder. */
  readonly roster: readonly RosterEntry[];
  readonly kind: 'aggregate' | 'signal';
  /** Why it is asked, one of the purposes that the holders' policies name. */
  readonly purpose: string;
  /** Names of columns; `present` counts relationships. Each once. */
  readonly columns: readonly string[];
  /** The privacy price of the whole query in ε; 0 where `rho` states it, and for `signal`, which carries no noise and needs the subject's consent. */
  readonly epsilon: Rational;
  /** The privacy price in ρ of zero-concentrated differential privacy: then the noise is Gaussian. */
  readonly rho?: Rational | undefined;
  /** Receipt of the subject's consent, when the kind needs one. */
  readonly consent?: Uint8Array | undefined;
  /** 0, and one more for each paid repetition with fresh noise. */
  readonly repeat: number;
}

const Name: t.Type<string, unknown, unknown> = text('a name of 1 to 64 characters', /^[\w.+:-]{1,64}$/);

export const QueryTerms: t.Type<QueryTerms, unknown, unknown> = record<QueryTerms>(
  'QueryTerms',
  {
    version: t.literal(1) as t.Type<1, unknown, unknown>,
    federation: Name,
    bureau: Name,
    epoch: whole(1, 2 ** 32 - 1),
    scheme: Name,
    joinKey: bytes(32),
    roster: list(record<RosterEntry>('RosterEntry', { holder: Name, root: bytes(32) }, {}), 1000),
    kind: t.union([t.literal('aggregate'), t.literal('signal')]) as t.Type<'aggregate' | 'signal', unknown, unknown>,
    purpose: Name,
    columns: list(Name, 64),
    epsilon: WireRational as t.Type<Rational, unknown, unknown>,
    repeat: whole(0, 2 ** 32 - 1),
  },
  {
    rho: WireRational as t.Type<Rational, unknown, unknown>,
    consent: new t.Type<Uint8Array, unknown, unknown>(
      'a consent receipt of at most 4096 bytes',
      (u): u is Uint8Array => u instanceof Uint8Array,
      (u, context) => (u instanceof Uint8Array && u.length <= 4096 ? t.success(u) : t.failure(u, context)),
      (a) => a,
    ),
  },
);

/** Bytes of a query's digest. */
export const DIGEST_BYTES = 64;

/** The query's id: SHA-512 of its one encoding, cohort included. A repeated digest gets the stored answer; anything else is another query. */
export const queryDigest = (terms: QueryTerms, cohort: Elements): Uint8Array =>
  new Uint8Array(
    createHash('sha512')
      .update(domain('query'))
      .update(encodeCanonical({ cohort, terms: QueryTerms.encode(terms) }))
      .digest(),
  );

/** A cohort that is no set: empty, too large, or with an element twice or out of order. */
export interface BadCohort {
  readonly _tag: 'BadCohort';
  readonly message: string;
}

/**
 * The fault of a cohort with more subjects than the federation allows.
 * @param limit the catalogue's cohort cap
 */
export const cohortTooLarge = (limit: number): BadCohort => ({
  _tag: 'BadCohort',
  message: `the cohort has more than ${limit} subjects, the catalogue's cap: split it`,
});

/**
 * Sorts pseudonyms as a cohort has them, each once.
 * @param blinded U of each identifier, n × 32 bytes
 * @returns the cohort, m × 32 bytes, and for each of its places which identifier it is
 */
export const orderCohort = async (
  blinded: Elements,
): Promise<{ readonly cohort: Elements; readonly order: readonly number[] }> => {
  const all = await orderByKey(blinded, ELEMENT_BYTES);
  const order = [...all].filter((row, i) => i === 0 || compareRows(blinded, ELEMENT_BYTES, all[i - 1]!, row) !== 0);
  return { cohort: await permuteRows(blinded, ELEMENT_BYTES, Uint32Array.from(order)), order };
};

/**
 * Query step 1: U = kB·Hash(x) for every subject, distinct and sorted by encoding.
 * @param ids canonical identifiers; duplicates count once
 * @returns at most n × 32 bytes
 */
export const blindCohort = async (
  {
    context,
    joinScalar,
    ids,
    watch,
  }: {
    readonly context: BureauContext;
    readonly joinScalar: Secret;
    readonly ids: readonly Uint8Array[];
    readonly watch?: Watch | undefined;
  },
  group: Group,
): Promise<Elements> => {
  const distinct: Uint8Array[] = [];
  const seen = new Set<string>();
  const pace = createPace();
  for (const id of ids) {
    const { size } = seen;
    if (seen.add(Buffer.from(id).toString('latin1')).size > size) distinct.push(id);
    if (pace.due()) await pace.rest();
  }
  const blinded = await pseudonymsOf({ context, ids: distinct, scalar: joinScalar.reveal() as ScalarBytes, watch }, group);
  return permuteRows(blinded, ELEMENT_BYTES, await orderByKey(blinded, ELEMENT_BYTES));
};

/**
 * The holder's check of a cohort from outside: 1..cap valid elements, strictly ascending. A subject listed twice would count twice and could be told from the total.
 * @param cap the catalogue's cohort cap
 */
export const receiveCohort = async (
  { received, cap, watch }: { readonly received: Uint8Array; readonly cap: number; readonly watch?: Watch | undefined },
  group: Group,
): Promise<Either<BadCohort | BadElement, Elements>> => {
  const size = received.length / ELEMENT_BYTES;
  const limit = Math.min(cap, MAX_COHORT);
  if (size === 0) return E.left({ _tag: 'BadCohort', message: 'the cohort is empty: name at least one subject' });
  if (size > limit) return E.left(cohortTooLarge(limit));
  if (!Number.isInteger(size))
    return E.left({ _tag: 'BadCohort', message: 'the cohort is cut off: expected whole elements of 32 bytes' });
  const disorder = firstDisorder(received, ELEMENT_BYTES);
  if (disorder !== -1)
    return E.left({
      _tag: 'BadCohort',
      message: `element ${disorder} of the cohort is not above the one before it: sort, each once`,
    });
  return group.receive(received, watch);
};
