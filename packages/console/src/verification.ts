import { E } from '@vouchsafe/core';
import type { HolderLog } from '@vouchsafe/holder';

/** A check of the holder's log: not begun, going on, or how it ended. Times in milliseconds since 1970. */
export type Verification =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly share: number }
  | {
      readonly state: 'good';
      readonly at: number;
      readonly ms: number;
      readonly size: number;
      /** RFC 6962 root, as checkpoints write it: base64. */
      readonly root: string;
      /** Times of more than a day between two entries; entries with a time before the one before them; entries that this release cannot read. */
      readonly gaps: number;
      readonly backwards: number;
      readonly unread: number;
    }
  /** `bad`: the log does not hold. `failed`: that was not found out, e.g. since the store cannot be read. */
  | {
      readonly state: 'bad' | 'failed';
      readonly at: number;
      readonly ms: number;
      readonly reason: string;
      readonly message: string;
    };

export interface Verifier {
  readonly now: () => Verification;
  /** Begins a check, unless one is going on. @returns when it has ended */
  readonly begin: () => Promise<void>;
  /** Breaks off the check that is going on. */
  readonly stop: () => Promise<void>;
}

export const createVerifier = (log: HolderLog, clock: () => number): Verifier => {
  let now: Verification = { state: 'none' };
  let running: Promise<void> | undefined;
  const stopped = new AbortController();
  const verify = async (): Promise<void> => {
    const started = performance.now();
    now = { state: 'running', share: 0 };
    const result = await log.verify({
      signal: stopped.signal,
      onProgress: ({ done, total }) => {
        now = { state: 'running', share: total > 0 ? done / total : 0 };
      },
    })();
    const how = { at: clock(), ms: Math.round(performance.now() - started) };
    if (E.isLeft(result)) {
      const { _tag: reason, message } = result.left;
      const state = reason.startsWith('Store') || reason === 'Aborted' ? 'failed' : 'bad';
      now = { state, ...how, reason, message };
      return;
    }
    const { size, root, summary } = result.right;
    now = {
      ...{ state: 'good', ...how, size, root: Buffer.from(root).toString('base64') },
      gaps: summary?.gaps.length ?? 0,
      backwards: summary?.backwards ?? 0,
      unread: (summary?.unreadable.entries ?? 0) + (summary?.unknown.reduce((sum, { leaves }) => sum + leaves, 0) ?? 0),
    };
  };
  return {
    now: () => now,
    begin: () => {
      running ??= verify()
        .catch(() => {
          // A fault that is no value is a bug, or a store that was closed meanwhile: its message could hold anything.
          now = {
            state: 'failed',
            at: clock(),
            ms: 0,
            reason: 'Failed',
            message: 'the check broke off; the holder’s log says more',
          };
        })
        .finally(() => {
          running = undefined;
        });
      return running;
    },
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
};
