import { E, type Either } from '@vouchsafe/core';
import { regularBins } from './binning.ts';
import type { NoReasonText } from './errors.ts';
import type { Characteristic, Scorecard } from './scorecard.ts';

/** A reason as a notice of adverse action states it: specific, in plain words, in the reader's language. */
export interface ReasonText {
  /** Stable and unique, e.g. `PAST_DUE_HIGH`. */
  readonly code: string;
  readonly en: string;
  readonly zh: string;
}

/**
 * The texts of a characteristic: which one applies depends on where the subject's value lies beside the best bin. Leave out what would be no honest reason (too few
 * late payments): a model that calls for it is refused.
 */
export interface CharacteristicReasons {
  /** The value is above the best interval. */
  readonly high?: ReasonText | undefined;
  /** The value is below the best interval. */
  readonly low?: ReasonText | undefined;
  /** By level, or by special value written as a text: what this very one says. */
  readonly levels?: Readonly<Record<string, ReasonText>> | undefined;
  /** For levels and special values that `levels` does not name. */
  readonly level?: ReasonText | undefined;
  /** The value is absent. */
  readonly missing?: ReasonText | undefined;
}

/** Reasons of each characteristic, by its name. */
export type ReasonCatalogue = ReadonlyMap<string, CharacteristicReasons>;

/**
 * What points are compared with to find where a subject lost most: the most points that the characteristic gives, or the median or mean over the sample that the
 * model was fitted on. (The official interpretation of Regulation B, 12 CFR 1002.9(b)(2), names the shortfall from the average of all applicants as one method
 * and prescribes none; whichever is chosen is to be used for everybody.)
 */
export type ReasonMethod = 'maximum' | 'median' | 'mean';

/** More than four reasons are not likely to help the reader (official interpretation of 12 CFR 1002.9(b)(2)). */
export const MAX_REASONS = 4;

/** Which text a bin calls for. */
type Side = 'high' | 'low' | 'level' | 'missing';

const sideOf = ({ binning, bins }: Characteristic, bin: number): Side => {
  if (bin === bins.length - 1) return 'missing';
  const regular = regularBins(binning);
  if (binning.kind === 'categorical' || bin >= regular) return 'level';
  const points = bins.slice(0, regular).map((one) => one.points ?? Number.NEGATIVE_INFINITY);
  const most = Math.max(...points);
  const best = points.flatMap((value, i) => (value === most ? [i] : []));
  // Of several best bins the nearest decides.
  const nearest = best.reduce((a, b) => (Math.abs(b - bin) < Math.abs(a - bin) ? b : a));
  return bin > nearest ? 'high' : 'low';
};

/** The text for a subject whose value falls into a bin, if the catalogue has it. */
export const reasonFor = (
  reasons: ReasonCatalogue,
  {
    characteristic,
    bin,
    value,
  }: { readonly characteristic: Characteristic; readonly bin: number; readonly value: number | string | null },
): ReasonText | undefined => {
  const own = reasons.get(characteristic.name);
  const side = sideOf(characteristic, bin);
  if (own === undefined || side !== 'level') return own?.[side as Exclude<Side, 'level'>];
  const { levels } = own;
  return levels !== undefined && Object.hasOwn(levels, String(value)) ? levels[String(value)] : own.level;
};

/** One value of each text that a bin can call for. */
const examplesOf = ({ binning, bins }: Characteristic, bin: number): readonly (number | string | null)[] => {
  const regular = regularBins(binning);
  if (bin === bins.length - 1) return [null];
  if (bin >= regular) return binning.specials[bin - regular]!.values;
  return binning.kind === 'categorical' ? binning.groups[bin]! : [0];
};

/** The points that a subject's are compared with. */
export const referencePoints = ({ bins }: Characteristic, method: ReasonMethod): number => {
  const given = bins
    .filter((bin) => bin.points !== null)
    .map(({ points, good, bad }) => ({ points: points!, rows: good + bad }))
    .sort((a, b) => a.points - b.points);
  const last = given[given.length - 1]!;
  const rows = given.reduce((total, bin) => total + bin.rows, 0);
  if (method === 'maximum' || rows === 0) return last.points;
  if (method === 'mean') return given.reduce((total, bin) => total + bin.points * bin.rows, 0) / rows;
  // The lower median: the first bin at which half of the rows have at most these points.
  let below = 0;
  return given.find((bin) => {
    below += bin.rows;
    return below >= rows / 2;
  })!.points;
};

/** Refuses a catalogue that lacks a text which some bin of the scorecard can call for. */
export const checkReasons = (scorecard: Scorecard, reasons: ReasonCatalogue): Either<NoReasonText, ReasonCatalogue> => {
  for (const characteristic of scorecard.characteristics) {
    const most = referencePoints(characteristic, 'maximum');
    for (const [bin, { points, label }] of characteristic.bins.entries()) {
      if (points === null || points >= most) continue;
      const lacks = examplesOf(characteristic, bin).some(
        (value) => reasonFor(reasons, { characteristic, bin, value }) === undefined,
      );
      if (lacks) return E.left(noReasonText(characteristic.name, label, sideOf(characteristic, bin)));
    }
  }
  return E.right(reasons);
};

const noReasonText = (characteristic: string, label: string, side: Side): NoReasonText => ({
  _tag: 'NoReasonText',
  characteristic,
  message: `the reason catalogue has no text "${side}" for ${characteristic}, which its bin "${label}" calls for: add one in English and Chinese, or mend the model if there is no honest one`,
});

/**
 * Texts from a plain name of a characteristic, for models whose characteristics have no texts of their own. Better ones say what the value means.
 * @param names by characteristic: the plain name in both languages, e.g. `{ en: 'credit amount', zh: '贷款金额' }`
 */
export const namedReasons = (names: Readonly<Record<string, { readonly en: string; readonly zh: string }>>): ReasonCatalogue =>
  new Map(
    Object.entries(names).map(([characteristic, { en, zh }]) => {
      const stem = characteristic
        .replace(/[^\p{L}\p{N}]+/gu, '_')
        .replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
        .toUpperCase();
      const name = `${en.slice(0, 1).toUpperCase()}${en.slice(1)}`;
      return [
        characteristic,
        {
          high: { code: `${stem}_HIGH`, en: `${name} too high`, zh: `${zh}过高` },
          low: { code: `${stem}_LOW`, en: `${name} too low`, zh: `${zh}过低` },
          level: { code: `${stem}_STATUS`, en: `${name} does not meet the standard`, zh: `${zh}不符合要求` },
          missing: { code: `${stem}_MISSING`, en: `No information about ${en}`, zh: `缺少${zh}的信息` },
        },
      ];
    }),
  );
