import { type Column, columnNamed, E, type Either, PRESENT, rational, type UnknownColumn, type Watch } from '@vouchsafe/core';
import type { RawIdentifier } from '@vouchsafe/identity';
import {
  type BadScorecard,
  type BadTotals,
  type Characteristic,
  checkScorecard,
  createSubjectScorer,
  type NoReasonText,
  type ReasonCatalogue,
  type ReasonMethod,
  type Scorecard,
  SIGNAL_REASONS,
  type SubjectScore,
  scorecardHash,
  signalColumns,
  subjectValues,
} from '@vouchsafe/scorecard';
import { ask, type Totals } from './ask.ts';
import type { QuerierContext } from './context.ts';
import type { AskError, ModelMisfit } from './errors.ts';

/** One person, and the model to score with. */
export interface ScoreQuestion {
  readonly scheme: string;
  readonly purpose: string;
  readonly subject: RawIdentifier;
  /** As for `signal`: the receipt must be for the columns that `signalColumns(scorecard)` lists. */
  readonly consent?: Uint8Array | undefined;
  /** Fitted on `signal` totals, with `presence: 'present'`. */
  readonly scorecard: Scorecard;
  /** Texts for a notice; those of the canonical columns by default. */
  readonly reasons?: ReasonCatalogue | undefined;
  /** What lost points are measured against; `maximum` by default. */
  readonly method?: ReasonMethod | undefined;
  /** How many reasons at most; 4 by default, the most there are. */
  readonly limit?: number | undefined;
}

/** A score with its reasons, or that there is none and why; and what it was made from, for the file. */
export interface Score {
  readonly result: SubjectScore;
  /** The hash that names the model. */
  readonly model: string;
  /** The one answer that was asked for. */
  readonly signal: Totals;
}

/** Why there is no score: nothing could be asked, or the scorecard does not fit the federation’s columns or the totals. */
export type ScoreError = AskError | BadScorecard | ModelMisfit | NoReasonText | BadTotals;

/**
 * One `signal` over all holders, for the model's columns and no others, then the scorecard. A model that cannot score these totals, or whose points a notice could not
 * explain, is refused before anybody is asked about.
 * @throws RangeError for a limit outside 0 to 4
 */
export const scoreSubject = async (
  context: QuerierContext,
  { scheme, purpose, subject, consent, ...model }: ScoreQuestion,
  watch: Watch,
): Promise<Either<ScoreError, Score>> => {
  const { scorecard, reasons = SIGNAL_REASONS, method, limit } = model;
  const checked = checkModel(context, scorecard);
  if (E.isLeft(checked)) return checked;
  const scorer = createSubjectScorer({ scorecard, reasons, method, limit });
  if (E.isLeft(scorer)) return scorer;
  const signal = await ask(
    context,
    {
      kind: 'signal',
      scheme,
      purpose,
      subjects: [subject],
      columns: signalColumns(scorecard),
      epsilon: rational(0),
      repeat: 0,
      consent,
    },
    watch,
  );
  if (E.isLeft(signal)) return signal;
  const result = scorer.right(subjectValues(signal.right.columns));
  return E.isLeft(result) ? result : E.right({ result: result.right, model: scorecardHash(scorecard), signal: signal.right });
};

const checkModel = (
  { catalogue }: QuerierContext,
  scorecard: Scorecard,
): Either<BadScorecard | ModelMisfit | UnknownColumn, Scorecard> => {
  const whole = checkScorecard(scorecard);
  if (E.isLeft(whole)) return whole;
  // Without it, totals of zero of somebody whom nobody knows would be scored like those of somebody who owes nothing.
  if (scorecard.presence !== PRESENT)
    return misfit(
      `the model does not look at "${PRESENT}", so that it would score people whom no lender knows: fit it with presence`,
    );
  for (const characteristic of scorecard.characteristics) {
    const [name, bucket] = characteristic.name.split(/:(.*)/s);
    if (name === PRESENT && bucket === undefined) {
      if (characteristic.binning.kind !== 'numeric') return misfit(wantsNumber, characteristic);
      continue;
    }
    const column = columnNamed(catalogue, name!);
    if (E.isLeft(column)) return column;
    const problem = problemOf(column.right, bucket, characteristic);
    if (problem !== undefined) return misfit(problem, characteristic);
  }
  return E.right(scorecard);
};

const wantsNumber = 'a total is a number: fit this characteristic as a numeric one';

const problemOf = (column: Column, bucket: string | undefined, { binning }: Characteristic): string | undefined => {
  if (bucket !== undefined) {
    if (column.kind !== 'bucket' || !column.buckets.includes(bucket)) return 'the catalogue has no such bucket';
    return binning.kind === 'numeric' ? undefined : wantsNumber;
  }
  if (column.kind !== 'bucket') return binning.kind === 'numeric' ? undefined : wantsNumber;
  return binning.kind === 'categorical' ? undefined : 'a bucket column has levels: fit this characteristic as a categorical one';
};

const misfit = (message: string, characteristic?: Characteristic): Either<ModelMisfit, never> =>
  E.left(
    characteristic === undefined
      ? { _tag: 'ModelMisfit', message }
      : { _tag: 'ModelMisfit', characteristic: characteristic.name, message: `${characteristic.name}: ${message}` },
  );
