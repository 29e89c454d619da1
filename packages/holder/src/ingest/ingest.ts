import { type Aborted, aborted, type Catalogue, createPace, E, type Either, type TaskEither, type Watch } from '@vouchsafe/core';
import { canonicalIdentifier, fieldsOf, type Identifier, type IdentifierRules, type Scheme } from '@vouchsafe/identity';
import type { IngestError, SourceFailed } from './errors.ts';
import { createQuantiser, type Quantiser } from './quantise.ts';
import type { RecordSource, SourceRecord } from './record-source.ts';
import type { RejectedRow } from './rejected.ts';
import { createReport, type IngestReport } from './report.ts';

/** A holder's subjects in one scheme, ready to seal: the `ids` and `values` are what the sealed join takes. */
export interface SubjectTable {
  readonly scheme: Scheme;
  /** n canonical identifiers, each once, in the order of the source. */
  readonly ids: readonly Identifier[];
  /** n × V slot values in the catalogue's order; slot 0 (`present`) is 1. */
  readonly values: Uint32Array;
  readonly report: IngestReport;
}

/** What to ingest, and how identifiers of the source are read. */
export interface IngestOptions extends IdentifierRules {
  readonly source: RecordSource;
  readonly catalogue: Catalogue;
  /** Tells progress in records (`total` is 0 while unknown); stops between records and within a query. */
  readonly watch?: Watch | undefined;
}

/**
 * A lender's records as one row of slot values per person: reads the source to its end, makes identifiers canonical, quantises, and sets aside what cannot be
 * used with its row number and reason. The event loop gets a turn every few milliseconds.
 * @returns the table with its report, or why nothing was ingested; rejected rows are no error, see the report
 */
export const ingest =
  (options: IngestOptions): TaskEither<IngestError, SubjectTable> =>
  async () => {
    try {
      return await readAll(options);
    } catch (error) {
      // A message of the caller's own iterable may quote a record, so only the kind of the error goes on.
      return E.left(options.watch?.signal?.aborted ? aborted : sourceFailed(error));
    }
  };

const readAll = async ({
  source,
  catalogue,
  watch,
  ...rules
}: IngestOptions): Promise<Either<IngestError | Aborted, SubjectTable>> => {
  const report = createReport(rules.scheme);
  const rows = createRows({ rules, quantiser: createQuantiser(catalogue), report });
  const pace = createPace();
  let done = 0;
  let total = 0;
  for await (const batch of source.open({ ...rules, catalogue, watch })) {
    if (E.isLeft(batch)) return batch;
    const { records, rejected = [] } = batch.right;
    total = Math.max(total, batch.right.total ?? 0);
    report.read(batch.right.rows ?? records.length + rejected.length);
    for (const row of rejected) report.reject(row);
    for (const record of records) {
      if (watch?.signal?.aborted) return E.left(aborted);
      rows.add(record);
      if (pace.due()) await pace.rest();
    }
    done += records.length;
    watch?.onProgress?.({ task: 'ingest', done, total });
    if (watch?.signal?.aborted) return E.left(aborted);
  }
  return E.right({ scheme: rules.scheme, ids: rows.ids, values: rows.values(), report: report.finish(rows.ids.length) });
};

interface Rows {
  readonly ids: Identifier[];
  readonly add: (record: SourceRecord) => void;
  readonly values: () => Uint32Array;
}

const createRows = ({
  rules,
  quantiser,
  report,
}: {
  readonly rules: IdentifierRules;
  readonly quantiser: Quantiser;
  readonly report: ReturnType<typeof createReport>;
}): Rows => {
  const { slots } = quantiser;
  const ids: Identifier[] = [];
  const seen = new Set<string>();
  let packed = new Uint32Array(1024 * slots);

  const add = (record: SourceRecord): void => {
    const id = identifierOf(record, rules);
    if (E.isLeft(id)) {
      report.reject(id.left);
      return;
    }
    // Two rows of one person in one scheme cannot both be sealed, and adding them up blindly could be wrong.
    const key = Buffer.from(id.right.buffer, id.right.byteOffset, id.right.length).toString('latin1');
    if (seen.has(key)) {
      report.reject({ row: record.row, column: fieldsOf(rules.scheme)[0]!, reason: 'duplicate' });
      return;
    }
    const at = ids.length * slots;
    if (at + slots > packed.length) packed = grown(packed);
    const fault = quantiser.fill(record.values, packed, at, report.note);
    if (fault !== undefined) {
      report.reject({ row: record.row, ...fault });
      return;
    }
    seen.add(key);
    ids.push(id.right);
  };
  return { ids, add, values: () => packed.slice(0, ids.length * slots) };
};

const identifierOf = ({ row, identifier }: SourceRecord, rules: IdentifierRules): Either<RejectedRow, Identifier> => {
  if (identifier instanceof Uint8Array) return E.right(identifier);
  const id = canonicalIdentifier({ ...rules, raw: identifier });
  return E.isRight(id) ? id : E.left({ row, column: id.left.field, reason: id.left.reason });
};

const grown = (packed: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
  const out = new Uint32Array(packed.length * 2);
  out.set(packed);
  return out;
};

const sourceFailed = (error: unknown): SourceFailed => ({
  _tag: 'SourceFailed',
  message: `the source of records stopped with ${error instanceof Error ? error.name : 'something that is no Error'}; its message is not repeated here, as it may quote a record`,
});
