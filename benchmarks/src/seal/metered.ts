import { readFileSync } from 'node:fs';
import { type BatchPool, createGroup, type Group, openBackend } from '@vouchsafe/group';
import { openCurvePool } from '@vouchsafe/kernels';

/** A group with one worker thread that tells how long the thread had work. */
export interface MeteredGroup {
  readonly group: Group;
  readonly backend: string;
  /** Seconds in which the worker had at least one task: with one thread, its computing time. */
  readonly kernelSeconds: () => number;
}

/** @throws Error where no compiled backend runs: there is nothing to measure then */
export const meteredGroup = (): MeteredGroup => {
  const { name } = openBackend()!;
  if (name !== 'plain' && name !== 'relaxed') throw new Error('no compiled backend runs here');
  const inner = openCurvePool({ module: name, size: 1 });
  let going = 0;
  let since = 0;
  let total = 0;
  const pool: BatchPool = {
    size: 1,
    get pending() {
      return inner.pending;
    },
    run: async (task) => {
      if (going++ === 0) since = performance.now();
      try {
        return await inner.run(task);
      } finally {
        if (--going === 0) total += performance.now() - since;
      }
    },
  };
  return { group: createGroup({ backend: name, pool }), backend: name, kernelSeconds: () => total / 1000 };
};

/** Samples this process's anonymous memory, and gives the most that it saw, in MiB. Linux tells it; elsewhere it is the whole resident size. */
export const watchMemory = (): { readonly peak: () => number } => {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, anonymousMib());
  };
  setInterval(look, 100).unref();
  return {
    peak: () => {
      look();
      return Math.round(peak);
    },
  };
};

const anonymousMib = (): number => {
  try {
    const [, kib] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))!;
    return Number(kib) / 1024;
  } catch {
    return process.memoryUsage.rss() / 2 ** 20;
  }
};
