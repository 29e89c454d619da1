import { type Measurement, measurement } from '../measurement.ts';
import type { Case } from '../report.ts';
import { HOLDERS } from '../seal/federation.ts';
import type { Figures } from '../seal/messages.ts';
import { startParties } from '../seal/parties.ts';

const COHORT = 10_000;
const SIGNALS = 200;
/** Signals a round, up to that many. */
const SIGNALS_A_ROUND = 40;

/**
 * Queries over a sealed table: a cohort of 10,000, and single signals, end to end over loopback. Each is asked twice over: with answers that leave when they are ready, which shows the work, and on the holders'
 * release tick, which is what a bureau waits for.
 */
export const query: Case = async ({ rows = 100_000, slots = 8, rounds }) => {
  const size = Math.min(COHORT, rows);
  const parties = await startParties({ rows, slots });
  const ofBureau = (said: Figures, about: About): Measurement => queried(said, about, parties.backend());
  const cohorts = Math.min(rounds, 5);
  const count = Math.min(SIGNALS, SIGNALS_A_ROUND * rounds);
  let asked = 0;
  const ask = async (on: boolean) => {
    for (const id of HOLDERS) await parties.ask(id, { tag: 'tick', on });
    // Other questions each time: a repeated one gets the stored answer.
    const cohort = await parties.ask('bureau', { tag: 'cohort', size: size - ++asked, rounds: cohorts });
    const { answerSeconds } = await parties.ask('ant', { tag: 'measures' });
    const signals = await parties.ask('bureau', { tag: 'signals', from: on ? count : 0, count });
    const { answerSeconds: signalSeconds } = await parties.ask('ant', { tag: 'measures' });
    return { cohort, answerSeconds: answerSeconds!, signals, signalAnswerMs: 1000 * signalSeconds! };
  };
  try {
    await parties.ask('bureau', { tag: 'sync' });
    // Warm: tables of the small logarithm, modules compiled.
    await parties.ask('bureau', { tag: 'cohort', size, rounds: 1 });
    await parties.ask('ant', { tag: 'measures' });
    const ready = await ask(false);
    const ticking = await ask(true);
    return {
      backend: parties.backend(),
      figures: {
        rows,
        cohort: size,
        answerSeconds: ready.answerSeconds,
        cohortSeconds: ready.cohort['cohortSeconds']!,
        signalAnswerMs: ready.signalAnswerMs,
        signalP50Ms: ready.signals['signalP50Ms']!,
        signalP99Ms: ready.signals['signalP99Ms']!,
        answerSecondsOnTick: ticking.answerSeconds,
        cohortSecondsOnTick: ticking.cohort['cohortSeconds']!,
        signalP50MsOnTick: ticking.signals['signalP50Ms']!,
        signalP99MsOnTick: ticking.signals['signalP99Ms']!,
      },
      ratios: {},
      measurements: [
        ofBureau(ready.cohort, { name: 'aggregate', n: size, rounds: cohorts, median: ready.cohort['cohortSeconds']! }),
        ofBureau(ready.signals, { name: 'signal', n: 1, rounds: count, median: ready.signals['signalP50Ms']!, unit: 1000 }),
        ofBureau(ticking.cohort, {
          name: 'aggregate, on the tick',
          n: size,
          rounds: cohorts,
          median: ticking.cohort['cohortSeconds']!,
        }),
        ofBureau(ticking.signals, {
          name: 'signal, on the tick',
          n: 1,
          rounds: count,
          median: ticking.signals['signalP50Ms']!,
          unit: 1000,
        }),
      ],
    };
  } finally {
    await parties.stop();
  }
};
interface About {
  readonly name: string;
  readonly n: number;
  readonly rounds: number;
  readonly median: number;
  /** Of the times, in a second; 1 by default. */
  readonly unit?: number;
}

/** What the bureau's process said of a kind of query. Its own times come as median and ends, so that is what is kept. */
const queried = (
  { least, most, sent, received, turns, rss }: Figures,
  { name, n, rounds, median, unit = 1 }: About,
  backend: string,
): Measurement => ({
  // One worker each of the bureau and of two holders.
  ...measurement({ name, backend, n, threads: 3, warmUp: 1, seconds: [median / unit] }),
  rounds,
  min: least! / unit,
  max: most! / unit,
  sent: sent!,
  received: received!,
  turns: turns!,
  rssMiB: rss!,
});
