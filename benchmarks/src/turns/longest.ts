import { readFileSync } from 'node:fs';

/** How often a turn is asked for, in milliseconds: seldom enough to leave the cores to the work. */
const EVERY_MS = 2;

/** What a piece of work gave, and for how long at most it held the event loop in one go, in milliseconds. */
export interface Watched<A> {
  readonly result: A;
  readonly longestMs: number;
}

/**
 * The time that this thread has worked, where the system tells (Linux): what other programs and threads do on the same cores is then not taken for ours.
 * Elsewhere the time of day.
 */
const workedMs = (): number => {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
};

/** Runs work on the main thread while a timer asks for a turn of the event loop again and again. */
export const watchTurns = async <A>(work: () => Promise<A>): Promise<Watched<A>> => {
  let [longestMs, last] = [0, workedMs()];
  const turn = (): void => {
    const now = workedMs();
    longestMs = Math.max(longestMs, now - last);
    last = now;
  };
  const timer = setInterval(turn, EVERY_MS);
  try {
    const result = await work();
    turn();
    return { result, longestMs };
  } finally {
    clearInterval(timer);
  }
};
