import { type Catalogue, E, type TaskEither, type Watch } from '@vouchsafe/core';
import type { Country, Scheme } from '@vouchsafe/identity';
import type { IngestError } from './errors.ts';
import { ingest } from './ingest.ts';
import { noSubjectIn } from './no-subject.ts';
import type { RecordSource } from './record-source.ts';
import type { IngestReport } from './report.ts';

/**
 * Reads a lender's records as `load` would and keeps nothing: what becomes of each row, before any of them is in an epoch's table, where it would stay. Unlike `load` it remembers the people it has
 * met, so its memory grows with their number.
 */
export const checkRecords =
  ({
    source,
    schemes,
    catalogue,
    defaultCountry,
    watch = {},
  }: {
    readonly source: RecordSource;
    readonly schemes: readonly Scheme[];
    readonly catalogue: Catalogue;
    readonly defaultCountry?: Country | undefined;
    readonly watch?: Watch | undefined;
  }): TaskEither<IngestError, readonly IngestReport[]> =>
  async () => {
    const reports: IngestReport[] = [];
    for (const scheme of schemes) {
      const first = new Map<string, number>();
      const duplicates: number[] = [];
      const meet = (id: Uint8Array, row: number): void => {
        const key = Buffer.from(id).toString('latin1');
        const before = first.get(key);
        if (before !== undefined) duplicates.push(Math.max(before, row));
        first.set(key, Math.min(before ?? row, row));
      };
      const ingested = await ingest({
        source,
        scheme,
        defaultCountry,
        catalogue,
        watch,
        take: async ({ ids, rows }) => {
          for (const [i, id] of ids.entries()) meet(id, rows[i]!);
        },
      })();
      if (E.isLeft(ingested)) return ingested;
      const report = ingested.right.report(duplicates);
      const nobody = noSubjectIn(report, schemes.length);
      if (nobody) return E.left(nobody);
      reports.push(report);
    }
    return E.right(reports);
  };
