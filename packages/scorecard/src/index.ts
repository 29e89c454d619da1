export { assignBins, binOf } from './assign.ts';
export { type AdjustedCounts, adjustZeroCells, type BinRow, type BinTable, binTable } from './bin-table.ts';
export {
  Binning,
  binCount,
  binLabels,
  type CategoricalBinning,
  type ClosedSide,
  checkBinning,
  MAX_BINS,
  NO_BIN,
  type NumericBinning,
  regularBins,
  type Special,
} from './binning.ts';
export {
  type BinningRule,
  type ManualRule,
  manualBreaks,
  manualGroups,
  OPTIMAL,
  type OptimalRule,
  QUANTILE,
  type QuantileRule,
} from './binning-rule.ts';
export { type Calibration, type CalibrationGroup, calibrationOf } from './calibration.ts';
export { CONVENTIONS, Conventions, ZeroCells } from './conventions.ts';
export { type BinCounts, countBins } from './counts.ts';
export {
  type CategoricalColumn,
  categoricalColumn,
  checkColumn,
  type DataColumn,
  type DataTable,
  type NumericColumn,
  numericColumn,
  type Outcome,
  rowsOf,
  selectRows,
} from './data.ts';
export { type WoeColumn, woeColumn } from './design.ts';
export type { ErrorBar } from './error-bar.ts';
export type {
  BadBinning,
  BadCounts,
  BadData,
  BadScorecard,
  BadTotals,
  Collinear,
  LogisticError,
  NoReasonText,
  NotConverged,
  NothingToFit,
  OneClass,
  Separable,
  WrongSign,
  ZeroCell,
} from './errors.ts';
export { type BinningError, type BinningRequest, fitBinning } from './fit-binning.ts';
export { type FitError, type FitRequest, type FittedScorecard, fitScorecard } from './fit-scorecard.ts';
export { type Coefficient, fitLogistic, type LogisticFit, type LogisticOptions } from './logistic.ts';
export {
  type CountNoise,
  type NegativeRule,
  type NoisyBin,
  type NoisyBinTable,
  type NoisyCounts,
  type NoisyTableRequest,
  noisyBinTable,
} from './noisy-table.ts';
export { type MergeRule, mergeOptimally, type Trend } from './optimal.ts';
export { type Ranking, type RankPoint, rankCurve, rankingOf } from './ranking.ts';
export { SIGNAL_REASONS } from './reason-texts.ts';
export {
  type CharacteristicReasons,
  checkReasons,
  MAX_REASONS,
  namedReasons,
  type ReasonCatalogue,
  type ReasonMethod,
  type ReasonText,
  referencePoints,
} from './reasons.ts';
export { pointsAt, pointsPerLogOdds, probabilitiesOfBad, probabilityOfBad, SCALING, Scaling } from './scaling.ts';
export {
  createSubjectScorer,
  type NoScore,
  type PointsOf,
  type Reason,
  type SubjectScore,
  type SubjectScorer,
} from './score-subject.ts';
export { scoreTable, scoreTableInTurns } from './score-table.ts';
export {
  type Characteristic,
  checkScorecard,
  decodeScorecard,
  type Estimate,
  Scorecard,
  type ScorecardBin,
  scorecardHash,
} from './scorecard.ts';
export { type Dropped, SELECTION, type SelectionRule } from './select.ts';
export { type Split, splitRows } from './split.ts';
export { quoteIdentifier, scoreSelect, scoreSql } from './sql.ts';
export { type CharacteristicStability, characteristicStability, populationStability, type Stability } from './stability.ts';
export { printBinTable, printNoisyBinTable, printScorecard } from './text-table.ts';
export {
  PRESENCE,
  type SignalTable,
  type SubjectTotal,
  type SubjectValues,
  signalColumns,
  signalTable,
  subjectValues,
} from './totals.ts';
