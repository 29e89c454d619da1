import type { Case } from '../report.ts';
import { startParties } from './parties.ts';

/** Sealing a table between two processes over loopback, one worker thread each: from the records to a table in use. */
export const seal: Case = async ({ rows = 100_000, slots = 8 }) => {
  const parties = await startParties({ rows, slots });
  try {
    const { seconds, wire } = await parties.ask('bureau', { tag: 'sync' });
    const holder = await parties.ask('ant', { tag: 'measures' });
    const bureau = await parties.ask('bureau', { tag: 'measures' });
    const total = parties.loadSeconds + seconds!;
    const slower = Math.max(holder['kernelSeconds']!, bureau['kernelSeconds']!);
    return {
      backend: parties.backend(),
      figures: {
        rows,
        slots,
        seconds: total,
        loadSeconds: parties.loadSeconds,
        kernelSecondsHolder: holder['kernelSeconds']!,
        kernelSecondsBureau: bureau['kernelSeconds']!,
        rssHolder: holder['rss']!,
        rssBureau: bureau['rss']!,
        storedPerRow: (await parties.stored('ant')) / rows,
        wirePerRow: wire! / rows,
      },
      ratios: { 'seconds/kernel': total / slower },
    };
  } finally {
    await parties.stop();
  }
};
