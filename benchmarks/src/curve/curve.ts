import { type BackendName, createGroup, type Elements, openBackend, type Scalars } from '@vouchsafe/group';
import { type CurvePool, openCurvePool } from '@vouchsafe/kernels';
import type { Case } from '../report.ts';
import { interleaved } from '../rounds.ts';
import { type Inputs, kernelContenders, makeInputs, nobleContenders } from './contenders.ts';
import { prototypeContenders } from './prototype.ts';
import { measureSmallLogs } from './small-logs.ts';

/** Repetitions of the inputs that make a batch for the pools. */
const REPEATS = 16;

/** Microseconds an element for one long batch on one worker and on two. */
const measureWorkers = async (name: 'plain' | 'relaxed', { elements, key }: Inputs): Promise<ReadonlyMap<string, number>> => {
  const long = Buffer.concat(new Array<Uint8Array>(REPEATS).fill(elements)) as Uint8Array as Elements;
  const pools: CurvePool[] = [1, 2].map((size) => openCurvePool({ module: name, size }));
  const contenders = pools.map((pool) => {
    const group = createGroup({ backend: name, pool });
    return { name: `workers${pool.size}`, count: long.length / 32, run: () => group.multiply(long, key as Scalars) };
  });
  const times = await interleaved(contenders, 5);
  await Promise.all(pools.map((pool) => pool.close()));
  return times;
};

/** ristretto255 in batches: noble and every backend that this engine runs. */
export const curve: Case = async ({ rounds }) => {
  const names = (['relaxed', 'plain'] as const).filter((name) => openBackend(name) !== undefined);
  const best: BackendName | undefined = names[0];
  if (best === undefined) throw new RangeError('this engine runs no compiled backend: there is nothing to compare');
  const inputs = makeInputs(openBackend(best)!);
  const times = await interleaved(
    [
      ...nobleContenders(inputs),
      ...names.flatMap((name) => [...kernelContenders(openBackend(name)!, inputs), ...prototypeContenders(name, inputs)]),
    ],
    rounds,
  );
  const figures: Record<string, number> = Object.fromEntries([...times].map(([name, us]) => [`${name}Us`, us]));
  const ratios: Record<string, number> = {};
  const ratio = (name: string, backend: string, peer: string, own: string): void => {
    const [a, b] = [times.get(peer), times.get(own)];
    if (a === undefined || b === undefined) return;
    ratios[`${name}@${backend}`] = a / b;
    if (backend === best) ratios[name] = a / b;
  };
  for (const name of names) {
    for (const operation of ['blindEvaluate', 'serverEvaluate', 'hashToGroup']) {
      ratio(`${operation}/noble`, name, `${operation}@noble`, `${operation}@${name}`);
      ratio(`${operation}/prototype`, name, `${operation}@prototype-${name}`, `${operation}@${name}`);
    }
    ratio('fixedBase/variableBase', name, `unblind@${name}`, `fixedBase@${name}`);
    const workers = await measureWorkers(name, inputs);
    const scaling = workers.get('workers1')! / workers.get('workers2')!;
    ratios[`twoWorkers/one@${name}`] = scaling;
    if (name === best) ratios['twoWorkers/one'] = scaling;
    for (const [figure, ms] of Object.entries(await measureSmallLogs(name))) {
      figures[`${figure}@${name}`] = ms;
      if (name === best) figures[figure] = ms;
    }
  }
  return { backend: best, figures, ratios };
};
