import type { Figures } from '../seal/messages.ts';

/** Signals a second while it lasts: half of what the holder can, so that the next ones can be made meanwhile. */
const PER_SECOND = 100;
/** Signals between two looks at the heap. */
const BATCH = 1000;

/**
 * Load for some minutes. Does the heap grow? By the slope of a line through its sizes, each after a collection.
 * @returns `heapSlopeKiBPerMinute`, `heapMiB` at the end, `soakSignals`, `soakFailed`, `soakP99Ms`
 */
export const soak = async ({
  minutes,
  heap,
  load,
}: {
  readonly minutes: number;
  readonly heap: () => Promise<Figures>;
  readonly load: (count: number, perSecond: number) => Promise<Figures>;
}): Promise<Figures> => {
  const began = performance.now();
  const points: { readonly minute: number; readonly bytes: number }[] = [];
  let [signals, failed, worst] = [0, 0, 0];
  while (performance.now() - began < minutes * 60_000) {
    const batch = await load(BATCH, PER_SECOND);
    signals += batch['sent']!;
    failed += batch['failed']!;
    worst = Math.max(worst, batch['p99Ms']!);
    const { heapUsed, rss } = await heap();
    points.push({ minute: (performance.now() - began) / 60_000, bytes: heapUsed! });
    console.error(
      `  minute ${points.at(-1)!.minute.toFixed(1)}: ${signals} signals, heap ${(heapUsed! / 2 ** 20).toFixed(1)} MiB, RSS ${(rss! / 2 ** 20).toFixed(0)} MiB`,
    );
  }
  // The first minute is the engine's: it still compiles and fills its caches.
  const settled = points.filter(({ minute }) => minute > 1);
  return {
    soakMinutes: minutes,
    soakSignals: signals,
    soakFailed: failed,
    soakP99Ms: worst,
    heapMiB: points.at(-1)!.bytes / 2 ** 20,
    heapSlopeKiBPerMinute: slopeOf(settled) / 1024,
  };
};

/** Least squares: bytes a minute. */
const slopeOf = (points: readonly { readonly minute: number; readonly bytes: number }[]): number => {
  const mean = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(({ minute }) => minute), mean(({ bytes }) => bytes)];
  return mean((p) => (p.minute - x) * (p.bytes - y)) / mean((p) => (p.minute - x) ** 2);
};
