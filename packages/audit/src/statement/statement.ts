import { addRational, DecimalRational, E, list, type Rational, rational, record, text, whole } from '@vouchsafe/core';
import * as t from 'io-ts';
import { readLeaf } from '../leaf.ts';

/** From when to when: from ≤ time < to, in seconds since 1970, by the holder's clock as its log states it. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** What a holder answered one querier for one purpose. Nothing in it depends on who was known. */
export interface StatementLine {
  readonly querier: string;
  readonly kind: 'aggregate' | 'signal' | 'match';
  /** None for a `match` without one. */
  readonly purpose?: string | undefined;
  /** Queries, or batches of `match`. */
  readonly queries: number;
  /** Σ |X|: subjects asked about, each time anew. */
  readonly subjects: number;
  /** Σ of the columns of each query. */
  readonly columns: number;
  /** Σ ε: what the answers took from the querier's budgets. */
  readonly charge: Rational;
  /** Σ ρ of those that were paid in ρ; absent where none was. */
  readonly rho?: Rational | undefined;
}

/** What one holder contributed in one period: answers that their querier has counter-signed. Never how many of the people asked about it knew. */
export interface Statement {
  readonly version: 1;
  readonly federation: string;
  readonly holder: string;
  readonly from: number;
  readonly to: number;
  /** By querier, kind and purpose. */
  readonly lines: readonly StatementLine[];
  /** Answers of the period that nobody counter-signed: they are in no line. */
  readonly unacknowledged: number;
}

/** A statement with the entries that it counts, for whoever compares it with its own. */
export interface StatementReport {
  readonly statement: Statement;
  /** Indexes in the holder's log, rising. */
  readonly entries: readonly number[];
}

const Name: t.Type<string, unknown, unknown> = text('a name of 1 to 64 characters', /^[\w.+:-]{1,64}$/);
const Count: t.Type<number, unknown, unknown> = whole(0, 2 ** 52);
const Seconds: t.Type<number, unknown, unknown> = whole(0, 2 ** 40);

const StatementLine: t.Type<StatementLine, unknown, unknown> = record<StatementLine>(
  'StatementLine',
  {
    querier: Name,
    kind: text('a kind', /^(aggregate|signal|match)$/) as unknown as t.Type<StatementLine['kind'], unknown, unknown>,
    queries: Count,
    subjects: Count,
    columns: Count,
    charge: DecimalRational as t.Type<Rational, unknown, unknown>,
  },
  { purpose: Name, rho: DecimalRational as t.Type<Rational, unknown, unknown> },
);

/** Fit for JSON and CBOR alike. */
export const Statement: t.Type<Statement, unknown, unknown> = record<Statement>(
  'Statement',
  {
    version: t.literal(1) as t.Type<1, unknown, unknown>,
    federation: Name,
    holder: Name,
    from: Seconds,
    to: Seconds,
    lines: list(StatementLine, 10_000),
    unacknowledged: Count,
  },
  {},
);

export const StatementReport: t.Type<StatementReport, unknown, unknown> = record<StatementReport>(
  'StatementReport',
  { statement: Statement, entries: list(whole(0, 2 ** 48 - 1), 1_000_000) },
  {},
);

/** Takes the entries of a log, or those that a querier has of it, and adds up what belongs to the period. */
export interface StatementOf {
  /** @param acknowledged did its querier counter-sign it? */
  readonly add: (index: number, entry: Uint8Array, acknowledged: boolean) => void;
  readonly report: () => StatementReport;
}

/**
 * Counts what a holder answered in a period: add every entry of its verified log, in any order, and take the report.
 * @param querier only what this one asked; all by default
 */
export const createStatement = ({
  federation,
  holder,
  period: { from, to },
  querier: only,
}: {
  readonly federation: string;
  readonly holder: string;
  readonly period: Period;
  readonly querier?: string | undefined;
}): StatementOf => {
  const lines = new Map<string, StatementLine>();
  const entries: number[] = [];
  let unacknowledged = 0;
  return {
    add: (index, entry, acknowledged) => {
      const read = readLeaf(entry);
      if (E.isLeft(read) || (read.right.leaf !== 'query' && read.right.leaf !== 'match')) return;
      const leaf = read.right;
      const { querier, purpose, time } = leaf;
      if (time < from || time >= to || (only !== undefined && querier !== only)) return;
      // Nothing was answered.
      if (leaf.leaf === 'match' && leaf.bulk?.outcome === 'refused') return;
      if (!acknowledged) {
        unacknowledged++;
        return;
      }
      const kind = leaf.leaf === 'match' ? 'match' : leaf.kind;
      // Names have no spaces.
      const key = [querier, kind, purpose ?? ''].join(' ');
      const before = lines.get(key);
      lines.set(key, {
        querier,
        kind,
        ...(purpose === undefined ? {} : { purpose }),
        queries: (before?.queries ?? 0) + 1,
        subjects: (before?.subjects ?? 0) + (leaf.leaf === 'match' ? leaf.elements : leaf.cohortSize),
        columns: (before?.columns ?? 0) + (leaf.leaf === 'match' ? 0 : leaf.columns.length),
        charge: addRational(before?.charge ?? rational(0), leaf.leaf === 'match' ? rational(0) : leaf.charge),
        ...rhoOf(before?.rho, leaf.leaf === 'match' ? undefined : leaf.rho),
      });
      entries.push(index);
    },
    report: () => ({
      statement: {
        version: 1,
        federation,
        holder,
        from,
        to,
        lines: [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line),
        unacknowledged,
      },
      entries: [...entries].sort((a, b) => a - b),
    }),
  };
};

/** Statements over answers in ε only stay as they always were. */
const rhoOf = (before: Rational | undefined, more: Rational | undefined): { rho?: Rational } => {
  if (!before && !more) return {};
  return { rho: addRational(before ?? rational(0), more ?? rational(0)) };
};
