import { type Aborted, E, type Either, type TaskEither, type Watch } from '@vouchsafe/core';
import { assignRange } from './assign.ts';
import { type BinTable, binTable } from './bin-table.ts';
import { type Binning, binCount, binLabels, NO_BIN } from './binning.ts';
import { type BinningRule, OPTIMAL } from './binning-rule.ts';
import { CONVENTIONS, type Conventions } from './conventions.ts';
import { countSteps } from './counts.ts';
import { checkOutcome, type DataColumn, type DataTable, type Outcome, rowsOf } from './data.ts';
import { correlationSteps, woeColumn } from './design.ts';
import type { BadBinning, BadCounts, BadData, LogisticError, NothingToFit, OneClass, WrongSign, ZeroCell } from './errors.ts';
import { binningSteps } from './fit-binning.ts';
import { type LogisticFit, logisticSteps } from './logistic.ts';
import { scorecardOf } from './points.ts';
import { SCALING, type Scaling } from './scaling.ts';
import { NAME, type Scorecard } from './scorecard.ts';
import {
  type Candidate,
  type Dropped,
  leastSignificant,
  rankByIv,
  SELECTION,
  type SelectionRule,
  takeUncorrelated,
  worstSign,
} from './select.ts';
import { inTurns, ROWS_A_STEP, type Steps } from './turns.ts';

/** A sample and how to make a scorecard of it. Everything but the data has a default. */
export interface FitRequest extends Watch {
  readonly name: string;
  readonly table: DataTable;
  /** 1 for a bad, one a row. */
  readonly bad: Outcome;
  /** {@link OPTIMAL} by default. */
  readonly rule?: BinningRule | undefined;
  /** Rules for single characteristics. */
  readonly rules?: ReadonlyMap<string, BinningRule> | undefined;
  readonly conventions?: Conventions | undefined;
  readonly scaling?: Scaling | undefined;
  readonly selection?: SelectionRule | undefined;
  /** Ridge penalty of the regression, 0 by default. */
  readonly l2?: number | undefined;
  /** The column that counts the lenders who know the subject; every row of the sample must have 1 or more there. */
  readonly presence?: string | undefined;
}

/** A scorecard and what it was made from. */
export interface FittedScorecard {
  readonly scorecard: Scorecard;
  /** The bins of every characteristic, also of those that did not get in, in the order of the table. */
  readonly tables: readonly BinTable[];
  readonly dropped: readonly Dropped[];
}

/** Why no scorecard was fitted. */
export type FitError = BadData | OneClass | BadBinning | BadCounts | ZeroCell | NothingToFit | WrongSign | LogisticError;

/**
 * Makes a scorecard: bins every characteristic, keeps the informative and uncorrelated ones, fits a logistic regression on their weights of evidence, drops wrong
 * signs and the insignificant one at a time, scales to points. Deterministic. It gives the event loop its turn and can be aborted.
 * @throws RangeError for a rule or penalty out of range
 */
export const fitScorecard =
  (request: FitRequest): TaskEither<FitError | Aborted, FittedScorecard> =>
  async () => {
    const fitted = await inTurns('scorecard', fitSteps(request), request);
    return E.isLeft(fitted) ? fitted : fitted.right;
  };

function* fitSteps(request: FitRequest): Steps<Either<FitError, FittedScorecard>> {
  const { table, bad, rule = OPTIMAL, rules, conventions = CONVENTIONS, scaling = SCALING, selection = SELECTION } = request;
  const checked = checkSample(request);
  if (E.isLeft(checked)) return checked;

  const binned: Binned[] = [];
  for (const [name, column] of table) {
    const one = yield* binOne({ name, column, bad, rule: rules?.get(name) ?? rule }, conventions);
    if (E.isLeft(one)) return one;
    binned.push(one.right);
  }

  const { ranked, dropped: weak } = rankByIv(
    binned.map(({ candidate }) => candidate),
    selection,
  );
  const correlation = yield* correlationSteps(ranked);
  const { taken, dropped: alike } = takeUncorrelated(ranked, correlation, selection);
  const chosen = yield* backwards(taken, { ...request, conventions, selection });
  if (E.isLeft(chosen)) return chosen;

  const { kept, fit, dropped } = chosen.right;
  const characteristics = kept.map(({ name }) => binned.find((one) => one.table.name === name)!);
  return E.right({
    scorecard: scorecardOf({
      name: request.name,
      conventions,
      scaling,
      presence: request.presence ?? null,
      characteristics,
      fit,
      l2: request.l2 ?? 0,
    }),
    tables: binned.map((one) => one.table),
    dropped: [...weak, ...alike, ...dropped],
  });
}

interface Binned {
  readonly binning: Binning;
  readonly table: BinTable;
  readonly candidate: Candidate;
}

