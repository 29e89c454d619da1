import { E, type Either } from '@vouchsafe/core';

/** The result. @throws Error when there is none: a benchmark cannot go on then */
export const right = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};
