import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, DecimalRational, domain, encodeCanonical, list, type Rational, record, text, whole } from '@vouchsafe/core';
import * as t from 'io-ts';
import type { MatchQuota } from './store/index.ts';

/** A row's budget, at most: what it has spent is counted in millionths below 2^32, and an ε of hundreds protects nobody. */
export const MAX_EPSILON_PER_ROW = 4000;

/** No policy may set the minimum cohort lower. */
export const MINIMUM_COHORT_FLOOR = 20;

/** What a querier may ask in totals over all holders. */
export interface TotalsGrant {
  readonly purposes: readonly string[];
  /** Names of the catalogue's columns, or `present`. */
  readonly columns: readonly string[];
  /** Purposes for which less is granted than that; all others have all of it. */
  readonly perPurpose?: readonly PurposeLimit[] | undefined;
  readonly aggregate?: AggregateGrant | undefined;
  /** `signal` tells exact totals of one person. */
  readonly signal?: { readonly consent: ConsentRule; readonly queriesPerEpoch: number } | undefined;
  readonly reciprocity?: Reciprocity | undefined;
}

/** The kinds and columns of one purpose. What it leaves out is as for the others. */
export interface PurposeLimit {
  readonly purpose: string;
  readonly kinds?: readonly ('aggregate' | 'signal')[] | undefined;
  readonly columns?: readonly string[] | undefined;
}

/**
 * Noisy totals, paid in ε (discrete Laplace noise), in ρ of zero-concentrated differential privacy (discrete Gaussian noise), or either, as the query says. These are two budgets: who uses up both has had ε²/2 + ρ
 * at most in zCDP (`composeCosts` of `@vouchsafe/privacy`). Where 0 is granted, nothing is answered in that currency.
 */
export interface AggregateGrant {
  readonly epsilonPerQuery: Rational;
  readonly epsilonPerEpoch: Rational;
  /** Both or none. */
  readonly rhoPerQuery?: Rational | undefined;
  readonly rhoPerEpoch?: Rational | undefined;
  /**
   * What each row has for itself in the epoch, at most 4,000: a row that cannot pay for a query is left out of it, silently. Rows of cohorts that do not overlap then do not
   * pay for each other, so that `epsilonPerEpoch` may be larger. It counts what was spent while it was in force.
   */
  readonly epsilonPerRow?: Rational | undefined;
  /**
   * The same in ρ, in the place of `epsilonPerRow`: a query in ε then takes ε²/2 from each row, one in ρ its ρ. Change from one to the other with a new epoch: rows have one account.
   */
  readonly rhoPerRow?: Rational | undefined;
}

/** How many new answers a querier gets in any 60 seconds by the holder's clock; answers that were given before come again at any rate. It counts what is answered while it is in force. For the holder's load, not for anybody's privacy. */
export interface RateLimit {
  /** `aggregate` and `signal` together. */
  readonly queriesPerMinute?: number | undefined;
  /** Batches of `match`, of up to 1,000 elements each. */
  readonly batchesPerMinute?: number | undefined;
}

/** What a querier may use up in an epoch, when its lender has answered so many. What a step leaves out stays as it is without any. */
export interface Tier {
  /** Σ |X| of the counter-signed answers to others in the statement's period, at least. */
  readonly subjects: number;
  readonly epsilonPerEpoch?: Rational | undefined;
  readonly rhoPerEpoch?: Rational | undefined;
  readonly signalsPerEpoch?: number | undefined;
}

/** Give to get: budgets that depend on what a lender contributed to others, by a statement that the auditor signed. */
export interface Reciprocity {
  /** The holder that this querier asks for. */
  readonly holder: string;
  /** A statement counts until so many days after the end of its period. */
  readonly maxAgeDays: number;
  /** With rising `subjects`; the last one that the statement reaches counts. */
  readonly tiers: readonly Tier[];
}

/**
 * Whose word it takes that the person agreed: members of the federation with the role `issuer`, whose keys stand in the federation file. `'notRequired'`, or purposes for which it is not, is
 * written out by whoever answers for it.
 */
export type ConsentRule =
  | 'notRequired'
  | { readonly issuers: readonly string[]; readonly notRequiredFor?: readonly string[] | undefined };

/** Which people a querier may try, by number, and how. */
export interface MatchGrant extends MatchQuota {
  /**
   * May it match in bulk? Then its set is safe against a holder that follows the protocol, not against any holder as in `match`, and each bulk match debits the quota some 1.7 elements for each
   * identifier; this holder keeps its identifiers, encrypted, until the epoch ends. Written out by whoever answers for it.
   */
  readonly bulk?: 'accepted' | undefined;
}

/** What a policy grants that says `match: true`. */
export const DEFAULT_MATCH_QUOTA: MatchQuota = { elementsPerDay: 10_000, elementsPerEpoch: 300_000 };

/**
 * At most so many elements per epoch: with a thousand queriers, each at its limit, a key evaluates fewer than 2^40, beyond which the loss of security of a one-more-Diffie–Hellman group with static
 * keys counts (RFC 9497 §7.2.3).
 */
const MAX_ELEMENTS = 1e9;

/** The times of so many answers are kept for each querier. */
const MAX_PER_MINUTE = 1000;

