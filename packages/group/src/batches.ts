import type { Watch } from '@vouchsafe/core';
import type { Backend, BatchPool, BatchTask } from './backend.ts';
import { inSlices } from './slices.ts';
import { type Batch, spread } from './spread.ts';

/** From this many elements on a batch goes to the pool; below, sending it would cost as much as it gains. */
const POOL_WORTH = 1024;

const NOTHING = new Uint8Array(0);

/** Runs batches: short ones in slices on this thread, long ones on a pool where there is one. */
export interface Batches {
  /** Hands the result of each piece to `collect`, with the piece's first row; pieces come in any order. */
  pieces(batch: Batch, collect: (from: number, result: Uint8Array) => void, watch?: Watch): Promise<void>;
  /** Lays the results of all rows behind each other. @param rowBytes bytes of result a row */
  laid(batch: Batch, rowBytes: number, watch?: Watch): Promise<Uint8Array>;
}

const perform = (backend: Backend, { operation, args }: BatchTask): Uint8Array =>
  (backend[operation] as (...list: readonly unknown[]) => Uint8Array)(...args);

export const createBatches = (backend: Backend, pool: BatchPool | undefined): Batches => {
  const pieces: Batches['pieces'] = async (batch, collect, watch) => {
    const { rows, width, task } = batch;
    if (pool !== undefined && rows * width >= POOL_WORTH) return spread(batch, pool, collect, watch);
    const work = (from: number, to: number): Uint8Array => {
      collect(from, perform(backend, task(from, to)));
      return NOTHING;
    };
    await inSlices({ rows, rowBytes: 0, work, watch });
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
