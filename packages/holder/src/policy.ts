import {
  type BadShape,
  type Catalogue,
  columnNamed,
  compareRational,
  DecimalRational,
  decodeShape,
  E,
  type Either,
  list,
  PRESENT,
  type Rational,
  rational,
  record,
  text,
  whole,
} from '@vouchsafe/core';
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
  readonly aggregate?:
    | {
        readonly epsilonPerQuery: Rational;
        readonly epsilonPerEpoch: Rational;
        /**
         * What each row has for itself in the epoch, at most {@link MAX_EPSILON_PER_ROW}: a row that cannot pay for a query is left out of it, silently. Rows of cohorts that do not overlap then do not
         * pay for each other, so that `epsilonPerEpoch` may be larger. It counts what was spent while it was in force.
         */
        readonly epsilonPerRow?: Rational | undefined;
      }
    | undefined;
  /** `signal` tells exact totals of one person. */
  readonly signal?: { readonly consent: ConsentRule; readonly queriesPerEpoch: number } | undefined;
  readonly reciprocity?: Reciprocity | undefined;
}

/** What a querier may use up in an epoch, when its lender has answered so many. What a step leaves out stays as it is without any. */
export interface Tier {
  /** Σ |X| of the counter-signed answers to others in the statement's period, at least. */
  readonly subjects: number;
  readonly epsilonPerEpoch?: Rational | undefined;
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

/** What a policy grants that says `match: true`. */
export const DEFAULT_MATCH_QUOTA: MatchQuota = { elementsPerDay: 10_000, elementsPerEpoch: 300_000 };

/**
 * At most so many elements per epoch: with a thousand queriers, each at its limit, a key evaluates fewer than 2^40, beyond which the loss of security of a one-more-Diffie–Hellman group with static
 * keys counts (RFC 9497 §7.2.3).
 */
const MAX_ELEMENTS = 1e9;

/** What one querier may ask. Whatever is not granted is refused. */
export interface QuerierGrant {
  readonly bureau: string;
  /** Which people it may try, by number: `true` for {@link DEFAULT_MATCH_QUOTA}. */
  readonly match?: true | MatchQuota | undefined;
  readonly totals?: TotalsGrant | undefined;
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
const Epsilon = DecimalRational as t.Type<Rational, unknown, unknown>;

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
      record<Tier>('tier', { subjects: whole(1, 2 ** 52) }, { epsilonPerEpoch: Epsilon, signalsPerEpoch: whole(0, 1e9) }),
      20,
    ),
  },
  {},
);

const TotalsGrant: t.Type<TotalsGrant, unknown, unknown> = record<TotalsGrant>(
  'TotalsGrant',
  { purposes: list(Purpose, 100), columns: list(Purpose, 65) },
  {
    aggregate: record<NonNullable<TotalsGrant['aggregate']>>(
      'aggregate',
      { epsilonPerQuery: Epsilon, epsilonPerEpoch: Epsilon },
      { epsilonPerRow: Epsilon },
    ),
    signal: record<NonNullable<TotalsGrant['signal']>>('signal', { consent: ConsentRule, queriesPerEpoch: whole(0, 1e9) }, {}),
    reciprocity: Reciprocity,
  },
);

const MatchGrant = t.union([
  t.literal(true),
  record<MatchQuota>('MatchQuota', { elementsPerDay: whole(1, MAX_ELEMENTS), elementsPerEpoch: whole(1, MAX_ELEMENTS) }, {}),
]) as t.Type<true | MatchQuota, unknown, unknown>;

export const Policy: t.Type<Policy, unknown, unknown> = record<Policy>(
  'Policy',
  {
    version: t.literal(1) as t.Type<1, unknown, unknown>,
    minimumCohort: whole(MINIMUM_COHORT_FLOOR, 100_000),
    queriers: list(
      record<QuerierGrant>(
        'QuerierGrant',
        { bureau: Id },
        {
          match: MatchGrant,
          totals: TotalsGrant,
          matchAndTotals: t.literal('accepted') as t.Type<'accepted', unknown, unknown>,
        },
      ),
      1000,
    ),
  },
  {},
);

/** A policy that no holder may start with. */
export interface BadPolicy {
  readonly _tag: 'BadPolicy';
  readonly message: string;
}

/** Reads and checks a policy document against the federation's catalogue. */
export const readPolicy = (value: unknown, catalogue: Catalogue): Either<BadShape | BadPolicy, Policy> => {
  const shape = decodeShape(Policy, value);
  if (E.isLeft(shape)) return shape;
  for (const [i, grant] of shape.right.queriers.entries()) {
    const problem = contradiction(grant, catalogue) ?? (isTwice(shape.right, grant) ? 'it stands twice' : undefined);
    if (problem !== undefined) return E.left({ _tag: 'BadPolicy', message: `queriers.${i} ("${grant.bureau}"): ${problem}` });
  }
  return shape;
};

const contradiction = ({ match, totals, matchAndTotals }: QuerierGrant, catalogue: Catalogue): string | undefined => {
  if (match && totals && matchAndTotals !== 'accepted')
    return 'match and totals together let it read one holder’s figures: grant one of them, or state matchAndTotals: "accepted"';
  const unknown = totals?.columns.find((name) => name !== PRESENT && E.isLeft(columnNamed(catalogue, name)));
  if (unknown !== undefined) return `column "${unknown}" is not in the catalogue`;
  if (typeof totals?.signal?.consent === 'object') {
    const { issuers, notRequiredFor = [] } = totals.signal.consent;
    if (issuers.length === 0) return 'signal.consent names no issuer: then nobody’s consent would count';
    const strange = notRequiredFor.find((purpose) => !totals.purposes.includes(purpose));
    if (strange !== undefined) return `signal.consent.notRequiredFor: "${strange}" is none of its purposes`;
  }
  const tiers = totals?.reciprocity?.tiers ?? [];
  if (tiers.some(({ subjects }, i) => i > 0 && tiers[i - 1]!.subjects >= subjects))
    return 'reciprocity.tiers are not in rising order of subjects';
  if (totals?.aggregate && compareRational(totals.aggregate.epsilonPerQuery, rational(0)) <= 0)
    return 'aggregate.epsilonPerQuery must be above zero';
  const { epsilonPerQuery, epsilonPerRow } = totals?.aggregate ?? {};
  if (epsilonPerQuery && epsilonPerRow && compareRational(epsilonPerRow, epsilonPerQuery) < 0)
    return 'aggregate.epsilonPerRow is below epsilonPerQuery: such a query would find no row that can pay for it';
  if (epsilonPerRow && compareRational(epsilonPerRow, rational(MAX_EPSILON_PER_ROW)) > 0)
    return `aggregate.epsilonPerRow is above ${MAX_EPSILON_PER_ROW}: state less, or leave it out`;
  return undefined;
};

const isTwice = (policy: Policy, grant: QuerierGrant): boolean =>
  policy.queriers.filter(({ bureau }) => bureau === grant.bureau).length > 1;

/** The grant of a bureau, if it has one. */
export const grantOf = (policy: Policy, bureau: string): QuerierGrant | undefined =>
  policy.queriers.find((grant) => grant.bureau === bureau);

/** How many elements a bureau may have evaluated, if its grant lets it match. */
export const matchQuotaOf = (grant: QuerierGrant | undefined): MatchQuota | undefined =>
  grant?.match === true ? DEFAULT_MATCH_QUOTA : grant?.match;
