import { type Attacked, attack } from './hostile.test.attack.ts';
import { type Asked, startParty } from './hostile.test.processes.ts';
import { found, freePort, HOLDERS } from './parties.test.fixture.ts';

/** What came of an attack. */
export interface Outcome extends Omit<Asked, 'tag'>, Attacked {
  /** MiB that the holder's process had more at its highest than before. */
  readonly grownMiB: number;
  readonly figures: string;
}

/** Two holders and their bureau in processes of their own; sockets of this one attack the first holder, while the bureau asks and a supervisor looks. */
export const endure = async (how: {
  readonly sockets: number;
  readonly ms: number;
  readonly everyMs: number;
}): Promise<Outcome> => {
  const ports = [await freePort(), await freePort()];
  const founded = found(ports);
  const [ant, bee, honest] = [startParty('holder'), startParty('holder'), startParty('honest')];
  try {
    const url = `http://127.0.0.1:${ports[0]}`;
    const { metricsPort } = await ant.ask({ tag: 'open', founded, id: HOLDERS[0], port: ports[0]! }, 'open');
    await bee.ask({ tag: 'open', founded, id: HOLDERS[1], port: ports[1]! }, 'open');
    await honest.ask({ tag: 'sync', founded }, 'synced');
    // Warm, so that what grows later is not the engine's own.
    await honest.ask({ tag: 'ask', url, ms: 1500 }, 'asked');
    const { rss: before } = await ant.ask({ tag: 'memory' }, 'memory');
    const attacking = attack({ port: ports[0]!, ...how });
    const { tag: _, ...asked } = await honest.ask({ tag: 'ask', url, ms: how.ms }, 'asked');
    const attacked = await attacking;
    const { peak } = await ant.ask({ tag: 'memory' }, 'memory');
    const figures = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return { ...asked, ...attacked, grownMiB: (peak - before) / 2 ** 20, figures };
  } finally {
    for (const party of [ant, bee, honest]) await party.stop();
  }
};
