import { E, type Either, type Watch } from '@vouchsafe/core';
import type { Country, Scheme } from '@vouchsafe/identity';
import type { InvalidInput } from '@vouchsafe/oprf';
import type { HolderContext } from './context.ts';
import { type IngestError, type IngestReport, ingest, type RecordSource } from './ingest/index.ts';
import { buildMatch } from './match-index.ts';
import type { LoadedScheme } from './service.ts';

export type LoadError = IngestError | InvalidInput;

/** What became of the records, for each scheme: rows read, used, and rejected with their numbers and reasons. */
export interface LoadReport {
  readonly schemes: readonly IngestReport[];
}

/** Records → subjects and, when some querier may match, a tag index: for every scheme of the federation. */
export const load = async (
  context: HolderContext,
  { source, defaultCountry }: { readonly source: RecordSource; readonly defaultCountry?: Country | undefined },
  watch: Watch,
): Promise<Either<LoadError, { readonly loaded: ReadonlyMap<string, LoadedScheme>; readonly report: LoadReport }>> => {
  const loaded = new Map<string, LoadedScheme>();
  const reports: IngestReport[] = [];
  const mayMatch = context.policy.queriers.some(({ match }) => match);
  for (const scheme of context.federation.schemes as readonly Scheme[]) {
    const table = await ingest({ source, scheme, defaultCountry, catalogue: context.catalogue, watch })();
    if (E.isLeft(table)) return table;
    const { ids, values, report } = table.right;
    const match = mayMatch ? await buildMatch(context, { scheme, ids, watch }) : E.right(undefined);
    if (E.isLeft(match)) return match;
    loaded.set(scheme, { subjects: { ids, values }, ...(match.right ? { match: match.right } : {}) });
    reports.push(report);
  }
  return E.right({ loaded, report: { schemes: reports } });
};
