import type { BinCounts } from './counts.ts';
import { atOnce, type Steps } from './turns.ts';

/**
 * How the bad rate may run over the bins, from the lowest values to the highest: strictly up, strictly down, whichever of the two has more information
 * (`monotone`), up and then down (`peak`), down and then up (`valley`), or anyhow (`none`). A peak or valley may lie at an end.
 */
export type Trend = 'ascending' | 'descending' | 'monotone' | 'peak' | 'valley' | 'none';

/** What every optimal bin must satisfy. A single bin is always allowed, whatever the minima. */
export interface MergeRule {
  readonly trend: Trend;
  readonly maxBins: number;
  /** Rows, goods and bads that each bin has at least. With a good and a bad in each no zero-cell rule is needed. */
  readonly minRows: number;
  readonly minGood: number;
  readonly minBad: number;
}

/** Which phase follows (−1: not allowed) when the bad rate rises, falls or stays, by the phase before. */
interface Moves {
  readonly up: readonly number[];
  readonly down: readonly number[];
  readonly same: readonly number[];
}

const MOVES: Readonly<Record<Exclude<Trend, 'monotone'>, Moves>> = {
  ascending: { up: [0], down: [-1], same: [-1] },
  descending: { up: [-1], down: [0], same: [-1] },
  none: { up: [0], down: [0], same: [0] },
  peak: { up: [0, -1], down: [1, 1], same: [-1, -1] },
  valley: { up: [1, 1], down: [0, -1], same: [-1, -1] },
};

/**
 * The merging of neighbouring pre-bins with the greatest information value among all that satisfy the rule: exact dynamic programming over the last bin, the number
 * of bins and the phase of the trend, O(maxBins · P³) for P pre-bins. (Optimal binning as in Navas-Palencia 2020, there by integer programming.)
 * Of equally good mergings the one with fewer bins is taken, then the one whose last bins start earlier: the result is a function of the counts.
 * @param counts of the pre-bins, in the order of their values; whole numbers
 * @param totals goods and bads of the whole characteristic, with special and missing bins; the counts' own sums by default
 * @returns for each bin the position of its first pre-bin; starts with 0
 * @throws RangeError for a rule out of range
 */
export const mergeOptimally = (
  counts: BinCounts,
  rule: MergeRule,
  totals: { readonly good: number; readonly bad: number } = { good: sum(counts.good), bad: sum(counts.bad) },
): readonly number[] => atOnce(mergeSteps(counts, rule, totals));

