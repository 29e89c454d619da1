import { printBinTable, printNoisyBinTable, printScorecard } from '@vouchsafe/scorecard';
import { BINS_EPSILON, type Scoring } from './scoring.ts';
import { figure, line, table, title } from './screen.ts';

/** The scores in the JSON line. */
export interface ScoreSummary {
  /** Model, scores and bins are those of the pooled records, noise aside. */
  readonly ok: boolean;
  readonly withoutFile: number;
  readonly scored: number;
  readonly auc: Scoring['auc'];
  /** Of one applicant. */
  readonly points: number;
  readonly reasons: readonly string[];
}

/** @returns nothing where there was nothing to fit a scorecard on */
export const scoreSummaryOf = (scoring: Scoring | string): ScoreSummary | undefined => {
  if (typeof scoring === 'string') return undefined;
  const { samePooledModel, wrong, bins, withoutFile, scored, auc, shown } = scoring;
  return {
    ok: samePooledModel && wrong === 0 && (typeof bins === 'string' || bins.ok),
    withoutFile,
    scored,
    auc,
    points: shown.score,
    reasons: shown.reasons.map(({ code }) => code),
  };
};

/** Bins, model, and what became of the applicants without a file. */
export const printScoring = (scoring: Scoring | string): void => {
  if (typeof scoring === 'string') {
    title('score');
    line(scoring);
    return;
  }
  const { bins, fitted, sample, samePooledModel, withoutFile, scored, wrong, auc, shown } = scoring;
  title(`fitBins: worst status of goods and bads, per relationship, over all lenders, epsilon ${BINS_EPSILON} each`);
  if (typeof bins === 'string') line(bins);
  else {
    line(printNoisyBinTable(bins.bins.tables[0]!));
    line(`The truth (pooled) of ${printBinTable(bins.truth)}`);
  }

  title(`A scorecard on the signal totals of a consented sample: ${figure(sample)} people with a file`);
  line(printScorecard(fitted.scorecard));
  for (const { name, why } of fitted.dropped) line(`not in: ${name} (${why})`);
  line(samePooledModel ? 'The pooled totals give the same model, to the last digit.' : 'THE POOLED TOTALS GIVE ANOTHER MODEL.');

  title('score: applicants of whom the bureau knew nothing');
  const share = (part: number): string => `${figure(part)} (${Math.round((100 * part) / withoutFile)} %)`;
  table(
    ['applicants without a file', figure(withoutFile)],
    [
      ['now with a score', share(scored)],
      ['no score: no lender knows them', share(withoutFile - scored)],
      ['scores other than the pooled totals give', figure(wrong)],
    ],
  );
  table(
    ['how well it tells who will pay', 'AUC'],
    [
      ['the federated score', auc.federated.toFixed(4)],
      ['a score on pooled records', auc.pooled.toFixed(4)],
      ['the hidden risk behind both books and outcomes', auc.hiddenRisk.toFixed(4)],
    ],
  );
  line(`One of them: ${shown.score} points, probability of bad ${(100 * shown.probabilityOfBad).toFixed(1)} %`);
  table(
    ['characteristic', 'bin', 'points', 'below the median'],
    shown.points.map(({ characteristic, bin, points, lost }) => [characteristic, bin, String(points), String(Math.max(0, lost))]),
  );
  for (const { code, en, zh, lost } of shown.reasons) line(`  −${lost} ${code}: ${en} | ${zh}`);
};
