import { aborted, E, type Either, type StoreFault, type Watch, withStore } from '@vouchsafe/core';
import type { Country, Scheme } from '@vouchsafe/identity';
import type { InvalidInput } from '@vouchsafe/oprf';
import { bulkSink } from './bulk-set.ts';
import type { HolderContext } from './context.ts';
import {
  type IngestError,
  type IngestReport,
  ingest,
  noSubjectIn,
  type RecordSource,
  type SubjectBatch,
} from './ingest/index.ts';
import { indexSink } from './match-index.ts';
import { tableSink } from './plain-table.ts';
import { bulkQuotaOf } from './policy.ts';

/** Why records were not loaded. */
export type LoadError = IngestError | InvalidInput | StoreFault;

/** What became of the records, for each scheme: rows read, used, and rejected with their numbers and reasons. */
export interface LoadReport {
  readonly schemes: readonly IngestReport[];
}

/** What is read, and how. */
interface LoadOptions {
  readonly source: RecordSource;
  readonly defaultCountry?: Country | undefined;
  /** A table without anybody is no fault. */
  readonly mayBeEmpty?: boolean | undefined;
}

/** Where a holder's subjects go: a table to be sealed, a tag index, or the set for bulk matches. */
export interface SubjectSink {
  /** Is everything there already, from an earlier load of this epoch? */
  readonly isComplete: () => Promise<boolean>;
  /** What a load that was broken off left is gone. */
  readonly begin: () => Promise<void>;
  readonly take: (batch: SubjectBatch, watch: Watch) => Promise<Either<InvalidInput, void>>;
  /** No more batches come: what was taken over and is still at work ends. */
  readonly end: () => Promise<Either<InvalidInput, void>>;
  /** @returns rows whose person another row before them has; undefined from a sink that does not find out */
  readonly complete: (watch: Watch) => Promise<readonly number[] | undefined>;
}

/**
 * Reads the records of every scheme once and hands them to all that need them: a table for each bureau that may ask for totals, a tag index when one may match. What an earlier load of this epoch has
 * completed is not touched: rows are never sealed twice in an epoch. Fresh records come in with the next epoch.
 */
export const load = async (context: HolderContext, options: LoadOptions, watch: Watch): Promise<Either<LoadError, LoadReport>> =>
  withStore<LoadError, LoadReport>(async () => {
    try {
      return await loadSchemes(context, options, watch);
    } catch (error) {
      // The caller's abort rejects what is at work on batches and on the index.
      if (watch.signal?.aborted) return E.left(aborted);
      throw error;
    }
  });

const loadSchemes = async (
  context: HolderContext,
  options: LoadOptions,
  watch: Watch,
): Promise<Either<LoadError, LoadReport>> => {
  const reports: IngestReport[] = [];
  for (const scheme of context.federation.schemes as readonly Scheme[]) {
    const report = await loadScheme(context, { ...options, scheme, watch });
    if (E.isLeft(report)) return report;
    reports.push(report.right);
  }
  return E.right({ schemes: reports });
};

const loadScheme = async (
  context: HolderContext,
  { source, scheme, defaultCountry, mayBeEmpty = false, watch }: LoadOptions & { readonly scheme: Scheme; readonly watch: Watch },
): Promise<Either<LoadError, IngestReport>> => {
  const { catalogue, epoch, policy, store } = context;
  const all = await Promise.all([
    ...policy.queriers.filter(({ totals }) => totals).map(({ bureau }) => tableSink(context, { bureau, scheme })),
    ...(policy.queriers.some(({ match }) => match) ? [indexSink(context, scheme)] : []),
    ...(policy.queriers.some((grant) => bulkQuotaOf(grant)) ? [bulkSink(context, scheme)] : []),
  ]);
  const before = await store.loaded(scheme, epoch.number);
  const complete = await Promise.all(all.map((sink) => sink.isComplete()));
  const sinks = all.filter((_, i) => !complete[i]);
  if (before && sinks.length === 0) return E.right(before);
  for (const sink of sinks) await sink.begin();

  let fault: Either<InvalidInput, void> = E.right(undefined);
  const take = async (batch: SubjectBatch): Promise<void> => {
    const taken = await Promise.all(sinks.map((sink) => sink.take(batch, watch)));
    fault = taken.find(E.isLeft) ?? fault;
  };
  const ingested = await ingest({ source, scheme, defaultCountry, catalogue, take, watch })();
  if (E.isLeft(ingested)) {
    // Nothing is written behind the back of a load that begins again.
    await Promise.allSettled(sinks.map((sink) => sink.end()));
    return ingested;
  }
  for (const sink of sinks) {
    const ended = await sink.end();
    if (E.isLeft(ended)) return ended;
  }
  if (E.isLeft(fault)) return fault;
  const nobody = noSubjectIn(ingested.right.report([]), context.federation.schemes.length);
  if (nobody && !mayBeEmpty) return E.left(nobody);
  let duplicates: readonly number[] | undefined;
  for (const sink of sinks) duplicates = (await sink.complete(watch)) ?? duplicates;
  // A set for bulk matches that is added later changes nothing of what an earlier load reported.
  if (before && duplicates === undefined) return E.right(before);
  const report = ingested.right.report(duplicates ?? []);
  await store.markLoaded(scheme, epoch.number, report);
  return E.right(report);
};