/** {@link mergeOptimally} in steps. */
export function* mergeSteps(
  counts: BinCounts,
  rule: MergeRule,
  totals: { readonly good: number; readonly bad: number },
): Steps<readonly number[]> {
  if (!Number.isSafeInteger(rule.maxBins) || rule.maxBins < 1) throw new RangeError('maxBins is a whole number from 1');
  if (counts.good.length === 0 || counts.good.length !== counts.bad.length)
    throw new RangeError('pre-bins need goods and bads, equally many');
  if (rule.trend !== 'monotone') return (yield* search(counts, rule, totals, MOVES[rule.trend])).starts;
  const rising = yield* search(counts, rule, totals, MOVES.ascending);
  const falling = yield* search(counts, rule, totals, MOVES.descending);
  return falling.iv > rising.iv ? falling.starts : rising.starts;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface Merging {
  readonly iv: number;
  readonly starts: readonly number[];
}

function* search(
  { good, bad }: BinCounts,
  rule: MergeRule,
  totals: { readonly good: number; readonly bad: number },
  moves: Moves,
): Steps<Merging> {
  const size = good.length;
  const phases = moves.up.length;
  const goods = runningSums(good);
  const bads = runningSums(bad);
  const rows = goods.map((count, i) => count + bads[i]!);
  const iv = segmentValues({ goods, bads, size }, rule, totals);
  const layers = Math.min(rule.maxBins, size);
  // value[((k · P + end) · P + start) · phases + phase]: the best of k + 1 bins over pre-bins 0..end, the last of them from `start`; before: where the bin before starts.
  const cell = size * size * phases;
  const value = new Float64Array(layers * cell).fill(Number.NEGATIVE_INFINITY);
  const before = new Int32Array(layers * cell).fill(-1);
  const at = (k: number, start: number, end: number): number => ((k * size + end) * size + start) * phases;
  for (let end = 0; end < size; end++) value[at(0, 0, end)] = iv[end]!;
  const priors = priorsOf(size * phases);
  for (let k = 1; k < layers; k++)
    for (let start = k; start < size; start++) {
      // The mergings into k bins that end before `start`, by their last bin and phase: only those that there are.
      let count = 0;
      for (let earlier = k - 1, from = at(k - 1, k - 1, start - 1); earlier < start; earlier++)
        for (let phase = 0; phase < phases; phase++, from++) {
          if (value[from] === Number.NEGATIVE_INFINITY) continue;
          priors.value[count] = value[from]!;
          priors.bad[count] = bads[start]! - bads[earlier]!;
          priors.rows[count] = rows[start]! - rows[earlier]!;
          priors.packed[count] = earlier * phases + phase;
          count++;
        }
      if (count === 0) continue;
      for (let end = start; end < size; end++) {
        const own = iv[start * size + end]!;
        if (own === Number.NEGATIVE_INFINITY) continue;
        const last = { bad: bads[end + 1]! - bads[start]!, rows: rows[end + 1]! - rows[start]!, iv: own };
        append({ priors, count, last, moves }, { value, before, target: at(k, start, end) });
      }
      yield { done: k * size + start, total: layers * size };
    }
  return bestOf({ value, before, at }, { layers, size, phases });
}

/** Mergings that a further bin may be put behind. */
interface Priors {
  readonly value: Float64Array;
  /** Bads and rows of the last bin. */
  readonly bad: Float64Array;
  readonly rows: Float64Array;
  /** Start of the last bin · phases + phase. */
  readonly packed: Int32Array;
}

const priorsOf = (size: number): Priors => ({
  value: new Float64Array(size),
  bad: new Float64Array(size),
  rows: new Float64Array(size),
  packed: new Int32Array(size),
});

/** Puts one bin behind each merging that it may follow, and keeps the best by phase. */
const append = (
  {
    priors,
    count,
    last,
    moves,
  }: {
    readonly priors: Priors;
    readonly count: number;
    readonly last: { readonly bad: number; readonly rows: number; readonly iv: number };
    readonly moves: Moves;
  },
  { value, before, target }: { readonly value: Float64Array; readonly before: Int32Array; readonly target: number },
): void => {
  const { up, down, same } = moves;
  const phases = up.length;
  for (let i = 0; i < count; i++) {
    // Compares the bad rates without dividing.
    const rise = last.bad * priors.rows[i]! - priors.bad[i]! * last.rows;
    const phase = phases === 1 ? 0 : priors.packed[i]! % phases;
    const next = (rise > 0 ? up : rise < 0 ? down : same)[phase]!;
    if (next < 0) continue;
    const reached = priors.value[i]! + last.iv;
    if (reached > value[target + next]!) {
      value[target + next] = reached;
      before[target + next] = priors.packed[i]!;
    }
  }
};

/** Information value of every segment start..end of pre-bins, at start · size + end; −∞ for one that breaks a minimum. */
const segmentValues = (
  { goods, bads, size }: { readonly goods: Float64Array; readonly bads: Float64Array; readonly size: number },
  { minRows, minGood, minBad }: MergeRule,
  totals: { readonly good: number; readonly bad: number },
): Float64Array => {
  const out = new Float64Array(size * size).fill(Number.NEGATIVE_INFINITY);
  for (let start = 0; start < size; start++)
    for (let end = start; end < size; end++) {
      const [g, b] = [goods[end + 1]! - goods[start]!, bads[end + 1]! - bads[start]!];
      if (g + b < minRows || g < minGood || b < minBad) continue;
      const [p, q] = [g / totals.good, b / totals.bad];
      // Without a minimum a cell can be zero; its infinite value counts as nothing, so that it is never sought.
      out[start * size + end] = p === 0 || q === 0 ? 0 : (p - q) * Math.log(p / q);
    }
  return out;
};

const runningSums = (counts: readonly number[]): Float64Array => {
  const out = new Float64Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) out[i + 1] = out[i]! + counts[i]!;
  return out;
};

const bestOf = (
  {
    value,
    before,
    at,
  }: {
    readonly value: Float64Array;
    readonly before: Int32Array;
    readonly at: (k: number, start: number, end: number) => number;
  },
  { layers, size, phases }: { readonly layers: number; readonly size: number; readonly phases: number },
): Merging => {
  let best = { iv: Number.NEGATIVE_INFINITY, k: 0, start: 0, phase: 0 };
  for (let k = 0; k < layers; k++)
    for (let start = 0; start < size; start++)
      for (let phase = 0; phase < phases; phase++) {
        const iv = value[at(k, start, size - 1) + phase]!;
        if (iv > best.iv) best = { iv, k, start, phase };
      }
  const starts: number[] = [best.start];
  for (let { k, start, phase } = best, end = size - 1; k > 0; k--) {
    const packed = before[at(k, start, end) + phase]!;
    end = start - 1;
    start = Math.floor(packed / phases);
    phase = packed % phases;
    starts.unshift(start);
  }
  return { iv: best.iv, starts };
};
