import { type Binning, type CategoricalBinning, type ClosedSide, NO_BIN, type NumericBinning, regularBins } from './binning.ts';
import type { DataColumn } from './data.ts';

/** Up to here comparing with every break beats halving: no branch to guess wrong. */
const SCAN = 16;

/** How many of the breaks lie below a value: the position of its interval. */
const intervalOf = (breaks: Float64Array, closed: ClosedSide, x: number): number => {
  if (breaks.length > SCAN) return countBelow(breaks, closed, x);
  let below = 0;
  if (closed === 'left') for (let i = 0; i < breaks.length; i++) below += x >= breaks[i]! ? 1 : 0;
  else for (let i = 0; i < breaks.length; i++) below += x > breaks[i]! ? 1 : 0;
  return below;
};

/** How many of the ascending values lie below x: at or below it with `left`, strictly with `right`. By halving. */
export const countBelow = (breaks: Float64Array, closed: ClosedSide, x: number): number => {
  let [from, to] = [0, breaks.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (closed === 'left' ? x >= breaks[middle]! : x > breaks[middle]!) from = middle + 1;
    else to = middle;
  }
  return from;
};

/** A function that tells a value's bin. Compiled once a binning: breaks and special values as packed doubles. */
export type NumericAssigner = (x: number) => number;

/** Compiles a binning. @returns number → position of its bin; `NaN` is missing, an infinite value has {@link NO_BIN} */
export const numericAssigner = (binning: NumericBinning): NumericAssigner => {
  const breaks = Float64Array.from(binning.breaks);
  const { closed } = binning;
  const intervals = breaks.length + 1;
  const missing = intervals + binning.specials.length;
  const special = Float64Array.from(binning.specials.flatMap(({ values }) => values));
  const specialBin = Uint8Array.from(binning.specials.flatMap(({ values }, i) => values.map(() => intervals + i)));
  return (x) => {
    for (let i = 0; i < special.length; i++) if (x === special[i]) return specialBin[i]!;
    // Not below infinity in size: infinite or NaN.
    if (!(Math.abs(x) < Number.POSITIVE_INFINITY)) return Number.isNaN(x) ? missing : NO_BIN;
    return intervalOf(breaks, closed, x);
  };
};

/** Level → position of its bin, for the levels that the binning names. */
export const levelBins = (binning: CategoricalBinning): ReadonlyMap<string, number> =>
  new Map([
    ...binning.groups.flatMap((group, bin) => group.map((level) => [level, bin] as const)),
    ...binning.specials.flatMap(({ values }, i) => values.map((level) => [level, binning.groups.length + i] as const)),
  ]);

/** The bin of a level that the binning does not name. */
const unseenBin = (binning: CategoricalBinning): number =>
  binning.unseen === 'missing' ? regularBins(binning) + binning.specials.length : NO_BIN;

/** For each level of a column its bin; the last entry is missing's, so that code −1 finds it at position `levels.length`. */
export const codeBins = (binning: CategoricalBinning, levels: readonly string[]): Uint8Array => {
  const bins = levelBins(binning);
  const missing = regularBins(binning) + binning.specials.length;
  return Uint8Array.from([...levels.map((level) => bins.get(level) ?? unseenBin(binning)), missing]);
};

/**
 * The bin of one value.
 * @param value a number, a level, or `null` for missing
 * @throws RangeError for a number where the binning has levels, or the reverse
 */
export const binOf = (binning: Binning, value: number | string | null): number => {
  if (value === null) return regularBins(binning) + binning.specials.length;
  if (binning.kind === 'numeric' && typeof value === 'number') return numericAssigner(binning)(value);
  if (binning.kind === 'categorical' && typeof value === 'string') return levelBins(binning).get(value) ?? unseenBin(binning);
  throw new RangeError('a numeric binning takes numbers, a categorical one levels');
};

/**
 * The bin of every row.
 * @returns n bytes: positions, or {@link NO_BIN}
 * @throws RangeError when the column is of the other kind
 */
export const assignBins = (binning: Binning, column: DataColumn): Uint8Array => {
  const out = new Uint8Array(column.kind === 'numeric' ? column.values.length : column.codes.length);
  assignRange({ binning, column, from: 0, to: out.length }, out);
  return out;
};

/** {@link assignBins} for rows [from, to), into `out` at the same positions. */
export const assignRange = (
  {
    binning,
    column,
    from,
    to,
  }: { readonly binning: Binning; readonly column: DataColumn; readonly from: number; readonly to: number },
  out: Uint8Array,
): void => {
  if (binning.kind === 'numeric' && column.kind === 'numeric') {
    const assign = numericAssigner(binning);
    const { values } = column;
    for (let i = from; i < to; i++) out[i] = assign(values[i]!);
  } else if (binning.kind === 'categorical' && column.kind === 'categorical') {
    const bins = codeBins(binning, column.levels);
    const { codes, levels } = column;
    for (let i = from; i < to; i++) out[i] = bins[codes[i]! < 0 ? levels.length : codes[i]!]!;
  } else throw new RangeError('a numeric binning takes a numeric column, a categorical one a categorical column');
};
