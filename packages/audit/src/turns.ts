import { setImmediate } from 'node:timers/promises';
import type { Watch } from '@vouchsafe/core';

/** A long check holds the event loop for about this long at a time, in milliseconds. */
const TURN_MS = 15;

/**
 * Lets the event loop have its turn when it is due.
 * @returns a function to call after each small piece of work; it says whether to go on, i.e. nobody has stopped the work
 */
export const createTurns = (watch?: Watch): (() => Promise<boolean>) => {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < TURN_MS) return true;
    await setImmediate();
    since = performance.now();
    return !watch?.signal?.aborted;
  };
};
