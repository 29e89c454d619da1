import { availableParallelism } from 'node:os';
import { createGroup, type Elements, type Scalars } from '@vouchsafe/group';
import { openCurvePool } from '@vouchsafe/kernels';
import { type Measurement, measurement } from '../measurement.ts';
import { median, roundsOf, WARM_UP } from '../rounds.ts';
import type { Inputs } from './contenders.ts';

/** Repetitions of the inputs that make a batch for the pools. */
const REPEATS = 16;
/** Threads of the largest pool at most. */
const MOST_THREADS = 16;

export interface Scaling {
  readonly ratios: Readonly<Record<'twoWorkers/one' | 'twoPools/one', number>>;
  readonly measurements: readonly Measurement[];
}

/** 1, 2, 4, … as far as the machine has cores, and 2 in any case. */
const poolSizes = (): readonly number[] => {
  const most = Math.min(MOST_THREADS, Math.max(2, availableParallelism()));
  return Array.from({ length: Math.floor(Math.log2(most)) + 1 }, (_, i) => 2 ** i);
};

/**
 * How worker threads scale, over one long batch of blindEvaluate: time of one worker / time of two. Beside it what the machine gives: two pools of one worker each, which share nothing, with
 * half of the batch each. On two cores any other load shows in both.
 */
export const measureWorkers = async (
  backend: 'plain' | 'relaxed',
  { elements, key }: Inputs,
  rounds: number,
): Promise<Scaling> => {
  const long = Buffer.concat(new Array<Uint8Array>(REPEATS).fill(elements)) as Uint8Array as Elements;
  const half = long.subarray(0, long.length / 2) as Elements;
  const count = long.length / 32;
  const sizes = poolSizes();
  const pools = [...sizes, 1].map((size) => openCurvePool({ module: backend, size }));
  const groups = pools.map((pool) => createGroup({ backend, pool }));
  const multiply = (group: (typeof groups)[number] | undefined, batch: Elements) => group!.multiply(batch, key as Scalars);
  const seconds = await roundsOf(
    [
      ...sizes.map((size, i) => ({ name: String(size), count, run: () => multiply(groups[i], long) })),
      { name: 'apart', count, run: () => Promise.all([multiply(groups[0], half), multiply(groups.at(-1), half)]) },
    ],
    rounds,
  );
  await Promise.all(pools.map((pool) => pool.close()));
  const faster = (name: string): number => median(seconds.get('1')!) / median(seconds.get(name)!);
  return {
    ratios: { 'twoWorkers/one': faster('2'), 'twoPools/one': faster('apart') },
    measurements: sizes.map((threads) =>
      measurement({
        name: 'blindEvaluateBatch',
        backend,
        n: count,
        threads,
        warmUp: WARM_UP,
        seconds: seconds.get(String(threads))!,
      }),
    ),
  };
};
