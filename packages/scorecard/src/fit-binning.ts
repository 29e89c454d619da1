import { E, type Either } from '@vouchsafe/core';
import { assignRange } from './assign.ts';
import { type Binning, type CategoricalBinning, checkBinning, MAX_BINS, type NumericBinning } from './binning.ts';
import type { BinningRule, OptimalRule, QuantileRule } from './binning-rule.ts';
import { type BinCounts, countSteps } from './counts.ts';
import {
  type CategoricalColumn,
  checkColumn,
  checkOutcome,
  type DataColumn,
  type NumericColumn,
  type Outcome,
  rowsOf,
} from './data.ts';
import type { BadBinning, BadData, OneClass } from './errors.ts';
import { type MergeRule, mergeOptimally } from './optimal.ts';
import { quantileBreaks } from './quantile.ts';
import { sortedSteps } from './sorted.ts';
import { atOnce, ROWS_A_STEP, type Steps } from './turns.ts';

export type BinningError = BadData | OneClass | BadBinning;

/** Why a characteristic got the bins it has: what was asked, one characteristic of all rows. */
export interface BinningRequest {
  readonly name: string;
  readonly column: DataColumn;
  readonly bad: Outcome;
  readonly rule: BinningRule;
}

/**
 * The bins of one characteristic by a rule: quantile, optimal or manual.
 * @throws RangeError for a rule out of range
 */
export const fitBinning = (request: BinningRequest): Either<BinningError, Binning> => {
  const rows = checkOutcome(request.bad, rowsOf(request.column));
  return E.isLeft(rows) ? rows : atOnce(binningSteps(request));
};

/** {@link fitBinning} in steps, for an outcome that is checked. */
export function* binningSteps({ name, column, bad, rule }: BinningRequest): Steps<Either<BinningError, Binning>> {
  const checked = checkColumn(name, column);
  if (E.isLeft(checked)) return checked;
  if (rule.method === 'manual') {
    if (rule.binning.kind === column.kind) return checkBinning(rule.binning);
    return E.left({
      _tag: 'BadBinning',
      message: `${name}: a numeric characteristic needs breaks, a categorical one groups of levels`,
    });
  }
  if (rule.method === 'optimal') checkRule(rule);
  const binning = column.kind === 'numeric' ? yield* numeric(column, bad, rule) : yield* categorical(column, bad, rule);
  return checkBinning(binning);
}

const checkRule = ({ prebins, minShare }: OptimalRule): void => {
  if (!Number.isSafeInteger(prebins) || prebins < 1 || prebins >= MAX_BINS)
    throw new RangeError(`prebins is a whole number from 1 to ${MAX_BINS - 1}`);
  if (!(minShare >= 0 && minShare <= 1)) throw new RangeError('minShare lies between 0 and 1');
};

function* numeric(column: NumericColumn, bad: Outcome, rule: QuantileRule | OptimalRule): Steps<NumericBinning> {
  const { closed, specials } = rule;
  const sorted = yield* sortedSteps(
    quantities(
      column.values,
      specials.flatMap(({ values }) => values),
    ),
  );
  const fine = quantileBreaks(sorted, rule.method === 'quantile' ? rule.bins : rule.prebins, closed);
  // Pre-bins go without special bins here: what is special is missing from the counts.
  const binning: NumericBinning = { kind: 'numeric', breaks: fine, closed, specials };
  if (rule.method === 'quantile' || fine.length === 0) return binning;
  const lumped: NumericBinning = { ...binning, specials: lump(specials) };
  const bins = new Uint8Array(column.values.length);
  for (let from = 0; from < bins.length; from += ROWS_A_STEP) {
    const to = Math.min(bins.length, from + ROWS_A_STEP);
    assignRange({ binning: lumped, column, from, to }, bins);
    yield { done: to, total: bins.length };
  }
  const counts = yield* countSteps(bins, bad, fine.length + 1 + lumped.specials.length + 1);
  const starts = mergeOptimally(firstOf(counts, fine.length + 1), mergeRule(rule, bins.length), totalsOf(counts));
  return { ...binning, breaks: starts.slice(1).map((start) => fine[start - 1]!) };
}

