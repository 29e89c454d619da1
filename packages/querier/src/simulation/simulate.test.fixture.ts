import fc from 'fast-check';
import { checkLog } from './commands.test.fixture.ts';
import { begin, sequences } from './sequences.test.fixture.ts';
import { sealTemplate } from './template.test.fixture.ts';
import { World } from './world.test.fixture.ts';

/** What was simulated. */
export interface Simulated {
  readonly sequences: number;
  readonly requests: number;
}

/**
 * Runs sequences of commands against a holder and a model of it. The holder is driven through `fetch`, signatures and all, over a store in memory and with real cryptography on tables of 24 rows: a layer
 * below would leave out nonces, epochs and the door, and saves little, since a query costs what its 20 multiplications cost.
 */
export const simulate = async (numRuns: number, policy: 0 | 1): Promise<Simulated> => {
  const template = await sealTemplate();
  let count = 0;
  let requests = 0;
  await fc.assert(
    fc.asyncProperty(sequences(20), async (commands) => {
      const now = 1_900_000_000_000 + (count % 24) * 3_600_000;
      const { expected, terms } = begin(now, policy);
      const world = await World.open(template, { now, terms });
      try {
        await fc.asyncModelRun(() => ({ model: expected, real: world }), commands);
        requests += await checkLog(expected, world);
      } finally {
        await world.close();
      }
      count++;
    }),
    { numRuns },
  );
  return { sequences: count, requests };
};
