import { cohortRoot, commitMatched, encodeLeaf, SALT_BYTES } from '@vouchsafe/audit';
import { concatBytes, csprng, E, type Either, i2osp, type Rng, type UnknownColumn } from '@vouchsafe/core';
import { type BadElement, ELEMENT_BYTES } from '@vouchsafe/group';
import {
  answerQuery,
  type BadCohort,
  lookUp,
  type QueryTerms,
  queryDigest,
  receiveCohort,
  type SealedTable,
} from '@vouchsafe/join';
import { answerHash } from '@vouchsafe/protocol';
import { type ConsentFault, consentTo } from './consenting.ts';
import { type HolderContext, secondsOf } from './context.ts';
import type { OutOfStep } from './errors.ts';
import { lawOf } from './noise-stock.ts';
import { checkTerms, planQuery, type QueryRefused } from './plan-query.ts';
import { rateOf } from './rate-of.ts';
import type { Sealed } from './sealing.ts';
import { affordable, type CannotCommit, type RowDebit, type StoredAnswer, withinRate } from './store/index.ts';

/** An answer with the id of the query it belongs to. */
export interface Answered extends StoredAnswer {
  /** 64 bytes. */
  readonly digest: Uint8Array;
}

export type CannotAnswer = OutOfStep | QueryRefused | BadCohort | BadElement | CannotCommit | ConsentFault | UnknownColumn;

/**
 * One query, from the checked terms to the answer that may leave: cohort → stored answer? → policy and budget → consent → noise → look-up → answer → commit → tick.
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
  const { slots, threshold, charge, cap } = plan.right;
  // Before any work; the commit checks again.
  const funds = affordable(await store.spent(query), { charge, cap });
  if (E.isLeft(funds)) return funds;
  const rate = rateOf(context, bureau, 'query');
  const pace = rate && withinRate(await store.answerTimes(bureau, 'query'), rate);
  if (pace && E.isLeft(pace)) return pace;

  const consent = await consentTo(context, { bureau, terms, cohort: cohort.right, digest });
  if (E.isLeft(consent)) return consent;

  const indexes = slots.map(({ slot }) => slot.index);
  const { keys, bureauKeys, ledger } = sealed;
  const subjects = cohort.right.length / ELEMENT_BYTES;

  /** From the look-up to the commit. What it takes depends on |X| and the slots; what is left of it, the tick hides. */
  const answerOver = async (table: SealedTable, debit?: () => RowDebit): Promise<Either<CannotAnswer, Answered>> => {
    // Taken before a row is looked at: how long a sample takes tells something about its size.
    const noise = slots.map(({ noise }) => (noise ? context.noise.take(lawOf(noise)) : 0n));
    const thresholdNoise = threshold && context.noise.take(lawOf(threshold));
    const lookup = await lookUp({ keys, table, cohort: cohort.right, slots: indexes }, group);
    const suppressed = thresholdNoise !== undefined && BigInt(lookup.matched) + thresholdNoise < BigInt(policy.minimumCohort);
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
      cohortSize: subjects,
      purpose: terms.purpose,
      columns: terms.columns,
      matched: commitMatched({ salt, matched: lookup.matched }),
      charge: charge.epsilon,
      rho: charge.rho,
      policy: context.policyHash,
      answer: answerHash({ digest, suppressed, rows }),
      consent: consent.right && { issuer: consent.right.issuer, receipt: consent.right.id },
    });
    const opening = concatBytes(salt, i2osp(lookup.matched, 4));
    // Rows pay for a suppressed query, too: the comparison with the minimum cohort was about them, and what is written may not depend on its outcome.
    const committed = await store.commit(
      { ...query, charge, cap, rate, rows: debit?.(), answer: { rows, suppressed }, entry, opening, consent: consent.right?.id },
      context.log,
    );
    return E.isLeft(committed) ? committed : E.right({ ...committed.right, digest });
  };

  return context.release({ subjects, slots: slots.length }, () =>
    plan.right.row
      ? ledger.turn(plan.right.row, async (table) => {
          // What waited for its turn may be answered or not be affordable any more.
          const meanwhile = await store.answered(query);
          if (meanwhile) return E.right({ ...meanwhile, digest });
          const left = affordable(await store.spent(query), { charge, cap });
          return E.isLeft(left) ? left : answerOver(table, table.debit);
        })
      : answerOver(sealed.table),
  );
};
