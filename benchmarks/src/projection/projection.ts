import type { Measurement } from '../measurement.ts';

/** Every natural person whom the largest credit reference system knows: the size that is projected to. */
export const SUBJECTS = 460_000_000;
/** Cores of each party. */
export const CORES = [2, 32, 128] as const;
/** What a line between two data centres gives. */
export const LINE_BITS_PER_SECOND = 1e9;

/** Steps of the growth case that a table of such a size takes, once an epoch. */
export const STEPS: Readonly<Record<string, string>> = {
  indexBuild: 'tag index for match, one holder',
  seal: 'sealing a table of 8 slots, holder and bureau, shuffle proof included',
  proveShuffle: 'shuffle proof, made (a part of sealing)',
  verifyShuffle: 'shuffle proof, verified (a part of sealing)',
  bulk: 'bulk intersection with a set of the same size',
};

/** One step, at {@link SUBJECTS} rows. */
export interface Projected {
  readonly step: string;
  /** The largest size that was measured, and what a row took there. */
  readonly from: number;
  readonly microsPerRow: number;
  /** Cost a row at the largest size / at the smallest: 1 is linear growth. */
  readonly growth: number;
  readonly coreHours: number;
  /** Hours with so many cores a party. */
  readonly hours: readonly number[];
  readonly wireBytes: number;
  /** Hours that the line needs for them by itself. */
  readonly wireHours: number;
  readonly storedBytes: number | undefined;
}

/** What the projection takes for granted, for people. */
export const ASSUMPTIONS: readonly string[] = [
  'A row costs at this size what it cost at the largest measured size; the column "growth" shows how far that held from the smallest measured size on.',
  'Work is spread over the cores of each party without loss: it goes by rows, and the plot of threads shows what two cores gave. Parties work at the same time where they did so when measured.',
  'Core hours are measured time × threads at work, idle time included: an upper bound for these machines.',
  `The line carries ${LINE_BITS_PER_SECOND / 1e9} Gbit/s and is needed for nothing else; its hours run beside the computing, not after it.`,
  'Discs keep up: what they store is counted, what they read and write again is not.',
  'One machine of each party has the memory: what a bulk intersection of this size takes is not what one machine has, and it would be cut into buckets by a public hash of the identifiers.',
];

/** @param results those of the growth case */
export const project = (results: readonly Measurement[]): readonly Projected[] =>
  Object.entries(STEPS).flatMap(([name, step]) => {
    const own = results.filter((one) => one.name === name).sort((a, b) => a.n - b.n);
    const [smallest, largest] = [own[0], own.at(-1)];
    if (smallest === undefined || largest === undefined) return [];
    const perRow = (one: Measurement): number => one.median / one.n;
    const bytes = ((largest.sent + largest.received) / largest.n) * SUBJECTS;
    const coreSeconds = perRow(largest) * largest.threads * SUBJECTS;
    const parties = name === 'seal' || name === 'bulk' ? 2 : 1;
    return [
      {
        step,
        from: largest.n,
        microsPerRow: 1e6 * perRow(largest),
        growth: perRow(largest) / perRow(smallest),
        coreHours: coreSeconds / 3600,
        hours: CORES.map((cores) => coreSeconds / 3600 / (cores * parties)),
        wireBytes: bytes,
        wireHours: (8 * bytes) / LINE_BITS_PER_SECOND / 3600,
        storedBytes: largest.stored === undefined ? undefined : (largest.stored / largest.n) * SUBJECTS,
      },
    ];
  });
