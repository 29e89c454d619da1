import type { Shown } from '@vouchsafe/consent';
import { E, type Either, type Progress } from '@vouchsafe/core';
import type { AmountTotal, CountTotal, HistogramTotal, MatchResult, Querier, Totals } from '@vouchsafe/querier';
import type { Applicant } from './books.ts';
import { PURPOSE, SCHEME } from './federation.ts';
import type { Agreed, Asking } from './issuer.ts';
import type { Truth } from './truth.ts';

/** What the bureau asked, and what came out, beside the truth. */
export interface Story {
  /** `bulk`: the same people once more, in one session with each lender. */
  readonly match: {
    readonly result: MatchResult;
    readonly wrong: number;
    readonly bulk: { readonly wrong: number; readonly seconds: number };
  };
  readonly aggregate: { readonly result: Totals; readonly checks: readonly Check[] };
  readonly signal: {
    readonly result: Totals;
    readonly checks: readonly Check[];
    readonly withoutFile: boolean;
    readonly nationalId: string;
    /** What the person agreed to. */
    readonly agreed: Shown;
    /** What the first lender said before they did. */
    readonly before: string;
  };
}

/** A figure beside what pooling would give; equal, but for noise within the bound that it leaves once in 2^40. */
export interface Check {
  readonly what: string;
  readonly column: string;
  readonly bucket?: string;
  readonly total: number;
  readonly truth: number;
  /** Half width of the 95 % interval; 0 without noise. */
  readonly plusMinus: number;
  readonly ok: boolean;
}

/** The whole of ε for the one aggregate query. */
export const EPSILON = 1;

/** match, and in bulk → aggregate → consent → signal, each checked. @param truth what pooling all records would give */
export const runStory = async (
  querier: Querier,
  {
    applicants,
    truth,
    agree,
    onProgress,
  }: {
    readonly applicants: readonly Applicant[];
    readonly truth: Truth;
    /** The app in which the person applies. */
    readonly agree: (asking: Asking) => Promise<Either<{ readonly _tag: string; readonly message: string }, Agreed>>;
    readonly onProgress: (progress: Progress) => void;
  },
): Promise<Either<{ readonly _tag: string; readonly message: string }, Story>> => {
  const ids = applicants.map(({ national_id }) => national_id);
  const subjects = ids.map((national_id) => ({ national_id }));

  const match = await querier.match({ scheme: SCHEME, subjects, onProgress })();
  if (E.isLeft(match)) return match;
  const wrongIn = ({ matches }: MatchResult): number =>
    matches.filter(({ row, holders }) => holders.join() !== truth.knownTo(ids[row]!).join()).length;

  const began = performance.now();
  const bulk = await querier.match({ scheme: SCHEME, subjects, mode: 'bulk', onProgress })();
  if (E.isLeft(bulk)) return bulk;
  const seconds = (performance.now() - began) / 1000;

  const aggregate = await querier.aggregate({
    scheme: SCHEME,
    purpose: PURPOSE,
    cohort: subjects,
    columns: ['present', 'outstanding', 'worstStatus'],
    epsilon: EPSILON,
    onProgress,
  })();
  if (E.isLeft(aggregate)) return aggregate;
  // A holder that suppressed added nothing: the truth to compare with is over the others.
  const answered = aggregate.right.holders.filter((holder) => !aggregate.right.suppressed.includes(holder));
  const checks = compare(aggregate.right, truth.totals(ids, answered));

  const { row } = mostTelling(match.right, applicants);
  const nationalId = ids[row]!;
  const columns = ['openLoans', 'outstanding', 'worstStatus'];
  const question = { scheme: SCHEME, purpose: PURPOSE, subject: subjects[row]!, columns };
  // Without the person's consent every lender refuses.
  const before = await querier.signal(question)();
  if (E.isRight(before) || before.left._tag !== 'HoldersFailed')
    return E.left({ _tag: 'NotRefused', message: 'the lenders did not refuse a signal without consent' });
  const request = await querier.requestConsent(question)();
  if (E.isLeft(request)) return request;
  const agreed = await agree({ request: request.right, nationalId });
  if (E.isLeft(agreed)) return agreed;
  const signal = await querier.signal({ ...question, consent: agreed.right.receipt, onProgress })();
  if (E.isLeft(signal)) return signal;

  return E.right({
    match: { result: match.right, wrong: wrongIn(match.right), bulk: { wrong: wrongIn(bulk.right), seconds } },
    aggregate: { result: aggregate.right, checks },
    signal: {
      result: signal.right,
      checks: compare(signal.right, truth.totals([nationalId], signal.right.holders)),
      withoutFile: applicants[row]!.hasBureauFile === false,
      nationalId,
      agreed: agreed.right.shown,
      before: before.left.holders[0]!.fault.message,
    },
  });
};

/** The applicant whom most lenders know, one without a bureau file if there is one. */
const mostTelling = ({ matches }: MatchResult, applicants: readonly Applicant[]): { readonly row: number } => {
  const rank = ({ row, holders }: { readonly row: number; readonly holders: readonly string[] }): number =>
    2 * holders.length + (applicants[row]!.hasBureauFile === false ? 1 : 0);
  return matches.reduce((best, one) => (rank(one) > rank(best) ? one : best));
};

const compare = (result: Totals, truth: ReturnType<Truth['totals']>): readonly Check[] =>
  result.columns.flatMap((column): readonly Check[] => {
    if (column.kind === 'bucket')
      return column.buckets.map(({ bucket, total }) =>
        check(column, `${column.column} ${bucket}`, { total, truth: truth.worstStatus[bucket] ?? 0, bucket }),
      );
    const expected = truth[column.column as 'present' | 'openLoans' | 'outstanding'];
    const own = check(column, column.column, { total: column.total, truth: expected });
    if (column.kind !== 'amount' || !column.meanPlusMinus || column.mean === undefined) return [own];
    const mean = {
      kind: 'amount',
      column: `${column.column} (mean)`,
      total: column.mean,
      plusMinus: column.meanPlusMinus,
    } as const;
    return [own, check(mean, mean.column, { total: mean.total, truth: truth.present === 0 ? 0 : expected / truth.present })];
  });

const check = (
  column: CountTotal | AmountTotal | HistogramTotal,
  what: string,
  figures: { readonly total: number; readonly truth: number; readonly bucket?: string },
): Check => {
  const plusMinus = column.plusMinus?.halfWidth95 ?? 0;
  const bound = column.plusMinus?.bound ?? 0;
  return { what, column: column.column, ...figures, plusMinus, ok: Math.abs(figures.total - figures.truth) <= bound };
};
