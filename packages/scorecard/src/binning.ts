import { E, type Either, list, record, text } from '@vouchsafe/core';
import * as t from 'io-ts';
import type { BadBinning } from './errors.ts';
import { Finite } from './finite.ts';

/** Values that are no quantities (`-1` for "never", `999` for "refused to say") and have a bin of their own. */
export interface Special<A> {
  readonly label: string;
  readonly values: readonly A[];
}

/** Which edge belongs to a bin: `left` makes [a, b), `right` makes (a, b]. */
export type ClosedSide = 'left' | 'right';

/**
 * Bins of numbers. k ascending breaks make k + 1 intervals, the outer two unbounded. The bins in their order: intervals, specials, missing (always there, always
 * the last). A special value never counts as a quantity, wherever it lies.
 */
export interface NumericBinning {
  readonly kind: 'numeric';
  readonly breaks: readonly number[];
  readonly closed: ClosedSide;
  readonly specials: readonly Special<number>[];
}

/** Bins of levels, each a group of one or more. The bins in their order: groups, specials, missing (always there, always the last). */
export interface CategoricalBinning {
  readonly kind: 'categorical';
  readonly groups: readonly (readonly string[])[];
  readonly specials: readonly Special<string>[];
  /** What a level means that stands in no group: a missing value, or that there is no score. */
  readonly unseen: 'missing' | 'noScore';
}

/** How a characteristic’s values fall into bins: a number into intervals, a text into groups. */
export type Binning = NumericBinning | CategoricalBinning;

/** A binning has at most this many bins in all, so that a bin's position fits a byte beside {@link NO_BIN}. */
export const MAX_BINS = 200;
/** In place of a bin's position: the value has no bin (infinite, or a level never seen where that gives no score). */
export const NO_BIN = 255;

const Label: t.Type<string, unknown, unknown> = text('a label of at most 200 characters', /^[^\p{Cc}\p{Cs}]{1,200}$/u);
/** A level of the data: no control characters and no half characters, so that it has one encoding in JSON, CBOR and SQL. */
export const LEVEL: RegExp = /^[^\p{Cc}\p{Cs}]{0,500}$/u;
const Level: t.Type<string, unknown, unknown> = text('a level of at most 500 characters, no control characters', LEVEL);

const NumericSpecials: t.Type<readonly Special<number>[], unknown, unknown> = list(
  record<Special<number>>('special numbers', { label: Label, values: list(Finite, MAX_BINS) }, {}),
  MAX_BINS,
);
const LevelSpecials: t.Type<readonly Special<string>[], unknown, unknown> = list(
  record<Special<string>>('special levels', { label: Label, values: list(Level, MAX_BINS) }, {}),
  MAX_BINS,
);

export const NumericBinning: t.Type<NumericBinning, unknown, unknown> = record<NumericBinning>(
  'numeric binning',
  {
    kind: t.literal('numeric'),
    breaks: list(Finite, MAX_BINS),
    closed: t.keyof({ left: null, right: null }),
    specials: NumericSpecials,
  },
  {},
);

export const CategoricalBinning: t.Type<CategoricalBinning, unknown, unknown> = record<CategoricalBinning>(
  'categorical binning',
  {
    kind: t.literal('categorical'),
    groups: list(list(Level, 10_000), MAX_BINS),
    specials: LevelSpecials,
    unseen: t.keyof({ missing: null, noScore: null }),
  },
  {},
);

export const Binning: t.Type<Binning, unknown, unknown> = t.union([NumericBinning, CategoricalBinning], 'Binning');

/** How many bins are intervals or groups: the first ones. */
export const regularBins = (binning: Binning): number =>
  binning.kind === 'numeric' ? binning.breaks.length + 1 : binning.groups.length;

/** How many bins there are in all: intervals or groups, specials, missing. */
export const binCount = (binning: Binning): number => regularBins(binning) + binning.specials.length + 1;

/** What the bins are called, in their order: `[1400, 1800)`, `rent, for free`, the specials' labels, `missing`. */
export const binLabels = (binning: Binning): readonly string[] => [
  ...(binning.kind === 'numeric' ? intervals(binning) : binning.groups.map(groupLabel)),
  ...binning.specials.map(({ label }) => label),
  'missing',
];

/** A long list of levels is cut: a label is for people. */
const groupLabel = (group: readonly string[]): string => {
  const whole = group.join(', ');
  return whole.length <= 120 ? whole : `${whole.slice(0, 100)}… (${group.length} levels)`;
};

const intervals = ({ breaks, closed }: NumericBinning): readonly string[] => {
  const [open, close] = closed === 'left' ? ['[', ')'] : ['(', ']'];
  return Array.from({ length: breaks.length + 1 }, (_, i) => {
    const from = i === 0 ? '(−∞' : `${open}${breaks[i - 1]!}`;
    const to = i === breaks.length ? '∞)' : `${breaks[i]!}${close}`;
    return `${from}, ${to}`;
  });
};

/** Refuses bins that overlap, are out of order or too many. */
export const checkBinning = (binning: Binning): Either<BadBinning, Binning> => {
  const bad = (message: string): Either<BadBinning, never> => E.left({ _tag: 'BadBinning', message });
  if (binCount(binning) > MAX_BINS) return bad(`a binning has at most ${MAX_BINS} bins`);
  const labels = [...binning.specials.map(({ label }) => label), 'missing'];
  if (new Set(labels).size !== labels.length) return bad('two special bins have the same label, or one is called "missing"');
  if (binning.specials.some(({ values }) => values.length === 0)) return bad('a special bin needs at least one value');
  if (binning.kind === 'categorical') {
    if (binning.groups.some((group) => group.length === 0)) return bad('a group needs at least one level');
    const levels = [...binning.groups.flat(), ...binning.specials.flatMap(({ values }) => values)];
    return new Set(levels).size === levels.length ? E.right(binning) : bad('a level stands in two bins');
  }
  const { breaks } = binning;
  if (breaks.some((value, i) => !Number.isFinite(value) || (i > 0 && value <= breaks[i - 1]!)))
    return bad('breaks must be finite and strictly ascending');
  const values = binning.specials.flatMap(({ values: own }) => own);
  if (values.some((value) => !Number.isFinite(value))) return bad('a special value must be finite; NaN is missing already');
  return new Set(values).size === values.length ? E.right(binning) : bad('a value stands in two special bins');
};
