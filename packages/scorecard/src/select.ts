import type { WoeColumn } from './design.ts';

/** Which characteristics enter the model. */
export interface SelectionRule {
  /** Information value that a characteristic has at least. */
  readonly minIv: number;
  /** A characteristic enters only if its WOE is correlated with each one already in by at most this in size. */
  readonly maxCorrelation: number;
  /** The largest Wald p-value that may stay; `null`: any. */
  readonly maxPValue: number | null;
  /** What happens to a characteristic whose coefficient contradicts its WOE. */
  readonly wrongSign: 'drop' | 'keep' | 'refuse';
  readonly maxCharacteristics: number;
}

/** Information value from 0.02, correlation to 0.75, p-value to 0.1, wrong signs go. */
export const SELECTION: SelectionRule = {
  minIv: 0.02,
  maxCorrelation: 0.75,
  maxPValue: 0.1,
  wrongSign: 'drop',
  maxCharacteristics: 100,
};

/** Why a characteristic is not in the model. */
export interface Dropped {
  readonly name: string;
  readonly why: 'one bin' | 'low information value' | 'correlated' | 'too many' | 'wrong sign' | 'not significant';
  /** The information value, correlation, coefficient or p-value that decided. */
  readonly figure: number;
  /** The characteristic that it is correlated with. */
  readonly with?: string | undefined;
}

/** A characteristic that might enter. */
export interface Candidate extends WoeColumn {
  readonly iv: number;
}

/** Those with enough information and more than one bin in use, from the most informative on; equal ones in the order of the table. */
export const rankByIv = (
  candidates: readonly Candidate[],
  { minIv }: SelectionRule,
): { readonly ranked: readonly Candidate[]; readonly dropped: readonly Dropped[] } => {
  const dropped: Dropped[] = [];
  const kept = candidates.filter((one) => {
    const constant = one.bins.every((bin) => bin === one.bins[0]);
    if (constant) dropped.push({ name: one.name, why: 'one bin', figure: one.iv });
    else if (one.iv < minIv) dropped.push({ name: one.name, why: 'low information value', figure: one.iv });
    else return true;
    return false;
  });
  return { ranked: [...kept].sort((a, b) => b.iv - a.iv), dropped };
};

/**
 * Goes down the ranking and takes each characteristic that is not too correlated with one taken before.
 * @param correlation of the ranked characteristics, size × size
 */
export const takeUncorrelated = (
  ranked: readonly Candidate[],
  correlation: Float64Array,
  { maxCorrelation, maxCharacteristics }: SelectionRule,
): { readonly taken: readonly Candidate[]; readonly dropped: readonly Dropped[] } => {
  const taken: number[] = [];
  const dropped: Dropped[] = [];
  for (let i = 0; i < ranked.length; i++) {
    const { name, iv } = ranked[i]!;
    const rival = taken.find((j) => Math.abs(correlation[i * ranked.length + j]!) > maxCorrelation);
    if (rival !== undefined)
      dropped.push({ name, why: 'correlated', figure: correlation[i * ranked.length + rival]!, with: ranked[rival]!.name });
    else if (taken.length >= maxCharacteristics) dropped.push({ name, why: 'too many', figure: iv });
    else taken.push(i);
  }
  return { taken: taken.map((i) => ranked[i]!), dropped };
};

/** A fitted coefficient of a characteristic, for the backward step. */
export interface Fitted {
  readonly name: string;
  readonly estimate: number;
  readonly pValue: number;
}

/** The coefficient that contradicts its WOE most, if any. @param expected the sign that coefficients should have */
export const worstSign = (fitted: readonly Fitted[], expected: 1 | -1): Fitted | undefined =>
  [...fitted].sort((a, b) => expected * (a.estimate - b.estimate)).find(({ estimate }) => estimate * expected <= 0);

/** The least significant coefficient above the limit, if any. */
export const leastSignificant = (fitted: readonly Fitted[], { maxPValue }: SelectionRule): Fitted | undefined =>
  [...fitted].sort((a, b) => b.pValue - a.pValue).find(({ pValue }) => maxPValue !== null && pValue > maxPValue);
