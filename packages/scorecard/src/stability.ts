import { E, type Either } from '@vouchsafe/core';
import { assignBins } from './assign.ts';
import { NO_BIN } from './binning.ts';
import type { ZeroCells } from './conventions.ts';
import type { DataTable } from './data.ts';
import type { BadCounts, BadData } from './errors.ts';
import type { Scorecard } from './scorecard.ts';

/** How far a distribution has moved. */
export interface Stability {
  /** Population stability index: Σ (actual share − expected share) · ln(actual share / expected share). Below 0.1 stable, from 0.25 a shift (rule of thumb). */
  readonly index: number;
  readonly bins: readonly { readonly expected: number; readonly actual: number; readonly index: number }[];
}

/**
 * The population stability index of two distributions over the same bins.
 * @param expected counts when the model was made, one a bin
 * @param actual counts now
 * @param zeroCells what becomes of a bin that one of the two lacks; bins that both lack add nothing. A half count in its place by default.
 */
export const populationStability = ({
  expected,
  actual,
  zeroCells = { rule: 'replace', by: 0.5 },
}: {
  readonly expected: readonly number[];
  readonly actual: readonly number[];
  readonly zeroCells?: ZeroCells | undefined;
}): Either<BadCounts, Stability> => {
  const bad = (message: string): Either<BadCounts, never> => E.left({ _tag: 'BadCounts', message });
  if (expected.length !== actual.length || expected.length === 0)
    return bad('expected and actual counts must be over the same bins, one or more');
  if ([...expected, ...actual].some((count) => !(count >= 0 && count < Number.POSITIVE_INFINITY)))
    return bad('a count must be finite and not negative');
  if (sum(expected) === 0 || sum(actual) === 0) return bad('there must be expected and actual rows');
  const both = (i: number): boolean => expected[i] === 0 && actual[i] === 0;
  const lacking = expected.findIndex((_, i) => !both(i) && (expected[i] === 0 || actual[i] === 0));
  if (lacking >= 0 && zeroCells.rule === 'refuse')
    return bad(`bin ${lacking + 1} is empty on one side; merge it with another or choose another zero-cell rule`);
  const adjust = (counts: readonly number[]): readonly number[] =>
    counts.map((count, i) => {
      if (both(i) || zeroCells.rule === 'refuse') return count;
      return zeroCells.rule === 'add' ? count + zeroCells.by : count === 0 ? zeroCells.by : count;
    });
  const [e, a] = [adjust(expected), adjust(actual)];
  const [allExpected, allActual] = [sum(e), sum(a)];
  const bins = expected.map((_, i) => {
    const [p, q] = [e[i]! / allExpected, a[i]! / allActual];
    return { expected: p, actual: q, index: both(i) ? 0 : (q - p) * Math.log(q / p) };
  });
  return E.right({ index: sum(bins.map(({ index }) => index)), bins });
};

/** How one characteristic of a scorecard has moved since the model was made. */
export interface CharacteristicStability extends Stability {
  readonly name: string;
  /** Characteristic stability as a shift of points: Σ (actual share − expected share) · points. Negative: applicants have become worse here. */
  readonly shift: number;
  /** Rows whose value has no bin (a level never seen, an infinite value): they are in none of the shares. */
  readonly withoutBin: number;
}

/** The stability of every characteristic: the sample that the model was fitted on against a table of now. */
export const characteristicStability = (
  scorecard: Scorecard,
  table: DataTable,
): Either<BadData | BadCounts, readonly CharacteristicStability[]> => {
  const out: CharacteristicStability[] = [];
  for (const { name, binning, bins } of scorecard.characteristics) {
    const column = table.get(name);
    if (column?.kind !== binning.kind)
      return E.left({ _tag: 'BadData', characteristic: name, message: `${name} must be there as a ${binning.kind} column` });
    const actual = new Array<number>(NO_BIN + 1).fill(0);
    for (const bin of assignBins(binning, column)) actual[bin]! += 1;
    const expected = bins.map(({ good, bad }) => good + bad);
    const moved = populationStability({ expected, actual: actual.slice(0, bins.length) });
    if (E.isLeft(moved)) return moved;
    // Points that a bin does not give count as 0; such a bin was empty when the model was made.
    const shift = sum(moved.right.bins.map((bin, i) => (bin.actual - bin.expected) * (bins[i]!.points ?? 0)));
    out.push({ name, ...moved.right, shift, withoutBin: actual[NO_BIN]! });
  }
  return E.right(out);
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
