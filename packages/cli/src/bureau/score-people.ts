import { E } from '@vouchsafe/core';
import type { Score } from '@vouchsafe/querier';
import type { ReasonMethod } from '@vouchsafe/scorecard';
import { fine } from '../command.ts';
import type { Result } from '../outcome.ts';
import { mayWriteRows, writeRows } from '../rows/write-rows.ts';
import { readModel, readReasons } from '../scorecard/model-file.ts';
import { SCORE_COLUMNS, scoreCells, scoreText } from '../scorecard/score-text.ts';
import { figure } from '../screen/index.ts';
import type { World } from '../world.ts';
import { type CohortCall, carriedCells, carriedColumns, readCohort, rejectedNote } from './cohort.ts';
import { readConsents } from './consents.ts';
import { eachPerson } from './each-person.ts';
import { querierFailure } from './failures.ts';
import { type BureauCall, readBureau, schemeOf, withReadyQuerier } from './open-bureau.ts';

/** What `bureau score` was told. */
export interface ScoreCall extends BureauCall, CohortCall {
  readonly model: string;
  readonly purpose: string;
  readonly consent?: string | undefined;
  readonly reasons?: string | undefined;
  readonly method: ReasonMethod;
  readonly limit: number;
  readonly out?: string | undefined;
}

export const scorePeople = async (call: ScoreCall, world: World): Result => {
  const { out, purpose, method, limit } = call;
  const writable = out === undefined ? E.right(undefined) : await mayWriteRows(out);
  if (E.isLeft(writable)) return writable;
  const scorecard = await readModel(call.model);
  if (E.isLeft(scorecard)) return scorecard;
  const reasons = call.reasons === undefined ? E.right(undefined) : await readReasons(call.reasons);
  if (E.isLeft(reasons)) return reasons;
  const documents = await readBureau(call, world);
  if (E.isLeft(documents)) return documents;
  const scheme = schemeOf(documents.right, call.scheme);
  if (E.isLeft(scheme)) return scheme;
  const list = await readCohort(call, scheme.right, world);
  if (E.isLeft(list)) return list;
  const consents = await readConsents(call.consent, list.right.people.length);
  if (E.isLeft(consents)) return consents;
  return withReadyQuerier({ documents: documents.right, call, scheme: scheme.right }, world, async ({ querier, watch }) => {
    const model = { scorecard: scorecard.right, reasons: reasons.right, method, limit };
    const { signal } = watch;
    const scores = await eachPerson(list.right, {
      task: 'score',
      onProgress: watch.onProgress,
      ask: async (subject, row) => {
        const consent = consents.right[row];
        const score = await querier.score({ scheme: scheme.right, purpose, subject, consent, ...model, signal })();
        return E.isLeft(score) ? E.left(querierFailure(score.left)) : score;
      },
    });
    if (E.isLeft(scores)) return scores;
    const rows = scores.right.map(({ row, answer }) => [...carriedCells(list.right, row), ...scoreCells(answer.result)]);
    const columns = [...carriedColumns(list.right), ...SCORE_COLUMNS];
    const written = out === undefined ? E.right(undefined) : await writeRows({ path: out, columns, rows }, world);
    if (E.isLeft(written)) return written;
    return fine(
      [...scoresText(scores.right), ...rejectedNote(list.right), ...(out === undefined ? [] : [`${out}: the scores`])].join('\n'),
      {
        model: scores.right[0]!.answer.model,
        scores: scores.right.map(({ row, answer }) => ({ row: row + 1, ...answer.result })),
        rejected: list.right.rejected,
        ...(out === undefined ? {} : { out }),
      },
    );
  });
};

const scoresText = (scores: readonly { readonly row: number; readonly answer: Score }[]): readonly string[] => {
  if (scores.length === 1) return [scoreText(scores[0]!.answer.result)];
  const scored = scores.filter(({ answer }) => answer.result._tag === 'Scored').length;
  return [`${figure(scores.length)} people, ${figure(scored)} with a score. With --out FILE, or with --json, you get them.`];
};
