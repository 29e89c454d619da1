/** By how much the times of two classes differ. */
export interface TimingFinding {
  /** Welch's t, the largest in absolute value over all crops. Beyond ±4.5 the classes are told apart. */
  readonly t: number;
  /** The part of the slowest times that was cut off where it was found; 0 for none. */
  readonly cropped: number;
  /** Medians, in the unit of the times. */
  readonly medians: readonly [number, number];
}

/** |t| beyond which two classes count as told apart: as dudect has it. By chance less than one comparison in a hundred thousand goes so far. */
export const TOLD_APART = 4.5;

/** Parts of the slowest times that are cut off, one after the other: interrupts and pauses of the collector say nothing and hide much. */
const CROPS: readonly number[] = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9];

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Welch's t of two samples. @returns 0 where neither varies and their means are equal */
export const welchT = (a: readonly number[], b: readonly number[]): number => {
  const [one, two] = [a, b].map((values) => {
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
    return { mean, spread: variance / values.length };
  });
  const difference = one!.mean - two!.mean;
  return difference === 0 ? 0 : difference / Math.sqrt(one!.spread + two!.spread);
};

/**
 * First-order test of two classes of times, as dudect does it (Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?", 2017): Welch's t over all times and over those below several quantiles of
 * both classes together. The classes must have been measured in random order.
 */
export const findTiming = (a: readonly number[], b: readonly number[]): TimingFinding => {
  const all = [...a, ...b].sort((x, y) => x - y);
  let found = { t: 0, cropped: 0 };
  for (const cropped of CROPS) {
    const limit = all[Math.ceil(all.length * (1 - cropped)) - 1]!;
    const [left, right] = [a, b].map((values) => values.filter((x) => x <= limit));
    if (left!.length < 10 || right!.length < 10) {
      // One class has hardly a time below the limit: no chance does that when the other has.
      if (Math.abs(left!.length - right!.length) > all.length / 20) found = { t: Number.POSITIVE_INFINITY, cropped };
      continue;
    }
    const t = welchT(left!, right!);
    if (Math.abs(t) > Math.abs(found.t)) found = { t, cropped };
  }
  return { ...found, medians: [median(a), median(b)] };
};