const checkSample = ({ table, bad, presence, rules }: FitRequest): Either<FitError, null> => {
  const [first] = table.values();
  if (first === undefined) return E.left({ _tag: 'NothingToFit', message: 'the table has no characteristic' });
  const rows = rowsOf(first);
  for (const [characteristic, column] of table)
    if (rowsOf(column) !== rows)
      return E.left({
        _tag: 'BadData',
        characteristic,
        message: `${characteristic} has another number of rows than the first characteristic`,
      });
  if (![...table.keys()].every((name) => NAME.test(name)))
    return E.left({
      _tag: 'BadData',
      message: 'a characteristic needs a name of 1 to 200 characters without control characters',
    });
  const stray = [...(rules?.keys() ?? [])].find((name) => !table.has(name));
  if (stray !== undefined)
    return E.left({
      _tag: 'BadData',
      characteristic: stray,
      message: `there is a rule for ${stray}, but no such characteristic`,
    });
  const outcome = checkOutcome(bad, rows);
  if (E.isLeft(outcome)) return outcome;
  if (presence === undefined) return E.right(null);
  const column = table.get(presence);
  if (column?.kind === 'numeric' && column.values.every((value) => value >= 1)) return E.right(null);
  return E.left({
    _tag: 'BadData',
    characteristic: presence,
    message: `${presence} must be a numeric column with 1 or more in every row: leave out subjects that no lender knows`,
  });
};

function* binOne(
  request: { readonly name: string; readonly column: DataColumn; readonly bad: Outcome; readonly rule: BinningRule },
  conventions: Conventions,
): Steps<Either<FitError, Binned>> {
  const { name, column, bad } = request;
  const binning = yield* binningSteps(request);
  if (E.isLeft(binning)) return binning;
  const bins = new Uint8Array(bad.length);
  for (let from = 0; from < bins.length; from += ROWS_A_STEP) {
    const to = Math.min(bins.length, from + ROWS_A_STEP);
    assignRange({ binning: binning.right, column, from, to }, bins);
    yield { done: to, total: bins.length };
  }
  if (bins.includes(NO_BIN))
    return E.left({
      _tag: 'BadData',
      characteristic: name,
      message: `${name} has levels that stand in no group; add them to one, or say unseen: 'missing'`,
    });
  const counts = yield* countSteps(bins, bad, binCount(binning.right));
  const table = binTable({ name, labels: binLabels(binning.right), counts, conventions });
  if (E.isLeft(table)) return table;
  const column_ = woeColumn(
    name,
    bins,
    table.right.bins.map(({ woe }) => woe),
  );
  return E.right({ binning: binning.right, table: table.right, candidate: { ...column_, iv: table.right.iv } });
}

/** Fits, drops the worst coefficient that may not stay, and fits again, until all may. */
function* backwards(
  taken: readonly Candidate[],
  {
    bad,
    l2,
    conventions,
    selection,
  }: {
    readonly bad: Outcome;
    readonly l2?: number | undefined;
    readonly conventions: Conventions;
    readonly selection: SelectionRule;
  },
): Steps<
  Either<FitError, { readonly kept: readonly Candidate[]; readonly fit: LogisticFit; readonly dropped: readonly Dropped[] }>
> {
  // The regression is of the log odds of bad: they fall with WOE = ln(good/bad).
  const expected = conventions.woe === 'ln(bad/good)' ? 1 : -1;
  const dropped: Dropped[] = [];
  let kept = taken;
  let start: readonly number[] | undefined;
  while (kept.length > 0) {
    const fit = yield* logisticSteps(kept, bad, { l2, start });
    if (E.isLeft(fit)) return fit;
    const fitted = fit.right.coefficients.map(({ estimate, pValue }, j) => ({ name: kept[j]!.name, estimate, pValue }));
    const wrong = selection.wrongSign === 'keep' ? undefined : worstSign(fitted, expected);
    if (wrong !== undefined && selection.wrongSign === 'refuse') return E.left(wrongSign(wrong.name));
    const out = wrong ?? leastSignificant(fitted, selection);
    if (out === undefined) return E.right({ kept, fit: fit.right, dropped });
    dropped.push(
      wrong === undefined
        ? { name: out.name, why: 'not significant', figure: out.pValue }
        : { name: out.name, why: 'wrong sign', figure: out.estimate },
    );
    start = [fit.right.intercept.estimate, ...fitted.filter(({ name }) => name !== out.name).map(({ estimate }) => estimate)];
    kept = kept.filter(({ name }) => name !== out.name);
  }
  return E.left({
    _tag: 'NothingToFit',
    message: 'no characteristic is left: lower minIv, raise maxPValue, or bring characteristics that tell goods from bads',
  });
}

const wrongSign = (characteristic: string): WrongSign => ({
  _tag: 'WrongSign',
  characteristic,
  message: `${characteristic} has a coefficient that contradicts its weights of evidence: it is correlated with others; leave it out or let wrong signs be dropped`,
});
