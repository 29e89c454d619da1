import { cohortRoot, commitMatched, encodeLeaf, SALT_BYTES } from '@vouchsafe/audit';
import { concatBytes, csprng, E, type Either, i2osp, type Rng, type UnknownColumn } from '@vouchsafe/core';
import { type BadElement, ELEMENT_BYTES } from '@vouchsafe/group';
import { answerQuery, type BadCohort, lookUp, type QueryTerms, queryDigest, receiveCohort } from '@vouchsafe/join';
import { discreteLaplace, noisyThreshold } from '@vouchsafe/privacy';
import { answerHash } from '@vouchsafe/protocol';
import { type ConsentFault, consentTo } from './consenting.ts';
import { type HolderContext, secondsOf } from './context.ts';
import type { OutOfStep } from './errors.ts';
import { checkTerms, planQuery, type QueryRefused } from './plan-query.ts';
import type { Sealed } from './sealing.ts';
import { affordable, type BudgetSpent, type StoredAnswer } from './store/index.ts';

/** An answer with the id of the query it belongs to. */
export interface Answered extends StoredAnswer {
  /** 64 bytes. */
  readonly digest: Uint8Array;
}

export type CannotAnswer = OutOfStep | QueryRefused | BadCohort | BadElement | BudgetSpent | ConsentFault | UnknownColumn;

/**
 * One query, from the checked terms to the answer that may leave: cohort → stored answer? → policy and budget → consent → noise → look-up → answer → commit.
 * @param received U as it came, n × 32 bytes
 */
export const answer = async (
  context: HolderContext,
  {
    bureau,
    sealed,
    terms,
    received,
  }: { readonly bureau: string; readonly sealed: Sealed; readonly terms: QueryTerms; readonly received: Uint8Array },
  rng: Rng = csprng,
): Promise<Either<CannotAnswer, Answered>> => {
  const { catalogue, store, group, policy, masks, id } = context;
  const fits = checkTerms(context, bureau, terms, sealed, id);
  if (E.isLeft(fits)) return fits;
  const cohort = await receiveCohort({ received, cap: catalogue.cohortCap }, group);
  if (E.isLeft(cohort)) return cohort;
  const digest = queryDigest(terms, cohort.right);
  const query = { bureau, epoch: terms.epoch, digest };
  const before = await store.answered(query);
  if (before) return E.right({ ...before, digest });

  const plan = planQuery(context, bureau, { ...terms, cohortSize: cohort.right.length / ELEMENT_BYTES });
  if (E.isLeft(plan)) return plan;
  const { slots, thresholdScale, charge, cap } = plan.right;
  // Before any work; the commit checks again.
  const funds = affordable(await store.spent(query), { charge, cap });
  if (E.isLeft(funds)) return funds;

  const consent = await consentTo(context, { bureau, terms, cohort: cohort.right, digest });
  if (E.isLeft(consent)) return consent;

  // Drawn before a row is looked at: how long a sample takes tells something about its size.
  const noise = slots.map(({ scale }) => (scale ? discreteLaplace({ scale }, rng) : 0n));
  const indexes = slots.map(({ slot }) => slot.index);
  const { keys, bureauKeys, table } = sealed;
  const lookup = await lookUp({ keys, table, cohort: cohort.right, slots: indexes }, group);
  const suppressed =
    thresholdScale !== undefined &&
    !noisyThreshold({ count: lookup.matched, threshold: policy.minimumCohort, scale: thresholdScale }, rng);
  const rows = await answerQuery(
    { keys, bureauKeys, lookup, slots: indexes, suppress: suppressed, noise, masks: { secrets: masks, digest } },
    group,
    rng,
  );
  const salt = rng(SALT_BYTES);
  const entry = encodeLeaf({
    leaf: 'query',
    version: 1,
    time: secondsOf(context),
    querier: bureau,
    scheme: terms.scheme,
    epoch: terms.epoch,
    kind: terms.kind,
    digest,
    cohortRoot: cohortRoot(cohort.right),
    cohortSize: cohort.right.length / ELEMENT_BYTES,
    purpose: terms.purpose,
    columns: terms.columns,
    matched: commitMatched({ salt, matched: lookup.matched }),
    charge: charge.epsilon,
    policy: context.policyHash,
    answer: answerHash({ digest, suppressed, rows }),
    consent: consent.right && { issuer: consent.right.issuer, receipt: consent.right.id },
  });
  const opening = concatBytes(salt, i2osp(lookup.matched, 4));
  const committed = await store.commit(
    { ...query, charge, cap, answer: { rows, suppressed }, entry, opening, consent: consent.right?.id },
    context.log,
  );
  return E.isLeft(committed) ? committed : E.right({ ...committed.right, digest });
};
