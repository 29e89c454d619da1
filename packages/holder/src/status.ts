/** HTTP status of each error that a holder can answer with; what is not here is a fault of the request (400). */
const STATUS: Readonly<Record<string, number>> = {
  Unsigned: 401,
  UnknownKey: 401,
  BadSignature: 401,
  SignatureExpired: 401,
  WrongAddressee: 421,
  NotGranted: 403,
  CohortTooSmall: 403,
  NotFound: 404,
  NotInLog: 404,
  UnknownScheme: 404,
  OutOfStep: 409,
  OtherKeys: 409,
  OutOfTurn: 409,
  Replayed: 409,
  RootMismatch: 409,
  BadShuffle: 422,
  NotSealed: 409,
  BodyTooLarge: 413,
  BatchTooLarge: 413,
  BudgetSpent: 429,
  InternalError: 500,
  NotReady: 503,
};

export const statusOf = (tag: string): number => STATUS[tag] ?? 400;
