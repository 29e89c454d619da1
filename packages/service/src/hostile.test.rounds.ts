import { type Attack, type Attacked, attack } from './hostile.test.attack.ts';
import { type Asked, type Probed, startParty } from './hostile.test.processes.ts';
import { found, freePort, HOLDERS } from './parties.test.fixture.ts';

/** What came of an attack. */
export interface Outcome extends Omit<Asked, 'tag'>, Omit<Probed, 'tag'>, Attacked {
  /** MiB that the holder's process had more at its highest than before. */
  readonly grownMiB: number;
  readonly figures: string;
}

/** Two holders and their bureau in processes of their own; sockets of this one attack the first holder, while the bureau asks and a supervisor looks. */
export const endure = async (how: Attack): Promise<Outcome> => {
  const ports = [await freePort(), await freePort()];
  const founded = found(ports);
  const [ant, bee] = [startParty('holder'), startParty('holder')];
  const [honest, supervisor] = [startParty('honest'), startParty('honest')];
  try {
    const url = `http://127.0.0.1:${ports[0]}`;
    const { metricsPort } = await ant.ask({ tag: 'open', founded, id: HOLDERS[0], port: ports[0]! }, 'open');
    await bee.ask({ tag: 'open', founded, id: HOLDERS[1], port: ports[1]! }, 'open');
    await honest.ask({ tag: 'sync', founded }, 'synced');
    // Warm, so that what grows later is not the engine's own.
    await honest.ask({ tag: 'ask', ms: 1500 }, 'asked');
    await supervisor.ask({ tag: 'probe', url, ms: 500 }, 'probed');
    const { rss: before } = await ant.ask({ tag: 'memory' }, 'memory');
    const attacking = attack({ port: ports[0]!, ...how });
    const [{ tag: _, ...asked }, { tag: __, ...probed }, attacked] = await Promise.all([
      honest.ask({ tag: 'ask', ms: how.ms }, 'asked'),
      supervisor.ask({ tag: 'probe', url, ms: how.ms }, 'probed'),
      attacking,
    ]);
    const { peak } = await ant.ask({ tag: 'memory' }, 'memory');
    const figures = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return { ...asked, ...probed, ...attacked, grownMiB: (peak - before) / 2 ** 20, figures };
  } finally {
    for (const party of [ant, bee, honest, supervisor]) await party.stop();
  }
};
