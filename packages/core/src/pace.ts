import { setImmediate } from 'node:timers/promises';

/** Work on rows holds the event loop this long at a time, so that a server that does it still answers. */
const TURN_MS = 5;

/** Says when a loop over many rows has held the event loop for long enough: `if (pace.due()) await pace.rest();` */
export interface Pace {
  readonly due: () => boolean;
  /** Lets the event loop have its turn. */
  readonly rest: () => Promise<void>;
}

/** Begins to count now. */
export const createPace = (): Pace => {
  let since = performance.now();
  return {
    due: () => performance.now() - since >= TURN_MS,
    rest: async () => {
      await setImmediate();
      since = performance.now();
    },
  };
};
