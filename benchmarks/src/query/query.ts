import { type Measurement, measurement } from '../measurement.ts';
import type { Case } from '../report.ts';
import type { Figures } from '../seal/messages.ts';
import { startParties } from '../seal/parties.ts';

const COHORT = 10_000;
const SIGNALS = 200;
/** Signals a round, up to that many. */
const SIGNALS_A_ROUND = 40;

/** Queries over a sealed table: a cohort of 10,000, and single signals, end to end over loopback. */
export const query: Case = async ({ rows = 100_000, slots = 8, rounds }) => {
  const size = Math.min(COHORT, rows);
  const parties = await startParties({ rows, slots });
  const ofBureau = (said: Figures, about: About): Measurement => queried(said, about, parties.backend());
  try {
    await parties.ask('bureau', { tag: 'sync' });
    // Warm: tables of the small logarithm, modules compiled.
    await parties.ask('bureau', { tag: 'cohort', size, rounds: 1 });
    await parties.ask('ant', { tag: 'measures' });
    const cohorts = Math.min(rounds, 5);
    const cohort = await parties.ask('bureau', { tag: 'cohort', size: size - 1, rounds: cohorts });
    const { answerSeconds } = await parties.ask('ant', { tag: 'measures' });
    const count = Math.min(SIGNALS, SIGNALS_A_ROUND * rounds);
    const signals = await parties.ask('bureau', { tag: 'signals', count });
    return {
      backend: parties.backend(),
      figures: {
        rows,
        cohort: size - 1,
        answerSeconds: answerSeconds!,
        cohortSeconds: cohort['cohortSeconds']!,
        signalP50Ms: signals['signalP50Ms']!,
        signalP99Ms: signals['signalP99Ms']!,
      },
      ratios: {},
      measurements: [
        ofBureau(cohort, { name: 'aggregate', n: size - 1, rounds: cohorts, median: cohort['cohortSeconds']! }),
        ofBureau(signals, { name: 'signal', n: 1, rounds: count, median: signals['signalP50Ms']!, unit: 1000 }),
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
