import type { StatementNotSigned } from '@vouchsafe/audit/statement';
import {
  type BadCatalogue,
  type BadShape,
  bytesToHex,
  compareRational,
  E,
  type Either,
  rational,
  slotsOf,
} from '@vouchsafe/core';
import { type BadFederation, type Federation, type FederationNotSigned, newestEpoch, openFederation } from '@vouchsafe/protocol';
import type { Documents, NotThisHolder } from './documents.ts';
import { type DryRun, dryRun, FRESH, type PolicyQuestion, type Standing } from './dry-run.ts';
import { type AggregateGrant, type Policy, policyHash, type QuerierGrant } from './policy.ts';
import { type BadPolicy, readPolicy } from './read-policy.ts';
import { earnedPolicy, readStatements } from './reciprocity.ts';

/** A policy that a holder may start with. */
export interface PolicyCheck {
  /** With the budgets that the statements earn. */
  readonly policy: Policy;
  /** What its log entries will say: SHA-256, 64 hexadecimal digits. */
  readonly hash: string;
  readonly federation: Federation;
  /** What no rule forbids and hardly anybody means: names that the federation does not have, grants that can never be used, prices that protect nobody. */
  readonly notes: readonly string[];
  /** Would this be answered, and at which price? By default for a querier that has used nothing up. */
  readonly dryRun: (question: PolicyQuestion, standing?: Standing) => DryRun;
}

/** Why a policy cannot be checked: a document does not hold, or is not about this holder. */
export type CannotCheckPolicy =
  | BadShape
  | BadCatalogue
  | BadFederation
  | FederationNotSigned
  | BadPolicy
  | StatementNotSigned
  | NotThisHolder;

/** Checks a policy on documents alone: without keys, a store or records. @param id the holder, so that the dry run is about an epoch of its own; the newest one by default */
export const checkPolicy = (
  documents: Documents,
  {
    auditorKey,
    id,
    clock = Date.now,
  }: { readonly auditorKey: string; readonly id?: string | undefined; readonly clock?: (() => number) | undefined },
): Either<CannotCheckPolicy, PolicyCheck> => {
  const opened = openFederation(documents.federation, auditorKey);
  if (E.isLeft(opened)) return opened;
  const federation = opened.right;
  const { catalogue } = federation;
  const read = readPolicy(documents.policy, catalogue);
  if (E.isLeft(read)) return read;
  const statements = readStatements(documents.statements ?? [], { federation, auditorKey });
  if (E.isLeft(statements)) return statements;
  const epoch =
    id === undefined
      ? newestEpoch(federation)
      : federation.epochs.findLast(({ roster }) => roster.some(({ holder }) => holder === id));
  if (!epoch)
    return E.left({
      _tag: 'NotThisHolder',
      message: 'the federation document has no holder of that id in the roster of a live epoch',
    });
  const policy = earnedPolicy(read.right, { statements: statements.right, now: Math.floor(clock() / 1000) });
  return E.right({
    policy,
    hash: bytesToHex(policyHash(policy)),
    federation,
    notes: notesOn(policy, federation),
    dryRun: (question, standing = FRESH) =>
      dryRun({ policy, catalogue, slots: slotsOf(catalogue), epoch, clock }, question, standing),
  });
};

const notesOn = ({ minimumCohort, queriers }: Policy, federation: Federation): readonly string[] => [
  ...(minimumCohort > federation.catalogue.cohortCap
    ? [`minimumCohort is above the federation’s largest cohort of ${federation.catalogue.cohortCap}: no aggregate is answered`]
    : []),
  ...queriers.flatMap((grant) =>
    [...strangersIn(grant, federation), ...oddIn(grant)].map((note) => `"${grant.bureau}": ${note}`),
  ),
];

const strangersIn = ({ bureau, totals }: QuerierGrant, { members }: Federation): readonly string[] => {
  const has = (id: string, role: string): boolean => members.some((member) => member.id === id && member.role === role);
  const consent = totals?.signal?.consent;
  const lender = totals?.reciprocity?.holder;
  return [
    ...(has(bureau, 'bureau') ? [] : ['the federation has no such bureau, so this grant is for nobody']),
    ...(typeof consent === 'object' ? consent.issuers : [])
      .filter((id) => !has(id, 'issuer'))
      .map((id) => `the federation has no issuer "${id}", so nobody can have its receipts`),
    ...(lender === undefined || has(lender, 'holder') ? [] : [`the federation has no holder "${lender}", so no tier is reached`]),
  ];
};

const oddIn = ({ match, totals, rateLimit }: QuerierGrant): readonly string[] => [
  ...(match || totals ? [] : ['nothing is granted']),
  ...(totals && !totals.aggregate && !totals.signal ? ['totals are granted, but neither aggregate nor signal'] : []),
  ...(totals && (totals.purposes.length === 0 || totals.columns.length === 0)
    ? ['totals without a purpose or a column: none is answered']
    : []),
  ...(totals?.aggregate ? oddPrices(totals.aggregate) : []),
  ...(rateLimit?.batchesPerMinute !== undefined && !match ? ['rateLimit.batchesPerMinute without match'] : []),
  ...(rateLimit?.queriesPerMinute !== undefined && !totals ? ['rateLimit.queriesPerMinute without totals'] : []),
];

/** An attacker who guesses at even odds is right with probability e^ε/(1 + e^ε): 0.99995 at 10. */
const LARGE_EPSILON = rational(10);

const oddPrices = ({ epsilonPerQuery, epsilonPerEpoch, rhoPerQuery, rhoPerEpoch }: AggregateGrant): readonly string[] => [
  ...(compareRational(epsilonPerQuery, epsilonPerEpoch) > 0
    ? ['aggregate.epsilonPerQuery is above epsilonPerEpoch, which no query can exceed']
    : []),
  ...(rhoPerQuery && rhoPerEpoch && compareRational(rhoPerQuery, rhoPerEpoch) > 0
    ? ['aggregate.rhoPerQuery is above rhoPerEpoch, which no query can exceed']
    : []),
  ...(compareRational(epsilonPerEpoch, LARGE_EPSILON) > 0
    ? ['aggregate.epsilonPerEpoch is above 10: it hardly hides whether a row is there']
    : []),
];
