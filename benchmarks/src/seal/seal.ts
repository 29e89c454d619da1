import { measurement } from '../measurement.ts';
import type { Case } from '../report.ts';
import { startParties } from './parties.ts';

/** Sealing a table between two processes over loopback, one worker thread each: from the records to a table in use. */
export const seal: Case = async ({ rows = 100_000, slots = 8 }) => {
  const parties = await startParties({ rows, slots });
  try {
    const { seconds, wire, sent, received, turns } = await parties.ask('bureau', { tag: 'sync' });
    const holder = await parties.ask('ant', { tag: 'measures' });
    const bureau = await parties.ask('bureau', { tag: 'measures' });
    const total = parties.loadSeconds + seconds!;
    const slower = Math.max(holder['kernelSeconds']!, bureau['kernelSeconds']!);
    const stored = await parties.stored('ant');
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
        storedPerRow: stored / rows,
        wirePerRow: wire! / rows,
      },
      ratios: { 'seconds/kernel': total / slower },
      measurements: [
        measurement({
          name: 'seal',
          backend: parties.backend(),
          n: rows,
          // One worker each of the holder and the bureau.
          threads: 2,
          warmUp: 0,
          seconds: [total],
          sent: sent!,
          received: received!,
          turns: turns!,
          rssMiB: Math.max(holder['rss']!, bureau['rss']!),
          stored,
        }),
      ],
    };
  } finally {
    await parties.stop();
  }
};