/** What one querier may ask. Whatever is not granted is refused. */
export interface QuerierGrant {
  readonly bureau: string;
  /** Which people it may try, by number: `true` for {@link DEFAULT_MATCH_QUOTA}. */
  readonly match?: true | MatchGrant | undefined;
  readonly totals?: TotalsGrant | undefined;
  readonly rateLimit?: RateLimit | undefined;
  /**
   * With both, a bureau that finds who is known to one holder only reads that holder's figure in the total. A policy that grants both says so here.
   */
  readonly matchAndTotals?: 'accepted' | undefined;
}

/** What a holder answers, to whom: one declarative document. A refusal depends on it and on public data only, never on rows. */
export interface Policy {
  readonly version: 1;
  /** An aggregate over fewer matched subjects (a noisy comparison) adds nothing to the total. 50 is recommended, 20 the floor. */
  readonly minimumCohort: number;
  readonly queriers: readonly QuerierGrant[];
}

const Id: t.Type<string, unknown, unknown> = text('the id of a bureau', /^[a-z0-9][a-z0-9.-]{0,39}$/);
const Purpose: t.Type<string, unknown, unknown> = text(
  'a purpose of at most 64 letters, digits, dots and dashes',
  /^[\w.+:-]{1,64}$/,
);
const Exact = DecimalRational as t.Type<Rational, unknown, unknown>;

const Kind = t.union([t.literal('aggregate'), t.literal('signal')]) as t.Type<'aggregate' | 'signal', unknown, unknown>;

const ConsentRule: t.Type<ConsentRule, unknown, unknown> = t.union([
  t.literal('notRequired') as t.Type<'notRequired', unknown, unknown>,
  record<Exclude<ConsentRule, string>>('consent', { issuers: list(Id, 100) }, { notRequiredFor: list(Purpose, 100) }),
]);

const Reciprocity: t.Type<Reciprocity, unknown, unknown> = record<Reciprocity>(
  'reciprocity',
  {
    holder: Id,
    maxAgeDays: whole(1, 3650),
    tiers: list(
      record<Tier>(
        'tier',
        { subjects: whole(1, 2 ** 52) },
        { epsilonPerEpoch: Exact, rhoPerEpoch: Exact, signalsPerEpoch: whole(0, 1e9) },
      ),
      20,
    ),
  },
  {},
);

const TotalsGrant: t.Type<TotalsGrant, unknown, unknown> = record<TotalsGrant>(
  'TotalsGrant',
  { purposes: list(Purpose, 100), columns: list(Purpose, 65) },
  {
    perPurpose: list(
      record<PurposeLimit>('perPurpose', { purpose: Purpose }, { kinds: list(Kind, 2), columns: list(Purpose, 65) }),
      100,
    ),
    aggregate: record<AggregateGrant>(
      'aggregate',
      { epsilonPerQuery: Exact, epsilonPerEpoch: Exact },
      { rhoPerQuery: Exact, rhoPerEpoch: Exact, epsilonPerRow: Exact, rhoPerRow: Exact },
    ),
    signal: record<NonNullable<TotalsGrant['signal']>>('signal', { consent: ConsentRule, queriesPerEpoch: whole(0, 1e9) }, {}),
    reciprocity: Reciprocity,
  },
);

const MatchGrant = t.union([
  t.literal(true),
  record<MatchGrant>(
    'MatchGrant',
    { elementsPerDay: whole(1, MAX_ELEMENTS), elementsPerEpoch: whole(1, MAX_ELEMENTS) },
    { bulk: t.literal('accepted') as t.Type<'accepted', unknown, unknown> },
  ),
]) as t.Type<true | MatchGrant, unknown, unknown>;

const RateLimit: t.Type<RateLimit, unknown, unknown> = record<RateLimit>(
  'RateLimit',
  {},
  { queriesPerMinute: whole(1, MAX_PER_MINUTE), batchesPerMinute: whole(1, MAX_PER_MINUTE) },
);

export const QuerierGrant: t.Type<QuerierGrant, unknown, unknown> = record<QuerierGrant>(
  'QuerierGrant',
  { bureau: Id },
  {
    match: MatchGrant,
    totals: TotalsGrant,
    rateLimit: RateLimit,
    matchAndTotals: t.literal('accepted') as t.Type<'accepted', unknown, unknown>,
  },
);

export const Policy: t.Type<Policy, unknown, unknown> = record<Policy>(
  'Policy',
  {
    version: t.literal(1) as t.Type<1, unknown, unknown>,
    minimumCohort: whole(MINIMUM_COHORT_FLOOR, 100_000),
    queriers: list(QuerierGrant, 1000),
  },
  {},
);

/** SHA-256 of a policy's one encoding, 32 bytes: stands in each entry of the holder's log. */
export const policyHash = (policy: Policy): Uint8Array =>
  sha256(concatBytes(domain('policy'), encodeCanonical(Policy.encode(policy))));

/** The grant of a bureau, if it has one. */
export const grantOf = (policy: Policy, bureau: string): QuerierGrant | undefined =>
  policy.queriers.find((grant) => grant.bureau === bureau);

/** How many elements a bureau may have evaluated, if its grant lets it match. */
export const matchQuotaOf = (grant: QuerierGrant | undefined): MatchQuota | undefined =>
  grant?.match === true ? DEFAULT_MATCH_QUOTA : grant?.match;

/** The same, if its grant lets it match in bulk: `match: true` does not. */
export const bulkQuotaOf = (grant: QuerierGrant | undefined): MatchQuota | undefined =>
  grant?.match !== true && grant?.match?.bulk === 'accepted' ? grant.match : undefined;
