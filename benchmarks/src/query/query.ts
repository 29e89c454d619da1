import type { Case } from '../report.ts';
import { startParties } from '../seal/parties.ts';

const COHORT = 10_000;
const SIGNALS = 200;

/** Queries over a sealed table: a cohort of 10,000, and single signals, end to end over loopback. */
export const query: Case = async ({ rows = 100_000, slots = 8, rounds }) => {
  const parties = await startParties({ rows, slots });
  try {
    await parties.ask('bureau', { tag: 'sync' });
    // Warm: tables of the small logarithm, modules compiled.
    await parties.ask('bureau', { tag: 'cohort', size: COHORT, rounds: 1 });
    await parties.ask('ant', { tag: 'measures' });
    const cohort = await parties.ask('bureau', { tag: 'cohort', size: COHORT - 1, rounds: Math.min(rounds, 5) });
    const { answerSeconds } = await parties.ask('ant', { tag: 'measures' });
    const signals = await parties.ask('bureau', { tag: 'signals', count: SIGNALS });
    return {
      backend: parties.backend(),
      figures: { rows, cohort: COHORT - 1, answerSeconds: answerSeconds!, ...cohort, ...signals },
      ratios: {},
    };
  } finally {
    await parties.stop();
  }
};
