import { type Catalogue, E, type Either, type Watch } from '@vouchsafe/core';
import type { Identifier, IdentifierRules, RawIdentifier } from '@vouchsafe/identity';
import type { IngestError } from './errors.ts';
import type { RejectedRow } from './rejected.ts';

/**
 * A column's value as a source has it: a number or decimal text for counts and amounts, a bucket's name, a flag, or null where nothing is known. A number
 * stands for the shortest decimal that reads back as it (0.1 is one tenth).
 */
export type RawValue = number | bigint | string | boolean | null;

/** What a holder knows about one person. */
export interface SourceRecord {
  /** Where the record stands in the source, from 1: what a rejection names. */
  readonly row: number;
  /** The identifying fields as written; or the canonical bytes, from a source that had to group by them. */
  readonly identifier: RawIdentifier | Identifier;
  /** By the catalogue's column names. Names that the catalogue does not have are not read. */
  readonly values: Readonly<Record<string, RawValue>>;
}

/** Some records of a source, in its order. */
export interface RecordBatch {
  readonly records: readonly SourceRecord[];
  /** Rows that the source itself turned down. */
  readonly rejected?: readonly RejectedRow[] | undefined;
  /** How many rows of the source this batch accounts for, when one record is made of several; else the number of its records and rejected rows. */
  readonly rows?: number | undefined;
  /** How many records there will be over all batches, when that is known. */
  readonly total?: number | undefined;
}

/** What a source is opened with: whose identifiers in which scheme, and the columns that are wanted. */
export interface SourceRequest extends IdentifierRules {
  readonly catalogue: Catalogue;
  readonly watch?: Watch | undefined;
}

/**
 * A port: where a holder's records come from. A source can be opened again for another scheme or a later epoch. It gives ONE record per person, or the
 * second one is rejected as a duplicate: only the lender knows whether two rows add up, replace each other or are a mistake, so it says so (in SQL, `GROUP BY`).
 */
export interface RecordSource {
  /** Batches until the end, or until the first error, which is the last item. */
  readonly open: (request: SourceRequest) => AsyncIterable<Either<IngestError, RecordBatch>>;
}

const BATCH = 500;

/**
 * A source over the caller's own rows.
 * @param records called each time the source is opened, so that a generator can be made anew
 */
export const fromIterable = (records: () => Iterable<SourceRecord> | AsyncIterable<SourceRecord>): RecordSource => ({
  open: async function* () {
    let batch: SourceRecord[] = [];
    for await (const record of records()) {
      batch.push(record);
      if (batch.length < BATCH) continue;
      yield E.right({ records: batch });
      batch = [];
    }
    yield E.right({ records: batch });
  },
});
