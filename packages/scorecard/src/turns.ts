import { type Aborted, aborted, createPace, E, type Either, type Watch } from '@vouchsafe/core';

/**
 * Long work that can pause: it yields every few milliseconds how far it is, and returns its result. Written once, it runs in one go ({@link atOnce}) or gives the
 * event loop its turn ({@link inTurns}).
 */
export type Steps<A> = Generator<{ readonly done: number; readonly total: number }, A, undefined>;

/** Rows between two pauses: a few milliseconds of work for one column. */
export const ROWS_A_STEP = 32_768;

/** Runs the work to its end without a pause. */
export const atOnce = <A>(steps: Steps<A>): A => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

/** Runs the work in turns with the event loop, tells progress, and stops when the signal says so. */
export const inTurns = async <A>(task: string, steps: Steps<A>, watch: Watch = {}): Promise<Either<Aborted, A>> => {
  const pace = createPace();
  for (;;) {
    if (watch.signal?.aborted === true) return E.left(aborted);
    const step = steps.next();
    if (step.done === true) return E.right(step.value);
    if (!pace.due()) continue;
    watch.onProgress?.({ task, ...step.value });
    await pace.rest();
  }
};
