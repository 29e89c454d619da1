import { createGroup, type Elements, type Scalars } from '@vouchsafe/group';
import { openCurvePool } from '@vouchsafe/kernels';
import { interleaved } from '../rounds.ts';
import type { Inputs } from './contenders.ts';

/** Repetitions of the inputs that make a batch for the pools. */
const REPEATS = 16;

/**
 * How worker threads scale, over one long batch of blindEvaluate: time of one worker / time of two. Beside it what the machine gives: two pools of one worker each, which share nothing, with
 * half of the batch each. On two cores any other load shows in both.
 */
export const measureWorkers = async (
  backend: 'plain' | 'relaxed',
  { elements, key }: Inputs,
  rounds: number,
): Promise<Readonly<Record<'twoWorkers/one' | 'twoPools/one', number>>> => {
  const long = Buffer.concat(new Array<Uint8Array>(REPEATS).fill(elements)) as Uint8Array as Elements;
  const half = long.subarray(0, long.length / 2) as Elements;
  const count = long.length / 32;
  const pools = [1, 1, 2].map((size) => openCurvePool({ module: backend, size }));
  const [one, other, two] = pools.map((pool) => createGroup({ backend, pool }));
  const multiply = (group: typeof one, batch: Elements) => group!.multiply(batch, key as Scalars);
  const times = await interleaved(
    [
      { name: 'one', count, run: () => multiply(one, long) },
      { name: 'two', count, run: () => multiply(two, long) },
      { name: 'apart', count, run: () => Promise.all([multiply(one, half), multiply(other, half)]) },
    ],
    rounds,
  );
  await Promise.all(pools.map((pool) => pool.close()));
  const faster = (name: string): number => times.get('one')! / times.get(name)!;
  return { 'twoWorkers/one': faster('two'), 'twoPools/one': faster('apart') };
};
