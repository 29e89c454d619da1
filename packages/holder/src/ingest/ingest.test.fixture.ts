import { E, type Either } from '@vouchsafe/core';
import type { Identifier } from '@vouchsafe/identity';
import { type IngestError, type IngestOptions, type IngestReport, ingest } from './index.ts';

/** All subjects of a source in its order, each once. */
export interface AllSubjects {
  readonly ids: readonly Identifier[];
  readonly values: Uint32Array;
  readonly report: IngestReport;
}

/** Ingests into memory. A store finds duplicates by their pseudonyms; here the identifiers themselves tell. */
export const ingestAll = async (options: Omit<IngestOptions, 'take'>): Promise<Either<IngestError, AllSubjects>> => {
  const ids: Identifier[] = [];
  const values: number[] = [];
  const seen = new Set<string>();
  const duplicates: number[] = [];
  const take: IngestOptions['take'] = async (batch) => {
    const slots = batch.values.length / batch.ids.length;
    for (const [i, id] of batch.ids.entries()) {
      const key = Buffer.from(id).toString();
      if (seen.has(key)) duplicates.push(batch.rows[i]!);
      else {
        ids.push(id);
        values.push(...batch.values.subarray(i * slots, (i + 1) * slots));
      }
      seen.add(key);
    }
  };
  const ingested = await ingest({ ...options, take })();
  return E.isLeft(ingested)
    ? ingested
    : E.right({ ids, values: Uint32Array.from(values), report: ingested.right.report(duplicates) });
};
