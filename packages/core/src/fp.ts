/**
 * The one door to fp-ts: Node's ESM loader needs its deep paths (`fp-ts/lib/….js`), and only this file knows that.
 */
export type { Either } from 'fp-ts/lib/Either.js';
export * as E from 'fp-ts/lib/Either.js';
export { flow, identity, pipe } from 'fp-ts/lib/function.js';
export * as RA from 'fp-ts/lib/ReadonlyArray.js';
export type { TaskEither } from 'fp-ts/lib/TaskEither.js';
export * as TE from 'fp-ts/lib/TaskEither.js';
