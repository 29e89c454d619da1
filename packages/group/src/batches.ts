import type { Watch } from '@vouchsafe/core';
import type { Backend, BatchOperation, BatchPool, BatchTask } from './backend.ts';
import { inSlices, type Pace } from './slices.ts';
import { type Batch, type RowRange, spread } from './spread.ts';

/** From this many elements on a batch goes to the pool; below, sending it would cost as much as it gains. */
const POOL_WORTH = 512;
/** Operations that take about a microsecond an element: these few milliseconds are better spent here. */
const LIGHT: ReadonlySet<BatchOperation> = new Set(['hashToScalars', 'hashOutputs']);
const POOL_WORTH_LIGHT = 8192;

const NOTHING = new Uint8Array(0);

/** Runs batches: short ones in slices on this thread, long ones on a pool where there is one, as long as its threads run. */
export interface Batches {
  /** Hands the result of each piece to `collect`, with the piece's first row; pieces come in any order. */
  pieces(batch: Batch, collect: (from: number, result: Uint8Array) => void, watch?: Watch): Promise<void>;
  /** Lays the results of all rows behind each other. @param rowBytes bytes of result a row */
  laid(batch: Batch, rowBytes: number, watch?: Watch): Promise<Uint8Array>;
}

const perform = (backend: Backend, { operation, args }: BatchTask): Uint8Array =>
  (backend[operation] as (...list: readonly unknown[]) => Uint8Array)(...args);

/** Operations on messages: what a row takes depends on how long they are, so nothing is remembered of the last time. */
const hasMessages = ({ args }: BatchTask): boolean => Array.isArray(args[0]);

/** Progress of a part as progress of the whole. */
const onwards = (watch: Watch | undefined, before: number, total: number): Watch => ({
  signal: watch?.signal,
  onProgress: ({ task, done }) => watch?.onProgress?.({ task, done: before + done, total }),
});

export const createBatches = (backend: Backend, pool: BatchPool | undefined): Batches => {
  const paces = new Map<string, Pace>();
  const paceOf = (first: BatchTask, width: number): Pace => {
    if (hasMessages(first)) return {};
    const kind = `${first.operation} ${width}`;
    const pace = paces.get(kind) ?? {};
    paces.set(kind, pace);
    return pace;
  };
  const pieces: Batches['pieces'] = async (batch, collect, watch) => {
    const { rows, width, task } = batch;
    const worth = LIGHT.has(task(0, 0).operation) ? POOL_WORTH_LIGHT : POOL_WORTH;
    const pooled = pool !== undefined && rows * width >= worth;
    // Threads that do not run are no reason to fail: this one does what they left.
    const here: readonly RowRange[] = pooled ? await spread(batch, pool, collect, watch) : [[0, rows]];
    let before = rows - here.reduce((sum, [from, to]) => sum + to - from, 0);
    for (const [first, end] of here) {
      const work = (from: number, to: number): Uint8Array => {
        collect(first + from, perform(backend, task(first + from, first + to)));
        return NOTHING;
      };
      const pace = paceOf(task(first, first), width);
      await inSlices({ rows: end - first, rowBytes: 0, width, work, watch: onwards(watch, before, rows), pace });
      before += end - first;
    }
  };
  return {
    pieces,
    laid: async (batch, rowBytes, watch) => {
      const out = new Uint8Array(batch.rows * rowBytes);
      await pieces(batch, (from, result) => out.set(result, from * rowBytes), watch);
      return out;
    },
  };
};
