import { createPace, type Watch } from '@vouchsafe/core';

/**
 * Lets the event loop have its turn when it is due.
 * @returns a function to call after each small piece of work; it says whether to go on, i.e. nobody has stopped the work
 */
export const createTurns = (watch?: Watch): (() => Promise<boolean>) => {
  const pace = createPace();
  return async () => {
    if (!pace.due()) return true;
    await pace.rest();
    return !watch?.signal?.aborted;
  };
};
