import { type Aborted, aborted, type Catalogue, createPace, E, type Either, type TaskEither, type Watch } from '@vouchsafe/core';
import { canonicalIdentifier, fieldsOf, type Identifier, type IdentifierRules } from '@vouchsafe/identity';
import type { IngestError, SourceFailed } from './errors.ts';
import { createQuantiser } from './quantise.ts';
import type { RecordSource, SourceRecord } from './record-source.ts';
import type { RejectedRow } from './rejected.ts';
import { createReport, type IngestReport } from './report.ts';

/** Subjects are handed on this many at a time. */
const BATCH = 2048;

/** Some of a holder's subjects in one scheme, ready to seal. A person may come again in a later batch: whoever sorts them finds out. */
export interface SubjectBatch {
  /** k canonical identifiers. */
  readonly ids: readonly Identifier[];
  /** k × V slot values in the catalogue's order; slot 0 (`present`) is 1. */
  readonly values: Uint32Array;
  /** Where each stands in the source, from 1. */
  readonly rows: readonly number[];
}

/** What to ingest, how identifiers of the source are read, and where subjects go. */
export interface IngestOptions extends IdentifierRules {
  readonly source: RecordSource;
  readonly catalogue: Catalogue;
  /** Takes a batch over. The next one is read meanwhile, but not handed on before the promise resolves. */
  readonly take: (batch: SubjectBatch) => Promise<void>;
  /** Tells progress in records (`total` is 0 while unknown); stops between records and within a query. */
  readonly watch?: Watch | undefined;
}

/** The records are read to their end. */
export interface Ingested {
  /** @param duplicates rows whose person another row before them has: they were left out */
  readonly report: (duplicates: readonly number[]) => IngestReport;
}

/**
 * Reads a lender's records in one pass: makes identifiers canonical, quantises, hands subjects on in batches, and sets aside what cannot be used with its row number and reason. Memory
 * does not grow with the records. The event loop gets a turn every few milliseconds.
 * @returns the report, or why the records could not be read to their end; rejected rows are no error, see the report
 */
export const ingest =
  (options: IngestOptions): TaskEither<IngestError, Ingested> =>
  async () => {
    const batches = createBatches(options);
    try {
      const read = await readAll(options, batches);
      if (E.isLeft(read)) return read;
    } catch (error) {
      // A message of the caller's own iterable may quote a record, so only the kind of the error goes on.
      return E.left(options.watch?.signal?.aborted ? aborted : sourceFailed(error));
    } finally {
      await batches.settle();
    }
    return E.right({ report: batches.report });
  };

const readAll = async (
  { source, catalogue, watch, take: _, ...rules }: IngestOptions,
  batches: Batches,
): Promise<Either<IngestError | Aborted, void>> => {
  const pace = createPace();
  let done = 0;
  let total = 0;
  for await (const batch of source.open({ ...rules, catalogue, watch })) {
    if (E.isLeft(batch)) return batch;
    const { records, rejected = [] } = batch.right;
    total = Math.max(total, batch.right.total ?? 0);
    batches.read(batch.right.rows ?? records.length + rejected.length, rejected);
    for (const record of records) {
      if (watch?.signal?.aborted) return E.left(aborted);
      if (batches.add(record)) await batches.handOn();
      if (pace.due()) await pace.rest();
    }
    done += records.length;
    watch?.onProgress?.({ task: 'ingest', done, total });
    if (watch?.signal?.aborted) return E.left(aborted);
  }
  await batches.handOn();
  return E.right(undefined);
};

interface Batches {
  readonly read: (rows: number, rejected: readonly RejectedRow[]) => void;
  /** @returns is the batch full? */
  readonly add: (record: SourceRecord) => boolean;
  /** Hands the batch on, once the one before it was taken. */
  readonly handOn: () => Promise<void>;
  /** Waits for the last batch; its fault is told by {@link handOn} or here. */
  readonly settle: () => Promise<void>;
  readonly report: (duplicates: readonly number[]) => IngestReport;
}

const createBatches = ({ catalogue, take, source: _, watch: __, ...rules }: IngestOptions): Batches => {
  const report = createReport(rules.scheme);
  const quantiser = createQuantiser(catalogue);
  const { slots } = quantiser;
  let ids: Identifier[] = [];
  let rows: number[] = [];
  let values = new Uint32Array(BATCH * slots);
  let subjects = 0;
  let taking: Promise<void> = Promise.resolve();

  const add = (record: SourceRecord): boolean => {
    const id = identifierOf(record, rules);
    if (E.isLeft(id)) {
      report.reject(id.left);
      return false;
    }
    const fault = quantiser.fill(record.values, values, ids.length * slots, report.note);
    if (fault !== undefined) {
      report.reject({ row: record.row, ...fault });
      return false;
    }
    ids.push(id.right);
    rows.push(record.row);
    return ids.length === BATCH;
  };

  return {
    add,
    read: (count, rejected) => {
      report.read(count);
      for (const row of rejected) report.reject(row);
    },
    handOn: async () => {
      await taking;
      if (ids.length === 0) return;
      const batch = { ids, rows, values: values.subarray(0, ids.length * slots) };
      subjects += ids.length;
      [ids, rows, values] = [[], [], new Uint32Array(BATCH * slots)];
      taking = take(batch);
      // Its fault is told at the next wait; until then it is no unhandled one.
      taking.catch(() => undefined);
    },
    settle: () => taking,
    report: (duplicates) => {
      // Two rows of one person in one scheme cannot both be sealed, and adding them up blindly could be wrong.
      for (const row of duplicates) report.reject({ row, column: fieldsOf(rules.scheme)[0]!, reason: 'duplicate' });
      return report.finish(subjects - duplicates.length);
    },
  };
};

const identifierOf = ({ row, identifier }: SourceRecord, rules: IdentifierRules): Either<RejectedRow, Identifier> => {
  if (identifier instanceof Uint8Array) return E.right(identifier);
  const id = canonicalIdentifier({ ...rules, raw: identifier });
  return E.isRight(id) ? id : E.left({ row, column: id.left.field, reason: id.left.reason });
};

const sourceFailed = (error: unknown): SourceFailed => ({
  _tag: 'SourceFailed',
  message: `the source of records stopped with ${error instanceof Error ? error.name : 'something that is no Error'}; its message is not repeated here, as it may quote a record`,
});
