import { E, type Either, type StoreFault, type Watch, withStore } from '@vouchsafe/core';
import type { Country, Scheme } from '@vouchsafe/identity';
import type { InvalidInput } from '@vouchsafe/oprf';
import type { HolderContext } from './context.ts';
import { type IngestError, type IngestReport, ingest, type RecordSource, type SubjectBatch } from './ingest/index.ts';
import { indexSink } from './match-index.ts';
import { tableSink } from './plain-table.ts';

export type LoadError = IngestError | InvalidInput | StoreFault;

/** What became of the records, for each scheme: rows read, used, and rejected with their numbers and reasons. */
export interface LoadReport {
  readonly schemes: readonly IngestReport[];
}

/** Where a holder's subjects go: a table to be sealed, or a tag index. */
export interface SubjectSink {
  /** Is everything there already, from an earlier load of this epoch? */
  readonly isComplete: () => Promise<boolean>;
  /** What a load that was broken off left is gone. */
  readonly begin: () => Promise<void>;
  readonly take: (batch: SubjectBatch, watch: Watch) => Promise<Either<InvalidInput, void>>;
  /** @returns rows whose person another row before them has */
  readonly complete: (watch: Watch) => Promise<readonly number[]>;
}

/**
 * Reads the records of every scheme once and hands them to all that need them: a table for each bureau that may ask for totals, a tag index when one may match. What an earlier load of this epoch has
 * completed is not touched: rows are never sealed twice in an epoch. Fresh records come in with the next epoch.
 */
export const load = async (
  context: HolderContext,
  options: { readonly source: RecordSource; readonly defaultCountry?: Country | undefined },
  watch: Watch,
): Promise<Either<LoadError, LoadReport>> =>
  withStore<LoadError, LoadReport>(async () => {
    const reports: IngestReport[] = [];
    for (const scheme of context.federation.schemes as readonly Scheme[]) {
      const report = await loadScheme(context, { ...options, scheme, watch });
      if (E.isLeft(report)) return report;
      reports.push(report.right);
    }
    return E.right({ schemes: reports });
  });

const loadScheme = async (
  context: HolderContext,
  {
    source,
    scheme,
    defaultCountry,
    watch,
  }: {
    readonly source: RecordSource;
    readonly scheme: Scheme;
    readonly defaultCountry?: Country | undefined;
    readonly watch: Watch;
  },
): Promise<Either<LoadError, IngestReport>> => {
  const { catalogue, epoch, policy, store } = context;
  const all = await Promise.all([
    ...policy.queriers.filter(({ totals }) => totals).map(({ bureau }) => tableSink(context, { bureau, scheme })),
    ...(policy.queriers.some(({ match }) => match) ? [indexSink(context, scheme)] : []),
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
  if (E.isLeft(ingested)) return ingested;
  if (E.isLeft(fault)) return fault;
  let duplicates: readonly number[] = [];
  for (const sink of sinks) duplicates = await sink.complete(watch);
  const report = ingested.right.report(duplicates);
  await store.markLoaded(scheme, epoch.number, report);
  return E.right(report);
};
