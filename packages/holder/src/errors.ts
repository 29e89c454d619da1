/** The policy does not grant this. It depends on the query and the policy only. */
export interface NotGranted {
  readonly _tag: 'NotGranted';
  readonly message: string;
}

/** The two sides have different federation documents, epochs, rosters or keys. */
export interface OutOfStep {
  readonly _tag: 'OutOfStep';
  readonly message: string;
}

/** The federation does not use this scheme. */
export interface UnknownScheme {
  readonly _tag: 'UnknownScheme';
  readonly message: string;
}

/** The holder is still loading its records. */
export interface NotReady {
  readonly _tag: 'NotReady';
  readonly message: string;
}

/** No table is sealed for this querier and scheme yet. */
export interface NotSealed {
  readonly _tag: 'NotSealed';
  readonly message: string;
}

/** A cohort below the policy's minimum: refused on its size alone, which is public. */
export interface CohortTooSmall {
  readonly _tag: 'CohortTooSmall';
  readonly message: string;
}

/** The query's totals and noise could leave the range of the small discrete logarithm. */
export interface TotalOutOfRange {
  readonly _tag: 'TotalOutOfRange';
  readonly message: string;
}

/** No such file or route. */
export interface NotFound {
  readonly _tag: 'NotFound';
  readonly message: string;
}

export const notGranted = (what: string): NotGranted => ({
  _tag: 'NotGranted',
  message: `this holder’s policy does not grant ${what}`,
});
export const outOfStep = (what: string): OutOfStep => ({ _tag: 'OutOfStep', message: what });
