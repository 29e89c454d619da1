/**
 * When answers are released: a step of time that depends on public sizes only. It is `baseMs` for what every query takes (signatures, a commit and its sync), and `cellMs` for each of (|X| + 8)·(slots + 12)
 * cells: for each subject a multiplication, worth some 12 additions, and a row to look up and add, for each slot an opening. State what the slowest query takes on the machine, with room to spare.
 */
export interface ReleaseTick {
  readonly baseMs: number;
  readonly cellMs: number;
}

/** 10 ms for a signal of 8 slots, 2 s for 10,000 subjects. On two cores with Node 20, both parties in one process, 5 of 100 signals and 2 of 100 aggregates over 40 subjects miss their first step (`npm run bench -- timing`). */
export const DEFAULT_TICK: ReleaseTick = { baseMs: 8, cellMs: 0.01 };

/** Answers leave when they are ready: for tests. What a cohort matched can then be told from the time that it took. */
export const NO_TICK: ReleaseTick = { baseMs: 0, cellMs: 0 };

/** An answer that was not ready at its first tick: the table of {@link ReleaseTick} promises more than the machine can do. */
export interface LateAnswer {
  readonly subjects: number;
  readonly slots: number;
  /** Steps that had passed when the answer left; above 1. */
  readonly steps: number;
  readonly stepMs: number;
}

/** |X| and how many slots are asked: all that the step depends on. */
export interface QuerySize {
  readonly subjects: number;
  readonly slots: number;
}

/** The step for a query, in milliseconds. */
export const stepMs = ({ baseMs, cellMs }: ReleaseTick, { subjects, slots }: QuerySize): number =>
  baseMs + (subjects + 8) * (slots + 12) * cellMs;

/** Runs work about so many subjects and slots, and gives its outcome on a tick. */
export type Release = <A>(sizes: QuerySize, work: () => Promise<A>) => Promise<A>;

/**
 * Gives the outcome of work, error or not, at the first whole number of steps from now at which it is there. The timer runs from before the work begins: so the moment of release depends on the step, and
 * on the work only when that takes longer than it may. No thread waits.
 * @param late told when it took more than one step
 */
export const createRelease =
  (tick: ReleaseTick, late: (answer: LateAnswer) => void): Release =>
  (sizes, work) => {
    const step = stepMs(tick, sizes);
    if (step <= 0) return work();
    return new Promise((resolve, reject) => {
      const start = performance.now();
      let steps = 0;
      let release: (() => void) | undefined;
      const next = (): void => {
        steps++;
        setTimeout(
          () => {
            if (!release) return next();
            release();
            if (steps > 1) late({ ...sizes, steps, stepMs: step });
          },
          start + steps * step - performance.now(),
        );
      };
      next();
      work().then(
        (result) => {
          release = () => resolve(result);
        },
        (error: unknown) => {
          release = () => reject(error);
        },
      );
    });
  };
