import { measurement } from '../measurement.ts';
import type { Case } from '../report.ts';
import { startParties } from './parties.ts';

/**
 * Sealing a table between two processes over loopback, one worker thread each. `seconds` is from the records to both streams done; the shuffle proof that follows is told apart. Kernel seconds and memory
 * are those of the streams.
 */
export const seal: Case = async ({ rows = 100_000, slots = 8 }) => {
  const parties = await startParties({ rows, slots });
  try {
    const sync = await parties.ask('bureau', { tag: 'sync' });
    const holder = await parties.ask('ant', { tag: 'measures' });
    const bureau = await parties.ask('bureau', { tag: 'measures' });
    const seconds = parties.loadSeconds + sync['streamSeconds']!;
    const slower = Math.max(holder['streamKernelSeconds']!, sync['streamKernelSeconds']!);
    const [rssHolder, rssBureau] = [holder['streamRss']!, sync['streamRss']!];
    const stored = await parties.stored('ant');
    return {
      backend: parties.backend(),
      figures: {
        rows,
        slots,
        seconds,
        loadSeconds: parties.loadSeconds,
        firstStreamSeconds: sync['firstStreamSeconds']!,
        kernelSecondsHolder: holder['streamKernelSeconds']!,
        kernelSecondsBureau: sync['streamKernelSeconds']!,
        rssHolder,
        rssBureau,
        storedPerRow: stored / rows,
        wirePerRow: sync['streamWire']! / rows,
        proofSeconds: sync['seconds']! - sync['streamSeconds']!,
        rssHolderWithProof: holder['rss']!,
        rssBureauWithProof: bureau['rss']!,
      },
      ratios: {
        'seconds/kernel': seconds / slower,
        // Loading is over before the bureau begins, and it is the slower one in the streams.
        'streams/kernel': sync['streamSeconds']! / sync['streamKernelSeconds']!,
      },
      measurements: [
        measurement({
          name: 'seal',
          backend: parties.backend(),
          n: rows,
          // One worker each of the holder and the bureau.
          threads: 2,
          warmUp: 0,
          seconds: [seconds],
          sent: sync['sent']!,
          received: sync['received']!,
          turns: sync['turns']!,
          rssMiB: Math.max(rssHolder, rssBureau),
          stored,
        }),
      ],
    };
  } finally {
    await parties.stop();
  }
};
