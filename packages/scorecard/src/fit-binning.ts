import { E, type Either } from '@vouchsafe/core';
import { countBelow } from './assign.ts';
import {
  type Binning,
  type CategoricalBinning,
  type ClosedSide,
  checkBinning,
  MAX_BINS,
  type NumericBinning,
} from './binning.ts';
import type { BinningRule, OptimalRule, QuantileRule } from './binning-rule.ts';
import type { BinCounts } from './counts.ts';
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
import { type MergeRule, mergeSteps } from './optimal.ts';
import { quantileBreaks } from './quantile.ts';
import { mergedSteps, sortedSteps } from './sorted.ts';
import { atOnce, ROWS_A_STEP, type Steps } from './turns.ts';

/** Why no bins were made: the data or the given bins do not hold, or everybody is good or bad. */
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
  const sides = yield* quantities(
    column.values,
    bad,
    specials.flatMap(({ values }) => values),
  );
  const goods = yield* sortedSteps(sides.goods);
  const bads = yield* sortedSteps(sides.bads);
  const sorted = yield* mergedSteps(goods, bads);
  const fine = quantileBreaks(sorted, rule.method === 'quantile' ? rule.bins : rule.prebins, closed);
  const binning: NumericBinning = { kind: 'numeric', breaks: fine, closed, specials };
  if (rule.method === 'quantile' || fine.length === 0) return binning;
  const counts = { good: countsBetween(goods, fine, closed), bad: countsBetween(bads, fine, closed) };
  const starts = yield* mergeSteps(counts, mergeRule(rule, bad.length), sides.totals);
  return { ...binning, breaks: starts.slice(1).map((start) => fine[start - 1]!) };
}

interface Sides {
  readonly goods: Float64Array;
  readonly bads: Float64Array;
  /** Of all rows, special and missing ones included. */
  readonly totals: { readonly good: number; readonly bad: number };
}

/** The values that are neither missing nor special, of goods and of bads. */
function* quantities(values: Float64Array, bad: Outcome, special: readonly number[]): Steps<Sides> {
  const [goods, bads] = [new Float64Array(values.length), new Float64Array(values.length)];
  let [g, b, allBads] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (i % (4 * ROWS_A_STEP) === 0) yield { done: i, total: values.length };
    const value = values[i]!;
    allBads += bad[i]!;
    if (Number.isNaN(value) || (special.length > 0 && special.includes(value))) continue;
    if (bad[i] === 1) bads[b++] = value;
    else goods[g++] = value;
  }
  return {
    goods: goods.subarray(0, g),
    bads: bads.subarray(0, b),
    totals: { good: values.length - allBads, bad: allBads },
  };
}

/** How many of the sorted values fall into each interval between breaks. */
const countsBetween = (sorted: Float64Array, breaks: readonly number[], closed: ClosedSide): readonly number[] => {
  // A value on a break belongs to the interval above it when that is closed on its left.
  const other: ClosedSide = closed === 'left' ? 'right' : 'left';
  const below = breaks.map((edge) => countBelow(sorted, other, edge));
  return [...below, sorted.length].map((end, i) => end - (below[i - 1] ?? 0));
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
  const starts = yield* mergeSteps(rows, { ...mergeRule(rule, column.codes.length), trend: 'none' }, totalsOf(counts));
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
