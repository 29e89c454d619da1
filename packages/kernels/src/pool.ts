import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import { CURVES } from './choose.ts';
import { type CompiledCurve, type CurveBinary, compileCurve } from './curve-module.ts';
import type { CurveTask } from './curve-task.ts';
import { sendTask } from './sent-task.ts';

/** Worker threads, each with an instance of one module. Idle ones do not keep the process alive. */
export interface CurvePool {
  /** Threads at most; they start with the first tasks. */
  readonly size: number;
  /** Tasks under way or waiting: from `size` on nobody is idle, and a longer task is cheaper than two short ones. */
  readonly pending: number;
  /** Runs one task; waits for a free worker. Whoever cuts a batch into tasks keeps few of them waiting (twice `size`). Rejects as the operation throws (`RangeError`), or with {@link WorkersFailed}. */
  run(task: CurveTask): Promise<Uint8Array>;
  /** Stops the threads. Tasks still running reject; so does `run` from then on. */
  close(): Promise<void>;
}

/** Threads leave after this long without work, in milliseconds: their tables are worth keeping for a while. */
const IDLE_MS = 30_000;

/** No thread started, or one broke off: the pool does no more work, and whoever asked does it elsewhere. */
export class WorkersFailed extends Error {
  readonly _tag = 'WorkersFailed';

  constructor(cause: unknown) {
    super('worker threads do not start or broke off; the cause is in `cause`', { cause });
    this.name = 'WorkersFailed';
  }
}

/** Programs run from `dist`, since Node 20 cannot load TypeScript; tests run from `src`. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? '../dist/worker.js' : './worker.js', import.meta.url);

/**
 * Opens a pool of threads.
 * @param module the module that {@link chooseCurve} chose
 * @param size threads, by default one a core
 * @param file for tests: another program for the threads
 */
export const openCurvePool = ({
  module,
  size = availableParallelism(),
  file = workerFile,
}: {
  readonly module: CurveBinary['name'];
  readonly size?: number | undefined;
  readonly file?: URL;
}): CurvePool => {
  const workerData: CompiledCurve = compileCurve(CURVES.find(({ name }) => name === module)!);
  const threads = new Tinypool({
    filename: file.href,
    minThreads: 0,
    maxThreads: size,
    // A single thread has its next task before it ends the one before, and never waits for this one to send it. Several share what there is: a task that lies with one could be another's.
    concurrentTasksPerWorker: size === 1 ? 2 : 1,
    idleTimeout: IDLE_MS,
    isolateWorkers: false,
    // A parent's loaders and import conditions are not the worker's.
    execArgv: [],
    workerData,
  });
  /** Why the pool does no more work. */
  let over: Error | undefined;
  const waiting = new Set<(reason: Error) => void>();
  /**
   * A task whose worker does not start, or breaks off while the task waits for it, would wait for ever: all are told. Threads are stopped one by one, since
   * tinypool's own way out ends the process when a thread fails meanwhile (2.2.0: it listens on an emitter that cannot be left).
   */
  const end = async (reason: Error): Promise<void> => {
    if (over !== undefined) return;
    over = reason;
    for (const reject of waiting) reject(reason);
    await Promise.all(threads.threads.map((thread) => thread.terminate()));
  };
  const fail = (cause: unknown): void => void end(new WorkersFailed(cause));
  threads.on('error', fail);
  return {
    size,
    get pending() {
      return waiting.size;
    },
    run: async (task) => {
      if (over !== undefined) throw over;
      const { sent, transferList } = sendTask(task);
      return new Promise<Uint8Array>((resolve, reject) => {
        waiting.add(reject);
        const settled = threads.run(sent, { transferList }) as Promise<Uint8Array>;
        settled
          // What an operation throws is a caller's bug; anything else befell the thread.
          .then(resolve, (error: unknown) => (error instanceof RangeError ? reject(error) : fail(error)))
          .finally(() => waiting.delete(reject));
      });
    },
    close: () => end(new RangeError('this pool was closed: open another one')),
  };
};

const shared: Map<CurveBinary['name'], CurvePool> = new Map();

/**
 * The process's own pool for a module: made once, and again after {@link closeSharedPools}.
 * @returns undefined where the worker's file is not beside this one (a bundle), or there is one core only: the caller's thread does the work then
 */
export const sharedCurvePool = (module: CurveBinary['name']): CurvePool | undefined => {
  if (availableParallelism() < 2 || !existsSync(workerFile)) return undefined;
  const pool = shared.get(module) ?? openCurvePool({ module });
  shared.set(module, pool);
  return pool;
};

/** Stops the threads of all shared pools. */
export const closeSharedPools = async (): Promise<void> => {
  const pools = [...shared.values()];
  shared.clear();
  await Promise.all(pools.map((pool) => pool.close()));
};
