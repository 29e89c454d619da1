import type { Either } from '@vouchsafe/core';
import type { EXIT, Failure } from './exit.ts';

/** What a command has to say at its end: to a person, and to a script. */
export interface Outcome {
  readonly exit: typeof EXIT.fine | typeof EXIT.bad | typeof EXIT.unreachable | typeof EXIT.refused;
  readonly text: string;
  /** The same as data, for `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** How a work ended. */
export type Ended<A = Outcome> = Either<Failure, A>;

/** A command's work. Resolves always; it throws only at a bug. */
export type Result<A = Outcome> = Promise<Ended<A>>;
