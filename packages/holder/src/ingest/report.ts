import type { Scheme } from '@vouchsafe/identity';
import type { Noted } from './quantise.ts';
import type { RejectedRow } from './rejected.ts';

/** At most this many rejected rows are listed one by one; all are counted. */
export const MAX_LISTED = 10_000;

/** What became of the rows. Counts only, no value of any record: it can be logged, but it does tell the size of the book. */
export interface IngestReport {
  readonly scheme: Scheme;
  /** Rows of the source. */
  readonly rows: number;
  /** Rows of the table. Fewer than rows − rejected when the source makes one subject of several rows. */
  readonly subjects: number;
  readonly rejected: number;
  /** How many rows were rejected, by `column: reason`. */
  readonly reasons: Readonly<Record<string, number>>;
  /** At most 10,000 of them, by their numbers. */
  readonly rejectedRows: readonly RejectedRow[];
  /** By column: how many subjects had a value (or its square) cut to the catalogue's range. */
  readonly clamped: Readonly<Record<string, number>>;
  /** By column: how many subjects had null. */
  readonly empty: Readonly<Record<string, number>>;
}

/** A report in the making. */
export interface ReportBuilder {
  readonly read: (rows: number) => void;
  readonly reject: (row: RejectedRow) => void;
  readonly note: (column: string, what: Noted) => void;
  readonly finish: (subjects: number) => IngestReport;
}

export const createReport = (scheme: Scheme): ReportBuilder => {
  const counts = { reasons: new Map<string, number>(), clamped: new Map<string, number>(), empty: new Map<string, number>() };
  const increase = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  const rejectedRows: RejectedRow[] = [];
  let rows = 0;
  let rejected = 0;
  return {
    read: (more) => {
      rows += more;
    },
    reject: (row) => {
      rejected += 1;
      increase(counts.reasons, `${row.column}: ${row.reason}`);
      if (rejectedRows.length < MAX_LISTED) rejectedRows.push(row);
    },
    note: (column, what) => increase(counts[what], column),
    finish: (subjects) => ({
      scheme,
      rows,
      subjects,
      rejected,
      reasons: Object.fromEntries(counts.reasons),
      rejectedRows: rejectedRows.toSorted((a, b) => a.row - b.row),
      clamped: Object.fromEntries(counts.clamped),
      empty: Object.fromEntries(counts.empty),
    }),
  };
};

/** The report in a few lines for people. */
export const printReport = (report: IngestReport): string => {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const parts = [
    ['rejected', report.reasons],
    ['clamped', report.clamped],
    ['empty, taken as zero', report.empty],
  ] as const;
  return [
    `${report.scheme}: ${report.rows} rows, ${report.subjects} subjects, ${report.rejected} rows rejected`,
    ...parts.filter(([, counts]) => Object.keys(counts).length > 0).map(([what, counts]) => `  ${what}: ${list(counts)}`),
  ].join('\n');
};
