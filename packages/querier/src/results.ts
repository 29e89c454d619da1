import { type AmountColumn, type Catalogue, PRESENT } from '@vouchsafe/core';
import { type Noise, plusMinusOf, tailOf } from '@vouchsafe/privacy';

/** One asked slot with its total, as it came out of the sealed join. */
export interface SlotTotal {
  readonly column: string;
  readonly holds: 'present' | 'value' | 'squares' | 'bucket';
  readonly bucket?: string | undefined;
  /** In the slot's unit, offset not yet taken off. */
  readonly total: number;
  /** What each holder added; absent where there is none. */
  readonly noise?: Noise | undefined;
}

/** How far a figure may be from the truth because of the noise: in the figure's own unit. */
export interface Uncertainty {
  readonly standardDeviation: number;
  /** Half width of the 95 % interval. */
  readonly halfWidth95: number;
  /** The noise is larger than this with probability 2^-40 at most. */
  readonly bound: number;
}

/** Relationships counted: a person known to two holders counts twice. */
export interface CountTotal {
  readonly kind: 'count' | 'flag';
  readonly column: string;
  readonly total: number;
  readonly plusMinus?: Uncertainty | undefined;
}

/** A sum in the column's own unit (e.g. currency), offset taken off; `mean` and `variance` per relationship where `present` was asked too and is above zero. */
export interface AmountTotal {
  readonly kind: 'amount';
  readonly column: string;
  readonly total: number;
  readonly plusMinus?: Uncertainty | undefined;
  readonly mean?: number | undefined;
  /** Of the mean, in the column's own unit; its bounds are infinite where the noise could explain the whole count. */
  readonly meanPlusMinus?: Uncertainty | undefined;
  readonly variance?: number | undefined;
}

/** Relationships per bucket. */
export interface HistogramTotal {
  readonly kind: 'bucket';
  readonly column: string;
  readonly buckets: readonly { readonly bucket: string; readonly total: number }[];
  /** The same for every bucket. */
  readonly plusMinus?: Uncertainty | undefined;
}

/** The total of an asked column, by the column’s kind. */
export type ColumnTotal = CountTotal | AmountTotal | HistogramTotal;

/**
 * From slot totals to figures that people read: units multiplied in, offsets taken off, buckets put together.
 * @param columns as they were asked
 * @param holders how many added noise
 */
export const columnTotals = (
  catalogue: Catalogue,
  {
    columns,
    totals,
    holders,
  }: { readonly columns: readonly string[]; readonly totals: readonly SlotTotal[]; readonly holders: number },
): readonly ColumnTotal[] => {
  const present = totals.find((slot) => slot.holds === 'present');
  return columns.map((name) => {
    const own = totals.filter((slot) => slot.column === name);
    const column = catalogue.columns.find((one) => one.name === name);
    const [first] = own;
    if (column?.kind === 'amount') return amountTotal(column, own, present, holders);
    if (column?.kind === 'bucket')
      return {
        kind: 'bucket',
        column: name,
        buckets: own.map(({ bucket, total }) => ({ bucket: bucket!, total })),
        ...uncertainty(first!, holders),
      };
    return {
      kind: column?.kind === 'flag' ? 'flag' : 'count',
      column: name === PRESENT ? PRESENT : name,
      total: first!.total,
      ...uncertainty(first!, holders),
    };
  });
};

const amountTotal = (
  column: AmountColumn,
  own: readonly SlotTotal[],
  present: SlotTotal | undefined,
  holders: number,
): AmountTotal => {
  const sum = own.find(({ holds }) => holds === 'value')!;
  const squares = own.find(({ holds }) => holds === 'squares');
  const { unit, offset = 0 } = column;
  // checked before asking: an offset column always comes with `present`.
  const total = (sum.total - offset * (present?.total ?? 0)) * unit;
  const shape = { kind: 'amount', column: column.name, total, ...uncertainty(sum, holders, unit) } as const;
  if (!present || present.total <= 0) return shape;
  const mean = total / present.total;
  const withMean = {
    ...shape,
    mean,
    ...meanUncertainty({ mean, count: present.total }, shape.plusMinus, uncertainty(present, holders).plusMinus),
  };
  if (!squares || !column.squares) return withMean;
  const meanOfShifted = sum.total / present.total;
  const variance = ((squares.total * column.squares.unit) / present.total - meanOfShifted ** 2) * unit ** 2;
  return { ...withMean, variance: Math.max(0, variance) };
};

/**
 * Of a quotient of two noisy figures: the standard deviation to first order (delta method); the bounds for the worst of both at once, since
 * |S/N − s/n| ≤ (ΔS + |S/N|·ΔN) / (N − ΔN).
 */
const meanUncertainty = (
  { mean, count }: { readonly mean: number; readonly count: number },
  sum: Uncertainty | undefined,
  counted: Uncertainty | undefined,
): { meanPlusMinus?: Uncertainty } => {
  if (!sum || !counted) return {};
  const worst = (ofSum: number, ofCount: number): number =>
    count > ofCount ? (ofSum + Math.abs(mean) * ofCount) / (count - ofCount) : Number.POSITIVE_INFINITY;
  return {
    meanPlusMinus: {
      standardDeviation: Math.hypot(sum.standardDeviation, mean * counted.standardDeviation) / count,
      halfWidth95: worst(sum.halfWidth95, counted.halfWidth95),
      bound: worst(sum.bound, counted.bound),
    },
  };
};

const uncertainty = ({ noise }: SlotTotal, holders: number, unit = 1): { plusMinus?: Uncertainty } => {
  if (!noise) return {};
  const { standardDeviation, halfWidth } = plusMinusOf(noise, holders);
  const bound = Number(tailOf(noise, holders));
  return { plusMinus: { standardDeviation: standardDeviation * unit, halfWidth95: halfWidth * unit, bound: bound * unit } };
};
