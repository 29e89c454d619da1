import { E, type Either } from '@vouchsafe/core';
import type { Conventions, ZeroCells } from './conventions.ts';
import type { BinCounts } from './counts.ts';
import type { BadCounts, ZeroCell } from './errors.ts';

/** One bin of a characteristic. */
export interface BinRow {
  readonly label: string;
  readonly good: number;
  readonly bad: number;
  /** Of all rows of the table. */
  readonly share: number;
  /** bad / (good + bad); `NaN` for a bin without rows. */
  readonly badRate: number;
  /** Weight of evidence in nats; 0 for a bin without rows. */
  readonly woe: number;
  /** What the bin adds to the information value: (good share − bad share) · ln(good share / bad share), never negative. */
  readonly iv: number;
  /** The counts that WOE was computed from differ from the counts shown: the zero-cell rule was applied to this bin. */
  readonly adjusted: boolean;
}

/** The bins of a characteristic with their weights of evidence. */
export interface BinTable {
  readonly name: string;
  readonly bins: readonly BinRow[];
  readonly good: number;
  readonly bad: number;
  /** Information value: the sum over the bins. Rule of thumb (Siddiqi): below 0.02 none, to 0.1 weak, to 0.3 medium, to 0.5 strong, above: too good to be true? */
  readonly iv: number;
}

/** Counts as the zero-cell rule leaves them. */
export interface AdjustedCounts extends BinCounts {
  readonly totalGood: number;
  readonly totalBad: number;
}

/** Applies the zero-cell rule. @returns the counts to compute with, or the position of a bin that the rule refuses */
export const adjustZeroCells = ({ good, bad }: BinCounts, rule: ZeroCells): Either<number, AdjustedCounts> => {
  const empty = (i: number): boolean => good[i] === 0 && bad[i] === 0;
  if (rule.rule === 'refuse') {
    const refused = good.findIndex((_, i) => !empty(i) && (good[i] === 0 || bad[i] === 0));
    if (refused >= 0) return E.left(refused);
  }
  const adjust = (counts: readonly number[]): readonly number[] =>
    counts.map((count, i) => {
      if (empty(i) || rule.rule === 'refuse') return count;
      return rule.rule === 'add' ? count + rule.by : count === 0 ? rule.by : count;
    });
  const [g, b] = [adjust(good), adjust(bad)];
  return E.right({ good: g, bad: b, totalGood: sum(g), totalBad: sum(b) });
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Weights of evidence and information value from counts.
 * @param labels one a bin, in the bins' order
 * @param counts not negative; whole numbers in a sample, other numbers are allowed
 */
export const binTable = ({
  name,
  labels,
  counts,
  conventions,
}: {
  readonly name: string;
  readonly labels: readonly string[];
  readonly counts: BinCounts;
  readonly conventions: Conventions;
}): Either<BadCounts | ZeroCell, BinTable> => {
  const checked = checkCounts(name, labels.length, counts);
  if (E.isLeft(checked)) return checked;
  const adjusted = adjustZeroCells(counts, conventions.zeroCells);
  if (E.isLeft(adjusted)) return E.left(zeroCell(name, labels[adjusted.left]!));
  const { good, bad, totalGood, totalBad } = adjusted.right;
  const [allGood, allBad] = [sum(counts.good), sum(counts.bad)];
  const bins = labels.map((label, i): BinRow => {
    const [g, b] = [counts.good[i]!, counts.bad[i]!];
    const empty = g === 0 && b === 0;
    const [goodShare, badShare] = [good[i]! / totalGood, bad[i]! / totalBad];
    const logOdds = empty ? 0 : Math.log(goodShare / badShare);
    return {
      label,
      good: g,
      bad: b,
      share: (g + b) / (allGood + allBad),
      badRate: b / (g + b),
      woe: conventions.woe === 'ln(good/bad)' ? logOdds : 0 - logOdds,
      iv: empty ? 0 : (goodShare - badShare) * logOdds,
      adjusted: g !== good[i] || b !== bad[i],
    };
  });
  return E.right({ name, bins, good: allGood, bad: allBad, iv: sum(bins.map(({ iv }) => iv)) });
};

export const zeroCell = (characteristic: string, bin: string): ZeroCell => ({
  _tag: 'ZeroCell',
  characteristic,
  bin,
  message: `${characteristic}: the bin "${bin}" has goods only or bads only; merge it with a neighbour or choose another zero-cell rule`,
});

const checkCounts = (name: string, bins: number, { good, bad }: BinCounts): Either<BadCounts, null> => {
  const refuse = (what: string): Either<BadCounts, never> => E.left({ _tag: 'BadCounts', message: `${name}: ${what}` });
  if (good.length !== bins || bad.length !== bins) return refuse('labels, goods and bads must be equally many');
  if ([...good, ...bad].some((count) => !(count >= 0 && count < Number.POSITIVE_INFINITY)))
    return refuse('a count must be finite and not negative; noisy counts go through noisyBinTable');
  if (sum(good) === 0 || sum(bad) === 0) return refuse('there must be goods and bads');
  return E.right(null);
};
