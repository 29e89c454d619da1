import { compareRational, type Rational, toNumber } from '@vouchsafe/core';
import type { StatementLine, StatementReport } from './statement.ts';

/** Something in which the holder's and the querier's statement differ. */
export type Difference =
  /** An answer that only one of them counts. */
  | { readonly what: 'entry'; readonly index: number; readonly only: 'holder' | 'querier' }
  /** A figure; absent lines count as zero. */
  | {
      readonly what: 'figure';
      readonly querier: string;
      readonly kind: StatementLine['kind'];
      readonly purpose?: string | undefined;
      readonly figure: 'queries' | 'subjects' | 'columns' | 'charge' | 'rho';
      readonly holder: number;
      readonly querierSays: number;
    }
  /** They are about other holders or periods: nothing else was compared. */
  | { readonly what: 'frame' };

const keyOf = ({ querier, kind, purpose }: StatementLine): string => [querier, kind, purpose ?? ''].join(' ');

/** Compares what a holder says that it answered with what a querier says that it got; empty when both say the same. */
export const compareStatements = ({
  holder,
  querier,
}: {
  readonly holder: StatementReport;
  readonly querier: StatementReport;
}): readonly Difference[] => {
  const frame = ['federation', 'holder', 'from', 'to'] as const;
  if (frame.some((field) => holder.statement[field] !== querier.statement[field])) return [{ what: 'frame' }];
  const [ours, theirs] = [new Set(holder.entries), new Set(querier.entries)];
  const entries: readonly Difference[] = [
    ...holder.entries.filter((index) => !theirs.has(index)).map((index) => ({ what: 'entry', index, only: 'holder' }) as const),
    ...querier.entries.filter((index) => !ours.has(index)).map((index) => ({ what: 'entry', index, only: 'querier' }) as const),
  ];
  const lines = new Map<string, { holder?: StatementLine; querier?: StatementLine }>();
  for (const line of holder.statement.lines) lines.set(keyOf(line), { holder: line });
  for (const line of querier.statement.lines) lines.set(keyOf(line), { ...lines.get(keyOf(line)), querier: line });
  return [...entries, ...[...lines.values()].flatMap(differencesOf)];
};

const differencesOf = (line: { readonly holder?: StatementLine; readonly querier?: StatementLine }): readonly Difference[] => {
  const { querier, kind, purpose } = (line.holder ?? line.querier)!;
  const about = { what: 'figure', querier, kind, ...(purpose === undefined ? {} : { purpose }) } as const;
  return (['queries', 'subjects', 'columns', 'charge', 'rho'] as const).flatMap((figure) => {
    const [own, their] = [line.holder?.[figure] ?? 0, line.querier?.[figure] ?? 0];
    if (compareRational(exact(own), exact(their)) === 0) return [];
    return [{ ...about, figure, holder: toNumber(exact(own)), querierSays: toNumber(exact(their)) }];
  });
};

const exact = (value: number | Rational): Rational => (typeof value === 'number' ? { num: BigInt(value), den: 1n } : value);
