import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';
import type { CurveBinary } from './curve-module.ts';
import type { CurveTask } from './curve-task.ts';
import type { WorkerStart } from './worker.ts';

/** Worker threads, each with an instance of one module. Idle ones do not keep the process alive. */
export interface CurvePool {
  /** Threads at most; they start with the first tasks. */
  readonly size: number;
  /** Runs one task; waits for a free worker. Whoever cuts a batch into tasks keeps few of them waiting (twice `size`). Rejects as the operation throws. */
  run(task: CurveTask): Promise<Uint8Array>;
  /** Stops the threads. Tasks still running reject; so does `run` from then on. */
  close(): Promise<void>;
}

/** Threads leave after this long without work, in milliseconds: their tables are worth keeping for a while. */
const IDLE_MS = 30_000;

/**
 * Copies of the arrays, to be moved to the thread: a view would take the whole buffer behind it along, and a copy that stays here would leave scalars lying about.
 * Messages are small and many: cloning is cheaper for them.
 */
const ownCopies = (args: CurveTask['args']): { readonly args: readonly unknown[]; readonly transferList: ArrayBuffer[] } => {
  const transferList: ArrayBuffer[] = [];
  const copies = args.map((arg: unknown) => {
    if (Array.isArray(arg)) return arg.map((message: Uint8Array) => message.slice());
    if (!(arg instanceof Uint8Array || arg instanceof Uint32Array)) return arg;
    const copy = new (arg instanceof Uint8Array ? Uint8Array : Uint32Array)(arg);
    transferList.push(copy.buffer);
    return copy;
  });
  return { args: copies, transferList };
};

/** Programs run from `dist`, since Node 20 cannot load TypeScript; tests run from `src`. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? '../dist/worker.js' : './worker.js', import.meta.url);

/**
 * Opens a pool of threads.
 * @param module the module that {@link chooseCurve} chose
 * @param size threads, by default one a core
 */
export const openCurvePool = ({
  module,
  size = availableParallelism(),
}: {
  readonly module: CurveBinary['name'];
  readonly size?: number | undefined;
}): CurvePool => {
  const workerData: WorkerStart = { module };
  const threads = new Tinypool({
    filename: workerFile.href,
    minThreads: 0,
    maxThreads: size,
    idleTimeout: IDLE_MS,
    isolateWorkers: false,
    // A parent's loaders and import conditions are not the worker's.
    execArgv: [],
    workerData,
  });
  let closed = false;
  // A worker that cannot start would leave its tasks waiting for ever.
  let failure: unknown;
  const waiting = new Set<(reason: unknown) => void>();
  threads.on('error', (error: unknown) => {
    failure = error;
    for (const reject of waiting) reject(error);
    void threads.destroy();
  });
  return {
    size,
    run: async (task) => {
      if (closed) throw new RangeError('this pool was closed: open another one');
      if (failure !== undefined) throw failure;
      const { args, transferList } = ownCopies(task.args);
      return new Promise<Uint8Array>((resolve, reject) => {
        waiting.add(reject);
        const settled = threads.run({ ...task, args }, { transferList }) as Promise<Uint8Array>;
        settled.then(resolve, reject).finally(() => waiting.delete(reject));
      });
    },
    close: async () => {
      closed = true;
      await threads.destroy();
    },
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
