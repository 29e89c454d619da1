import { E, type Either, type Progress } from '@vouchsafe/core';
import type { ConsentQuestion, FittedBins, Querier, Score, Totals } from '@vouchsafe/querier';
import {
  type BinTable,
  binTable,
  CONVENTIONS,
  createSubjectScorer,
  type FittedScorecard,
  fitScorecard,
  OPTIMAL,
  type OptimalRule,
  rankingOf,
  type Scorecard,
  SIGNAL_REASONS,
  type SubjectScore,
  type SubjectTotal,
  scorecardHash,
  signalColumns,
  signalTable,
  subjectValues,
} from '@vouchsafe/scorecard';
import type { Applicant } from './books.ts';
import { MINIMUM_COHORT, PURPOSE, SCHEME } from './federation.ts';
import type { Agreed, Asking } from './issuer.ts';
import { type Fault, inLanes } from './lanes.ts';
import { SIGNAL_COLUMNS, type Truth } from './truth.ts';

/** A column's bins from two noisy histograms, beside those of the pooled rows. */
export interface BinsBeside {
  readonly bins: FittedBins;
  readonly truth: BinTable;
  /** Every count within the bound that noise leaves once in 2^40. */
  readonly ok: boolean;
}

/** What became of the applicants of whom the bureau knew nothing. */
export interface Scoring {
  /** Or why the sample is too small for it. */
  readonly bins: BinsBeside | string;
  readonly fitted: FittedScorecard;
  /** People of the consented sample whom some lender knows. */
  readonly sample: number;
  /** The model is that of the pooled totals, to the last digit. */
  readonly samePooledModel: boolean;
  readonly withoutFile: number;
  readonly scored: number;
  /** Scores that differ from what pooling gives. */
  readonly wrong: number;
  /** How well the scores rank those who will pay above those who will not; of the hidden risk itself: no score can do better, but by luck. */
  readonly auc: { readonly federated: number; readonly pooled: number; readonly hiddenRisk: number };
  /** One applicant without a file. */
  readonly shown: Extract<SubjectScore, { _tag: 'Scored' }>;
}

/** Of each of the two queries. */
export const BINS_EPSILON = 1;

/** What more of a column means for paying back is known; a small sample must not find the contrary. */
const TRENDS: Readonly<Record<string, OptimalRule['trend']>> = {
  late30: 'ascending',
  pastDue: 'ascending',
  outstanding: 'ascending',
  monthsOnBook: 'descending',
};

/**
 * fitBins over a sample whose outcome is known → signals of the sample → a model → a score of every applicant without a file. Each step is compared with what
 * pooling gives. A sample that is too small to fit a model is told as a text.
 */
export const runScoring = async (
  querier: Querier,
  {
    applicants,
    sample,
    consented,
    truth,
    agree,
    onProgress,
  }: {
    readonly applicants: readonly Applicant[];
    readonly sample: readonly Applicant[];
    readonly consented: readonly Applicant[];
    readonly truth: Truth;
    /** The app in which each person agrees. */
    readonly agree: (asking: Asking) => Promise<Either<Fault, Agreed>>;
    readonly onProgress: (progress: Progress) => void;
  },
): Promise<Either<Fault, Scoring | string>> => {
  if (sample.length === 0)
    return E.right(
      'Of nobody but the applicants is an outcome known (own files, or too few synthetic people), so there is nothing to fit a scorecard on.',
    );
  const bins = await binsBeside(querier, { sample, truth });
  if (E.isLeft(bins)) return bins;

  const question = { scheme: SCHEME, purpose: PURPOSE };
  const consentTo = async (asked: ConsentQuestion): Promise<Either<Fault, Agreed>> => {
    const request = await querier.requestConsent(asked)();
    return E.isLeft(request) ? request : agree({ request: request.right, nationalId: asked.subject.national_id! });
  };
  const signals = await inLanes(consented, {
    task: 'consented sample',
    onProgress,
    work: async ({ national_id }) => {
      const asked = { ...question, subject: { national_id }, columns: SIGNAL_COLUMNS };
      const agreed = await consentTo(asked);
      return E.isLeft(agreed) ? agreed : querier.signal({ ...asked, consent: agreed.right.receipt })();
    },
  });
  if (E.isLeft(signals)) return signals;
  const fitted = await fitOn(
    consented,
    signals.right.map(({ columns }) => columns),
  );
  const pooled = await fitOn(
    consented,
    consented.map(({ national_id }) => truth.signal(national_id)),
  );
  if (E.isLeft(fitted)) return isTooSmall(fitted.left) ? E.right(`No scorecard: ${fitted.left.message}.`) : fitted;
  if (E.isLeft(pooled)) return pooled;

  const { scorecard } = fitted.right;
  const unknown = applicants.filter(({ hasBureauFile }) => hasBureauFile === false);
  const scores = await inLanes(unknown, {
    task: 'score',
    onProgress,
    work: async ({ national_id }) => {
      const asked = { ...question, subject: { national_id } };
      const agreed = await consentTo({ ...asked, columns: signalColumns(scorecard) });
      return E.isLeft(agreed)
        ? agreed
        : querier.score({ ...asked, scorecard, method: 'median', consent: agreed.right.receipt })();
    },
  });
  if (E.isLeft(scores)) return scores;
  const expected = scoresOf(
    pooled.right.scorecard,
    unknown.map(({ national_id }) => truth.signal(national_id)),
  );
  if (E.isLeft(expected)) return expected;

  const results = scores.right.map(({ result }) => result);
  const shown = mostTelling(scores.right);
  if (shown === undefined) return E.right('No lender knows any applicant without a file.');
  return E.right({
    bins: bins.right,
    fitted: fitted.right,
    sample: scorecard.sample.good + scorecard.sample.bad,
    samePooledModel: scorecardHash(scorecard) === scorecardHash(pooled.right.scorecard),
    withoutFile: unknown.length,
    scored: results.filter(({ _tag }) => _tag === 'Scored').length,
    wrong: results.filter((result, i) => pointsOf(result) !== pointsOf(expected.right[i]!)).length,
    auc: {
      federated: aucOf(results.map(pointsOf), unknown),
      pooled: aucOf(expected.right.map(pointsOf), unknown),
      hiddenRisk: aucOf(
        unknown.map(({ risk }, i) => (results[i]!._tag === 'Scored' ? -risk! : undefined)),
        unknown,
      ),
    },
    shown,
  });
};

