import { utf8ToBytes } from '@vouchsafe/core';
import { createGroup } from '@vouchsafe/group';
import { type Measurement, measurement } from '../measurement.ts';
import type { Case } from '../report.ts';
import { median, roundsOf, WARM_UP } from '../rounds.ts';
import type { Voprf, VoprfRun } from './contender.ts';
import { ownVoprf } from './ours.ts';
import { cloudflareVoprf, nobleVoprf } from './peers.ts';

const INPUTS = 64;

/**
 * RFC 9497, mode VOPRF, ristretto255-SHA512: the same key and inputs for all, one proof a batch. All must give the same outputs.
 */
export const voprf: Case = async ({ rows = INPUTS, rounds }) => {
  const inputs = Array.from({ length: rows }, (_, i) => utf8ToBytes(`cn-rid:${i}`));
  const all: readonly Voprf[] = [await ownVoprf(createGroup({ pool: null })), nobleVoprf(), cloudflareVoprf()];
  const runs = new Map<string, VoprfRun>();
  for (const { by, run } of all) runs.set(by, await run(inputs));
  const [own] = runs.values();
  for (const [by, { outputs }] of runs)
    if (outputs.some((output, i) => !Buffer.from(output).equals(own!.outputs[i]!))) throw new Error(`${by} gives other outputs`);
  const times = await roundsOf(
    all.map(({ by, run }) => ({ name: by, count: rows, run: () => run(inputs) })),
    rounds,
  );
  const measurements = all.map(({ by, backend }): Measurement => {
    const { sent, received } = runs.get(by)!;
    return measurement({
      name: 'voprf',
      by,
      backend,
      n: rows,
      warmUp: WARM_UP + 1,
      seconds: times.get(by)!,
      sent,
      received,
      turns: 1,
    });
  });
  const [mine, ...peers] = measurements;
  return {
    backend: mine!.backend,
    figures: { inputs: rows, ...Object.fromEntries(all.map(({ by }) => [`${by} ms`, 1000 * median(times.get(by)!)])) },
    ratios: Object.fromEntries(peers.map(({ by, median: time }) => [`voprf/${by}`, time / mine!.median])),
    measurements,
  };
};
