import type { SubjectTotal } from '@vouchsafe/scorecard';
import { expectedColumns, type SubjectColumns } from '@vouchsafe/testkit';
import type { Book } from './books.ts';

/** What pooling all records would tell: computed in plain TypeScript, without any of the product's own reading or arithmetic. */
export interface Truth {
  /** The lenders that know a person. */
  readonly knownTo: (nationalId: string) => readonly string[];
  /** Totals over the cohort and these lenders. */
  readonly totals: (cohort: readonly string[], lenders: readonly string[]) => PooledTotals;
  /** One person's totals over all lenders, as a `signal` for {@link SIGNAL_COLUMNS} answers them. */
  readonly signal: (nationalId: string) => readonly SubjectTotal[];
}

export interface PooledTotals {
  readonly present: number;
  readonly openLoans: number;
  /** In currency units. */
  readonly outstanding: number;
  readonly worstStatus: Readonly<Record<string, number>>;
}

const BUCKETS = ['none', '0', '1', '2', '3', '4-6', '7'] as const;
const UNIT = 100;
const COUNTS = ['late30', 'monthsOnBook'] as const;
const AMOUNTS = ['outstanding', 'pastDue'] as const;

/** What a model may be made of. */
export const SIGNAL_COLUMNS: readonly string[] = ['present', ...COUNTS, ...AMOUNTS];

export const pool = (books: readonly Book[], asOf: string): Truth => {
  const tables = new Map<string, ReadonlyMap<string, SubjectColumns>>(
    books.map(({ lender, loans }) => [lender, expectedColumns(loans, asOf)]),
  );
  return {
    knownTo: (nationalId) => [...tables].filter(([, table]) => table.has(nationalId)).map(([lender]) => lender),
    totals: (cohort, lenders) => {
      const rows = lenders.flatMap((lender) => {
        const table = tables.get(lender);
        return [...new Set(cohort)].flatMap((id) => table?.get(id) ?? []);
      });
      const sum = (of: (row: SubjectColumns) => number): number => rows.reduce((total, row) => total + of(row), 0);
      return {
        present: rows.length,
        openLoans: sum(({ openLoans }) => openLoans),
        outstanding: sum(({ outstanding }) => outstanding) * UNIT,
        worstStatus: Object.fromEntries(
          BUCKETS.map((bucket) => [bucket, sum(({ worstStatus }) => (worstStatus === bucket ? 1 : 0))]),
        ),
      };
    },
    signal: (nationalId) => {
      const rows = [...tables.values()].flatMap((table) => table.get(nationalId) ?? []);
      const sum = (of: (row: SubjectColumns) => number): number => rows.reduce((total, row) => total + of(row), 0);
      return [
        { kind: 'count', column: 'present', total: rows.length },
        ...COUNTS.map((column) => ({ kind: 'count', column, total: sum((row) => row[column]) }) as const),
        ...AMOUNTS.map((column) => ({ kind: 'amount', column, total: sum((row) => row[column]) * UNIT }) as const),
      ];
    },
  };
};
