import { E, type Either } from '@vouchsafe/core';
import { binOf } from './assign.ts';
import { NO_BIN } from './binning.ts';
import type { BadTotals, NoReasonText } from './errors.ts';
import {
  checkReasons,
  MAX_REASONS,
  type ReasonCatalogue,
  type ReasonMethod,
  type ReasonText,
  reasonFor,
  referencePoints,
} from './reasons.ts';
import { probabilityOfBad } from './scaling.ts';
import type { Characteristic, Scorecard } from './scorecard.ts';
import type { SubjectValues } from './totals.ts';

/** What a characteristic adds to a subject's score. */
export interface PointsOf {
  readonly characteristic: string;
  /** The label of the bin. */
  readonly bin: string;
  readonly points: number;
  /** Points below the reference of the reason method; negative: above it. */
  readonly lost: number;
}

/** A reason with the points that it cost. */
export interface Reason extends ReasonText {
  readonly characteristic: string;
  readonly lost: number;
}

/** Why there is no score. A lender must not read it as a low one. */
export type NoScore =
  | { readonly why: 'unknown'; readonly en: string; readonly zh: string }
  | { readonly why: 'absent' | 'unseen'; readonly characteristic: string; readonly en: string; readonly zh: string };

/** A score with its reasons, or that there is none and why. */
export type SubjectScore =
  | {
      readonly _tag: 'Scored';
      /** base + points, added in the scorecard's order. */
      readonly score: number;
      readonly probabilityOfBad: number;
      readonly base: number;
      readonly points: readonly PointsOf[];
      /** Where most points were lost, at most four, the costliest first; fewer where fewer were lost. */
      readonly reasons: readonly Reason[];
    }
  | ({ readonly _tag: 'NoScore' } & NoScore);

/** Scores subjects one at a time. Total over all values that are well formed: what cannot be scored is said, not guessed. */
export type SubjectScorer = (values: SubjectValues) => Either<BadTotals, SubjectScore>;

/**
 * Makes a scorer of single subjects with reasons.
 * @param reasons texts for every characteristic; checked here, so that no notice lacks one
 * @param method `maximum` by default
 * @param limit how many reasons, at most {@link MAX_REASONS}
 * @throws RangeError for a limit out of range
 */
export const createSubjectScorer = ({
  scorecard,
  reasons,
  method = 'maximum',
  limit = MAX_REASONS,
}: {
  readonly scorecard: Scorecard;
  readonly reasons: ReasonCatalogue;
  readonly method?: ReasonMethod | undefined;
  readonly limit?: number | undefined;
}): Either<NoReasonText, SubjectScorer> => {
  if (!Number.isSafeInteger(limit) || limit < 0 || limit > MAX_REASONS)
    throw new RangeError(`a notice has from 0 to ${MAX_REASONS} reasons`);
  const checked = checkReasons(scorecard, reasons);
  if (E.isLeft(checked)) return checked;
  const references = scorecard.characteristics.map((one) => referencePoints(one, method));
  return E.right((values) => {
    const known = knownBy(scorecard, values);
    if (E.isLeft(known)) return known;
    if (!known.right) return E.right({ _tag: 'NoScore', ...UNKNOWN });
    const placed = place(scorecard, values);
    if (E.isLeft(placed)) return placed;
    if (placed.right._tag === 'NoScore') return E.right(placed.right);
    const { bins } = placed.right;
    const points = scorecard.characteristics.map((one, j): PointsOf => {
      const own = one.bins[bins[j]!]!;
      return { characteristic: one.name, bin: own.label, points: own.points!, lost: references[j]! - own.points! };
    });
    const score = points.reduce((sum, one) => sum + one.points, scorecard.base);
    const lost = points
      .map((one, j) => ({ ...one, characteristicOf: scorecard.characteristics[j]!, at: bins[j]! }))
      .filter((one) => one.lost > 0)
      .sort((a, b) => b.lost - a.lost)
      .slice(0, limit);
    return E.right({
      _tag: 'Scored',
      score,
      probabilityOfBad: probabilityOfBad(scorecard.scaling, score),
      base: scorecard.base,
      points,
      reasons: lost.map(({ characteristicOf: characteristic, at: bin, lost: cost }) => ({
        ...reasonFor(reasons, { characteristic, bin, value: values.get(characteristic.name) ?? null })!,
        characteristic: characteristic.name,
        lost: cost,
      })),
    });
  });
};

const UNKNOWN: NoScore = {
  why: 'unknown',
  en: 'No score: none of the lenders asked knows this person. This says nothing about how the person repays.',
  zh: '无评分：所查询的机构均无此人的记录。这并不反映此人的还款情况。',
};

const badTotals = (characteristic: string, what: string): Either<BadTotals, never> =>
  E.left({ _tag: 'BadTotals', characteristic, message: `${characteristic} ${what}` });

/** Does any lender know the subject? */
const knownBy = ({ presence }: Scorecard, values: SubjectValues): Either<BadTotals, boolean> => {
  if (presence === null) return E.right(true);
  const present = values.get(presence);
  if (typeof present === 'number' && Number.isFinite(present) && present >= 0) return E.right(present >= 1);
  return badTotals(presence, 'must be asked for and say how many lenders know the subject: a number from 0');
};

type Placed = Extract<SubjectScore, { _tag: 'NoScore' }> | { readonly _tag: 'Placed'; readonly bins: readonly number[] };

/** The bin of every characteristic, or the first that leaves no score. */
const place = ({ characteristics }: Scorecard, values: SubjectValues): Either<BadTotals, Placed> => {
  const bins: number[] = [];
  for (const characteristic of characteristics) {
    const { name, binning } = characteristic;
    const given = values.get(name);
    if (given === undefined) return badTotals(name, 'was not asked for; the scorecard needs it (null says that it is absent)');
    const value = typeof given === 'number' && Number.isNaN(given) ? null : given;
    if (value !== null && (typeof value === 'number') !== (binning.kind === 'numeric'))
      return badTotals(name, binning.kind === 'numeric' ? 'must be a number or null' : 'must be a text or null');
    if (typeof value === 'number' && !Number.isFinite(value)) return badTotals(name, 'is infinite');
    const bin = binOf(binning, value);
    const silent = bin === NO_BIN || characteristic.bins[bin]!.points === null;
    if (silent) return E.right({ _tag: 'NoScore', ...silence(characteristic, value === null) });
    bins.push(bin);
  }
  return E.right({ _tag: 'Placed', bins });
};

const silence = ({ name }: Characteristic, absent: boolean): NoScore =>
  absent
    ? {
        why: 'absent',
        characteristic: name,
        en: `No score: "${name}" is absent, and the model was made without such cases.`,
        zh: `无评分：缺少“${name}”，模型建立时没有此类情况。`,
      }
    : {
        why: 'unseen',
        characteristic: name,
        en: `No score: the value of "${name}" is of a kind that the model was made without.`,
        zh: `无评分：“${name}”的取值在模型建立时未曾出现。`,
      };
