import { type BackendName, openBackend } from '@vouchsafe/group';
import { type Measurement, measurement, OURS } from '../measurement.ts';
import type { Case } from '../report.ts';
import { type Contender, median, roundsOf, WARM_UP } from '../rounds.ts';
import { kernelContenders, makeInputs, nobleContenders } from './contenders.ts';
import { libsodiumContenders, openSslContender, sodiumNativeContenders } from './peers.ts';
import { prototypeContenders } from './prototype.ts';
import { measureSmallLogs } from './small-logs.ts';
import { measureWorkers } from './workers.ts';

/** Packages of the peers, by the name behind the @. */
const PEERS: Readonly<Record<string, string>> = {
  noble: '@noble/curves',
  libsodium: 'libsodium-wrappers-sumo',
  openssl: 'node:crypto',
  'sodium-native': 'sodium-native',
};

/**
 * ristretto255 in batches: noble, libsodium and every backend that this engine runs; X25519 and edwards25519 of native libraries as yardsticks. With `--only prototype` the
 * probe that set the floor runs beside them: who has not its files would miss it in a report.
 */
export const curve: Case = async ({ rounds, only }) => {
  const names = (['relaxed', 'plain'] as const).filter((name) => openBackend(name) !== undefined);
  const best: BackendName | undefined = names[0];
  if (best === undefined) throw new RangeError('this engine runs no compiled backend: there is nothing to compare');
  const inputs = makeInputs(openBackend(best)!);
  const contenders: readonly Contender[] = [
    ...nobleContenders(inputs),
    ...(await libsodiumContenders(inputs)),
    ...sodiumNativeContenders(inputs),
    openSslContender(),
    ...names.flatMap((name) => kernelContenders(openBackend(name)!, inputs)),
    ...(only === 'prototype' ? names.flatMap((name) => prototypeContenders(name, inputs)) : []),
  ];
  const seconds = await roundsOf(contenders, rounds);
  const times = new Map(contenders.map(({ name, count }) => [name, (median(seconds.get(name)!) * 1e6) / count]));
  const figures: Record<string, number> = Object.fromEntries([...times].map(([name, us]) => [`${name}Us`, us]));
  const ratios: Record<string, number> = {};
  const threaded: Measurement[] = [];
  const ratio = (name: string, backend: string, peer: string, own: string): void => {
    const [a, b] = [times.get(peer), times.get(own)];
    if (a === undefined || b === undefined) return;
    ratios[`${name}@${backend}`] = a / b;
    if (backend === best) ratios[name] = a / b;
  };
  for (const name of names) {
    for (const operation of ['blindEvaluate', 'serverEvaluate', 'hashToGroup']) {
      ratio(`${operation}/noble`, name, `${operation}@noble`, `${operation}@${name}`);
      ratio(`${operation}/libsodium`, name, `${operation}@libsodium`, `${operation}@${name}`);
      ratio(`${operation}/prototype`, name, `${operation}@prototype-${name}`, `${operation}@${name}`);
    }
    ratio('blindEvaluate/x25519', name, 'x25519@openssl', `blindEvaluate@${name}`);
    ratio('fixedBase/variableBase', name, `unblind@${name}`, `fixedBase@${name}`);
    const scaling = await measureWorkers(name, inputs, rounds);
    threaded.push(...scaling.measurements);
    for (const [pools, times] of Object.entries(scaling.ratios)) {
      ratios[`${pools}@${name}`] = times;
      if (name === best) ratios[pools] = times;
    }
    for (const [figure, ms] of Object.entries(await measureSmallLogs(name))) {
      figures[`${figure}@${name}`] = ms;
      if (name === best) figures[figure] = ms;
    }
  }
  const measurements = [...contenders.map((one) => measured(one, seconds.get(one.name)!)), ...threaded];
  return { backend: best, figures, ratios, measurements };
};

/** An element's time, so that contenders with batches of other lengths stand beside each other. */
const measured = ({ name, count }: Contender, seconds: readonly number[]): Measurement => {
  const [operation, by] = name.split('@') as [string, string];
  return measurement({
    name: operation,
    by: PEERS[by] ?? OURS,
    backend: by,
    n: 1,
    batch: count,
    warmUp: WARM_UP,
    seconds: seconds.map((time) => time / count),
  });
};
