import { E } from '@vouchsafe/core';
import { fine } from '../command.ts';
import { badInput } from '../exit.ts';
import type { Result } from '../outcome.ts';
import { mayWriteRows, writeRows } from '../rows/write-rows.ts';
import type { World } from '../world.ts';
import { type CohortCall, readCohort, rejectedNote } from './cohort.ts';
import { querierFailure } from './failures.ts';
import { type BureauCall, readBureau, schemeOf, withReadyQuerier } from './open-bureau.ts';
import { TOTAL_COLUMNS, totalRows, totalsText } from './totals-text.ts';

/** What `bureau aggregate` was told. */
export interface AggregateCall extends BureauCall, CohortCall {
  readonly purpose: string;
  readonly columns: readonly string[];
  /** One of the two. */
  readonly epsilon?: string | undefined;
  readonly rho?: string | undefined;
  readonly repeat: number;
  readonly out?: string | undefined;
}

export const askAggregate = async (call: AggregateCall, world: World): Result => {
  const { out, purpose, columns, epsilon, rho, repeat } = call;
  if ((epsilon === undefined) === (rho === undefined))
    return E.left(badInput('state the price of the query with --epsilon, or with --rho: one of the two'));
  const writable = out === undefined ? E.right(undefined) : await mayWriteRows(out);
  if (E.isLeft(writable)) return writable;
  const documents = await readBureau(call, world);
  if (E.isLeft(documents)) return documents;
  const scheme = schemeOf(documents.right, call.scheme);
  if (E.isLeft(scheme)) return scheme;
  const cohort = await readCohort(call, scheme.right, world);
  if (E.isLeft(cohort)) return cohort;
  return withReadyQuerier({ documents: documents.right, call, scheme: scheme.right }, world, async ({ querier, watch }) => {
    const question = { scheme: scheme.right, purpose, cohort: cohort.right.people, columns, epsilon: epsilon ?? 0, rho, repeat };
    const totals = await querier.aggregate({ ...question, ...watch })();
    if (E.isLeft(totals)) return E.left(querierFailure(totals.left));
    const rows = totalRows(totals.right);
    const written = out === undefined ? E.right(undefined) : await writeRows({ path: out, columns: TOTAL_COLUMNS, rows }, world);
    if (E.isLeft(written)) return written;
    return fine(
      [totalsText(totals.right), ...rejectedNote(cohort.right), ...(out === undefined ? [] : [`${out}: the totals`])].join('\n'),
      { ...totals.right, rejected: cohort.right.rejected, ...(out === undefined ? {} : { out }) },
    );
  });
};
