/** A data table or outcome that nothing can be computed from: empty, of unequal lengths, with infinite values, with codes that name no level. */
export interface BadData {
  readonly _tag: 'BadData';
  readonly message: string;
  readonly characteristic?: string | undefined;
}

/** Goods only or bads only: there is nothing to tell apart. */
export interface OneClass {
  readonly _tag: 'OneClass';
  readonly message: string;
}

/** Bins that are none: breaks out of order, a level in two groups, too many bins. */
export interface BadBinning {
  readonly _tag: 'BadBinning';
  readonly message: string;
}

/** A bin without goods or without bads has no weight of evidence, and the zero-cell rule says to refuse it. */
export interface ZeroCell {
  readonly _tag: 'ZeroCell';
  readonly message: string;
  readonly characteristic: string;
  /** The label of the bin. */
  readonly bin: string;
}

/** Selection left no characteristic, or none was there. */
export interface NothingToFit {
  readonly _tag: 'NothingToFit';
  readonly message: string;
}

/** Some combination of characteristics tells goods and bads apart without error, so that the likelihood has no maximum. */
export interface Separable {
  readonly _tag: 'Separable';
  readonly message: string;
}

/** A characteristic is constant, or a combination of others: the normal equations have no single solution. */
export interface Collinear {
  readonly _tag: 'Collinear';
  readonly message: string;
  readonly characteristic: string;
}

/** The iterations ended before the coefficients stood still. */
export interface NotConverged {
  readonly _tag: 'NotConverged';
  readonly message: string;
}

/** A coefficient whose sign contradicts the weights of evidence, where the caller asked to refuse that. */
export interface WrongSign {
  readonly _tag: 'WrongSign';
  readonly message: string;
  readonly characteristic: string;
}

/** A document that has a scorecard's shape but cannot score: bins that do not fit their binning, a name twice. */
export interface BadScorecard {
  readonly _tag: 'BadScorecard';
  readonly message: string;
}

/** The values of a subject lack a characteristic, or hold something that is no value. */
export interface BadTotals {
  readonly _tag: 'BadTotals';
  readonly message: string;
  readonly characteristic: string;
}

/** A characteristic for which the catalogue has no text: a notice could not say why. */
export interface NoReasonText {
  readonly _tag: 'NoReasonText';
  readonly message: string;
  readonly characteristic: string;
}

/** Counts that are no histogram: of unequal number, not finite, all zero, or negative where the caller refuses that. */
export interface BadCounts {
  readonly _tag: 'BadCounts';
  readonly message: string;
}

/** What the logistic regression can answer instead of coefficients. */
export type LogisticError = Separable | Collinear | NotConverged;