/** All special values as one bin: for the search only their rows matter, not which is which. */
const lump = (specials: NumericBinning['specials']): NumericBinning['specials'] =>
  specials.length === 0 ? [] : [{ label: 'special', values: specials.flatMap(({ values }) => values) }];

/** The values that are neither missing nor special. */
const quantities = (values: Float64Array, special: readonly number[]): Float64Array => {
  const out = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value) || special.includes(value)) continue;
    out[n++] = value;
  }
  return out.subarray(0, n);
};

function* categorical(column: CategoricalColumn, bad: Outcome, rule: QuantileRule | OptimalRule): Steps<CategoricalBinning> {
  const { unseen, specialLevels: specials } = rule;
  const special = new Set(specials.flatMap(({ values }) => values));
  const counts = yield* countLevels(column, bad);
  const used = column.levels
    .map((level, code) => ({ level, good: counts.good[code]!, bad: counts.bad[code]! }))
    .filter(({ level, good, bad: bads }) => good + bads > 0 && !special.has(level));
  const shape = { kind: 'categorical', specials, unseen } as const;
  if (rule.method === 'quantile') return { ...shape, groups: used.map(({ level }) => [level]) };
  if (used.length === 0) return { ...shape, groups: [] };
  // Ordered by bad rate, compared without dividing; equal rates by name.
  const byRate = [...used].sort((a, b) => a.bad * (b.good + b.bad) - b.bad * (a.good + a.bad) || (a.level < b.level ? -1 : 1));
  const units = pool(byRate, rule.prebins, column.codes.length);
  const rows = { good: units.map(({ good }) => good), bad: units.map(({ bad: bads }) => bads) };
  const starts = mergeOptimally(rows, { ...mergeRule(rule, column.codes.length), trend: 'none' }, totalsOf(counts));
  const groups = starts.map((start, i) => units.slice(start, starts[i + 1]).flatMap(({ levels }) => levels));
  return { ...shape, groups };
}

interface LevelCount {
  readonly level: string;
  readonly good: number;
  readonly bad: number;
}

/** Neighbouring levels together, until there are few enough to search over. */
const pool = (
  levels: readonly LevelCount[],
  prebins: number,
  rows: number,
): readonly { readonly levels: readonly string[]; readonly good: number; readonly bad: number }[] => {
  const enough = levels.length <= prebins ? 0 : rows / prebins;
  const units: { levels: string[]; good: number; bad: number }[] = [];
  for (const { level, good, bad } of levels) {
    const last = units[units.length - 1];
    if (last === undefined || last.good + last.bad >= enough) units.push({ levels: [level], good, bad });
    else {
      last.levels.push(level);
      last.good += good;
      last.bad += bad;
    }
  }
  return units;
};

/** Per level, and at the end for missing. */
function* countLevels({ codes, levels }: CategoricalColumn, bad: Outcome): Steps<BinCounts> {
  const [good, bads] = [new Array<number>(levels.length + 1).fill(0), new Array<number>(levels.length + 1).fill(0)];
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]! < 0 ? levels.length : codes[i]!;
    if (bad[i] === 1) bads[code]! += 1;
    else good[code]! += 1;
    if (i % (4 * ROWS_A_STEP) === 0) yield { done: i, total: codes.length };
  }
  return { good, bad: bads };
}

const firstOf = ({ good, bad }: BinCounts, size: number): BinCounts => ({ good: good.slice(0, size), bad: bad.slice(0, size) });

const totalsOf = ({ good, bad }: BinCounts): { readonly good: number; readonly bad: number } => ({
  good: good.reduce((sum, count) => sum + count, 0),
  bad: bad.reduce((sum, count) => sum + count, 0),
});

const mergeRule = ({ trend, maxBins, minShare, minGood, minBad }: OptimalRule, rows: number): MergeRule => ({
  trend,
  maxBins,
  minRows: minShare * rows,
  minGood,
  minBad,
});
