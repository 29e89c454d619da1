import { Worker } from 'node:worker_threads';
import type { Spec } from './specs.ts';

/** Draws charts in a thread of its own. */
export interface Plotter {
  /** @returns the SVG; none when it cannot be drawn in time: the page then has its tables only */
  readonly draw: (spec: Spec) => Promise<string | undefined>;
  readonly close: () => Promise<void>;
}

/** Charts that are kept: a page that shows the same figures again draws nothing. */
const KEPT = 24;
const PATIENCE_MS = 10_000;

// From the sources (in tests) the thread comes from what was built.
const workerFile = new URL(import.meta.url.endsWith('.ts') ? '../../dist/plots/worker.js' : './worker.js', import.meta.url);

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, (svg: string | undefined) => void>;
}

/** The thread begins at the first chart; one that fell over is replaced at the next. */
export const createPlotter = (): Plotter => {
  const kept = new Map<string, string>();
  let thread: Thread | undefined;
  let next = 0;

  const start = (): Thread => {
    const worker = new Worker(workerFile, {
      stdout: true,
      stderr: true,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    worker.unref();
    const started: Thread = { worker, waiting: new Map() };
    const fall = (): void => {
      if (thread === started) thread = undefined;
      for (const resolve of started.waiting.values()) resolve(undefined);
      started.waiting.clear();
    };
    worker.on('message', ({ id, svg }: { readonly id: number; readonly svg?: string }) => started.waiting.get(id)?.(svg));
    worker.on('error', fall);
    worker.on('exit', fall);
    return started;
  };

  const ask = (spec: Spec): Promise<string | undefined> => {
    thread ??= start();
    const { worker, waiting } = thread;
    const id = next++;
    return new Promise((resolve) => {
      const end = (svg: string | undefined): void => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(svg);
      };
      const timer = setTimeout(() => end(undefined), PATIENCE_MS);
      waiting.set(id, end);
      worker.postMessage({ id, spec });
    });
  };

  return {
    draw: async (spec) => {
      const key = JSON.stringify(spec);
      const svg = kept.get(key) ?? (await ask(spec));
      if (svg === undefined) return undefined;
      kept.delete(key);
      kept.set(key, svg);
      if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
      return svg;
    },
    close: async () => {
      await thread?.worker.terminate();
    },
  };
};
