import { bulk } from '../bulk/bulk.ts';
import { match } from '../match/match.ts';
import type { Measurement } from '../measurement.ts';
import type { Case, CaseOptions } from '../report.ts';
import { seal } from '../seal/seal.ts';
import { shuffle } from '../shuffle/shuffle.ts';

const SIZES = [1000, 10_000, 100_000, 1_000_000];
const SLOTS = 8;
/** The peer of the match takes a millisecond and more an element. */
const MOST_BESIDE_PEER = 10_000;

/** One step at one size. */
interface Step {
  readonly run: Case;
  readonly options: (n: number) => CaseOptions;
  /** Above it the step is left out. */
  readonly most?: number;
}

const steps = (rounds: number): readonly Step[] => [
  { run: match, options: (rows) => ({ rounds, rows, only: 'peer' }), most: MOST_BESIDE_PEER },
  { run: match, options: (large) => ({ rounds: 1, large, only: 'build' }) },
  { run: bulk, options: (n) => ({ rounds, log2: Math.log2(n) }) },
  { run: seal, options: (rows) => ({ rounds: 1, rows, slots: SLOTS }) },
  { run: shuffle, options: (rows) => ({ rounds: 1, rows, slots: SLOTS }) },
];

/**
 * What grows with a holder's table, at 10^3, 10^4, … rows (up to `rows`), by the cases that measure it at one size: a match beside its peer, the build of an index, a bulk
 * intersection, sealing, the shuffle proof. The projection to a country's size is computed from the largest size.
 */
export const growth: Case = async ({ rounds, rows = 1_000_000 }) => {
  const sizes = [...SIZES.filter((size) => size < rows), rows];
  const measurements: Measurement[] = [];
  let backend = '';
  for (const n of sizes)
    for (const { run, options, most } of steps(rounds)) {
      if (most !== undefined && n > most) continue;
      const got = await run(options(n));
      measurements.push(...(got.measurements ?? []));
      backend = got.backend;
    }
  const perRow = (name: string): number => {
    const largest = measurements.filter((one) => one.name === name && one.by === 'vouchsafe').at(-1)!;
    return (1e6 * largest.median) / largest.n;
  };
  return {
    backend,
    figures: {
      rows,
      slots: SLOTS,
      ...Object.fromEntries(
        ['indexBuild', 'bulk', 'seal', 'proveShuffle', 'verifyShuffle'].map((name) => [`${name}MicrosPerRow`, perRow(name)]),
      ),
    },
    ratios: {},
    measurements,
  };
};
