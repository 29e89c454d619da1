import { median } from './rounds.ts';

/**
 * One thing that was measured, of one contender, with all that a reader needs to judge it. Seconds are for all `n` together, not for each. What two contenders did can be
 * put beside each other when it has the same name and n, and comes from the same run.
 */
export interface Measurement {
  /** What was done, e.g. `blindEvaluate`. */
  readonly name: string;
  /** Who did it: {@link OURS}, or the package of a peer. */
  readonly by: string;
  /** What computed, e.g. the kernel's module. */
  readonly backend: string;
  /** Elements, rows or subjects. */
  readonly n: number;
  /** Elements that were computed together, where the time is one element's share of that. */
  readonly batch?: number | undefined;
  /** That computed at the same time, of all parties. */
  readonly threads: number;
  /** Rounds before the counted ones. */
  readonly warmUp: number;
  readonly rounds: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Bytes on the wire, from the side that asks (bureau, client, receiver) and to it; 0 where nothing goes over a wire. */
  readonly sent: number;
  readonly received: number;
  /** Round trips, taken as one after the other. */
  readonly turns: number;
  /** Most resident memory of the process that measured, in MiB: of the largest one where parties have their own. */
  readonly rssMiB: number;
  /** Bytes that stay on a disk. */
  readonly stored?: number | undefined;
}

/** The name that our own measurements carry. */
export const OURS = 'vouchsafe';

/** What a case says of a measurement; the rest has a default: ours, one thread, nothing sent, this process's memory. */
export type Said = Pick<Measurement, 'name' | 'backend' | 'n' | 'warmUp'> &
  Partial<Omit<Measurement, 'median' | 'min' | 'max' | 'rounds'>> & {
    /** Seconds, one a round. */
    readonly seconds: readonly number[];
  };

/** Puts a measurement together. @throws RangeError without a round: there is nothing to report then */
export const measurement = ({ seconds, ...said }: Said): Measurement => {
  if (seconds.length === 0) throw new RangeError('a measurement needs a round');
  return {
    by: OURS,
    threads: 1,
    sent: 0,
    received: 0,
    turns: 0,
    rssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    ...said,
    rounds: seconds.length,
    median: median(seconds),
    min: Math.min(...seconds),
    max: Math.max(...seconds),
  };
};