/** Two aggregates over the sample, and the same counts from the pooled rows of the lenders that answered. */
const binsBeside = async (
  querier: Querier,
  { sample, truth }: { readonly sample: readonly Applicant[]; readonly truth: Truth },
): Promise<Either<Fault, BinsBeside | string>> => {
  const side = (bad: boolean): readonly string[] => sample.filter((one) => one.bad === bad).map(({ national_id }) => national_id);
  const [goods, bads] = [side(false), side(true)];
  if (Math.min(goods.length, bads.length) < MINIMUM_COHORT)
    return E.right(
      `No bins: ${goods.length} goods and ${bads.length} bads are too few, since lenders answer about ${MINIMUM_COHORT} people at least.`,
    );
  const named = (ids: readonly string[]) => ids.map((national_id) => ({ national_id }));
  const bins = await querier.fitBins({
    scheme: SCHEME,
    purpose: PURPOSE,
    goods: named(goods),
    bads: named(bads),
    columns: ['worstStatus'],
    epsilon: BINS_EPSILON,
  })();
  if (E.isLeft(bins)) return bins.left._tag === 'NobodyCounted' ? E.right(`No bins: ${bins.left.message}.`) : bins;
  const labels = bins.right.tables[0]!.bins.map(({ label }) => label);
  const countsOf = (ids: readonly string[], { holders, suppressed }: Totals): readonly number[] => {
    const { worstStatus } = truth.totals(
      ids,
      holders.filter((holder) => !suppressed.includes(holder)),
    );
    return labels.map((label) => worstStatus[label] ?? 0);
  };
  const counts = { good: countsOf(goods, bins.right.goods), bad: countsOf(bads, bins.right.bads) };
  const pooled = binTable({ name: 'worstStatus', labels, counts, conventions: CONVENTIONS });
  if (E.isLeft(pooled)) return pooled;
  const ok = bins.right.tables[0]!.bins.every(
    ({ noisyGood, noisyBad }, i) =>
      Math.abs(noisyGood - counts.good[i]!) <= boundOf(bins.right.goods) &&
      Math.abs(noisyBad - counts.bad[i]!) <= boundOf(bins.right.bads),
  );
  return E.right({ bins: bins.right, truth: pooled.right, ok });
};

const boundOf = ({ columns }: Totals): number => columns[0]?.plusMinus?.bound ?? 0;

/** A scorecard on a sample's totals, of those whom some lender knows. */
const fitOn = async (sample: readonly Applicant[], totals: readonly (readonly SubjectTotal[])[]) => {
  const { table, rows } = signalTable(totals);
  const rule: OptimalRule = { ...OPTIMAL, maxBins: 4 };
  return fitScorecard({
    name: 'demo',
    table,
    bad: Uint8Array.from(rows, (row) => (sample[row]!.bad === true ? 1 : 0)),
    rule,
    rules: new Map(Object.entries(TRENDS).map(([name, trend]) => [name, { ...rule, trend }])),
    presence: 'present',
  })();
};

const isTooSmall = ({ _tag }: Fault): boolean => ['BadCounts', 'NothingToFit', 'OneClass', 'Separable', 'BadData'].includes(_tag);

const scoresOf = (scorecard: Scorecard, totals: readonly (readonly SubjectTotal[])[]): Either<Fault, readonly SubjectScore[]> => {
  const scorer = createSubjectScorer({ scorecard, reasons: SIGNAL_REASONS, method: 'median' });
  if (E.isLeft(scorer)) return scorer;
  const scores: SubjectScore[] = [];
  for (const one of totals) {
    const score = scorer.right(subjectValues(one));
    if (E.isLeft(score)) return score;
    scores.push(score.right);
  }
  return E.right(scores);
};

/** `undefined` where there is no score. */
const pointsOf = (result: SubjectScore): number | undefined => (result._tag === 'Scored' ? result.score : undefined);

const aucOf = (scores: readonly (number | undefined)[], people: readonly Applicant[]): number => {
  const ranking = rankingOf(
    Float64Array.from(scores, (score) => score ?? Number.NaN),
    Uint8Array.from(people, ({ bad }) => (bad === true ? 1 : 0)),
  );
  return E.isLeft(ranking) ? Number.NaN : ranking.right.auc;
};

/** The one with the most reasons, of these the one with the lowest score. */
const mostTelling = (scores: readonly Score[]): Scoring['shown'] | undefined => {
  const scored = scores.flatMap(({ result }) => (result._tag === 'Scored' ? [result] : []));
  return scored.sort((a, b) => b.reasons.length - a.reasons.length || a.score - b.score)[0];
};
