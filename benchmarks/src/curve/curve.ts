import { type BackendName, openBackend } from '@vouchsafe/group';
import type { Case } from '../report.ts';
import { interleaved } from '../rounds.ts';
import { kernelContenders, makeInputs, nobleContenders } from './contenders.ts';
import { prototypeContenders } from './prototype.ts';
import { measureSmallLogs } from './small-logs.ts';
import { measureWorkers } from './workers.ts';

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
    for (const [scaling, times] of Object.entries(await measureWorkers(name, inputs, rounds))) {
      ratios[`${scaling}@${name}`] = times;
      if (name === best) ratios[scaling] = times;
    }
    for (const [figure, ms] of Object.entries(await measureSmallLogs(name))) {
      figures[`${figure}@${name}`] = ms;
      if (name === best) figures[figure] = ms;
    }
  }
  return { backend: best, figures, ratios };
};
