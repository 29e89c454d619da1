import { E } from '@vouchsafe/core';
import { type DataTable, type Outcome, type Scorecard, scoreTable } from '@vouchsafe/scorecard';
import { type Evaluation, evaluateScores } from '@vouchsafe/scorecard/report';
import { EXIT, failure } from '../exit.ts';
import type { Ended } from '../outcome.ts';
import { figure } from '../screen/index.ts';

/** How well a scorecard tells goods from bads on some rows. */
export interface Measured {
  readonly evaluation: Evaluation;
  readonly rows: number;
  /** Rows that got no score. */
  readonly unscored: number;
}

/** Scores rows whose outcome is known, and measures the scores. */
export const measure = (
  scorecard: Scorecard,
  { table, bad }: { readonly table: DataTable; readonly bad: Outcome },
): Ended<Measured> => {
  const scores = scoreTable(scorecard, table);
  if (E.isLeft(scores)) return E.left(failure(scores.left, EXIT.usage));
  const evaluation = evaluateScores({ scorecard, scores: scores.right, bad });
  if (E.isLeft(evaluation)) return E.left(failure(evaluation.left, EXIT.usage));
  return E.right({ evaluation: evaluation.right, rows: bad.length, unscored: scores.right.filter(Number.isNaN).length });
};

export const measuredText = ({ evaluation: { ranking }, rows, unscored }: Measured): string =>
  `On ${figure(rows)} rows: AUC ${ranking.auc.toFixed(4)}, Gini ${ranking.gini.toFixed(4)}, KS ${ranking.ks.toFixed(4)}${
    unscored === 0 ? '' : `; ${figure(unscored)} rows got no score`
  }.`;

export const measuredJson = ({ evaluation: { ranking }, rows, unscored }: Measured): Readonly<Record<string, unknown>> => ({
  measured: { rows, unscored, auc: ranking.auc, gini: ranking.gini, ks: ranking.ks },
});
