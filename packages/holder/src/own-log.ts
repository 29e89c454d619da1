import {
  EMPTY_ROOT,
  type ExportFault,
  type FetchEntries,
  type LogSummary,
  openCheckpoint,
  verifyExportedLog,
} from '@vouchsafe/audit';
import { type Aborted, E, type Either, type StoreFault, type TaskEither, type Watch, withStore } from '@vouchsafe/core';
import { type CannotReadLog, keysOfLog, type LogFault, type LogIdentity, type StoredLog } from './store/index.ts';

/** A holder's own log, for its operator. What stands in it is what the auditor and the bureaus may read; no entry says who was asked about. */
export interface HolderLog {
  /** Encoded entries [from, from + count), fewer at the end and never more than a page. */
  readonly entries: (page: {
    readonly from: number;
    readonly count: number;
  }) => TaskEither<CannotReadLog | StoreFault, readonly Uint8Array[]>;
  /**
   * Checks the log from its first entry to its last as it is stored (every hash of the tree, every checkpoint and its signature), and once more as the auditor would: the entries against the signed head. The log may grow
   * meanwhile. Progress counts entries, twice each.
   */
  readonly verify: (watch?: Watch) => TaskEither<CannotVerifyLog, VerifiedLog>;
}

/** A log that holds, up to its signed head. */
export interface VerifiedLog {
  readonly size: number;
  /** RFC 6962 root over all entries, 32 bytes: what the auditor's and the bureaus' checkpoints of this size say, too. */
  readonly root: Uint8Array;
  /** What it says, in figures; none of an empty log. */
  readonly summary?: LogSummary | undefined;
}

/** Why a log could not be verified, or does not hold. */
export type CannotVerifyLog = LogFault | CannotReadLog | ExportFault | Aborted | StoreFault;

/** @param identity whose log it is now, and the key that signs it */
export const createHolderLog = (own: StoredLog, identity: () => LogIdentity): HolderLog => ({
  entries: (page) => () => withStore(() => own.entries(page)),
  verify:
    ({ onProgress, signal } = {}) =>
    () =>
      withStore(async (): Promise<Either<CannotVerifyLog, VerifiedLog>> => {
        const owner = identity();
        const log = { origin: owner.origin, publicKeys: keysOfLog(owner) };
        const before = await own.checkpoint();
        const expected = before === undefined ? E.right({ size: 0 }) : openCheckpoint(before, log);
        if (E.isLeft(expected)) return expected;
        const inHalf = (half: 0 | 1): Watch => ({
          signal,
          onProgress: ({ task, done, total }) => {
            const size = Math.max(total, expected.right.size);
            onProgress?.({ task, done: done + half * size, total: 2 * size });
          },
        });
        const stored = await own.verify(owner, inHalf(0))();
        if (E.isLeft(stored)) return stored;
        const checkpoint = await own.checkpoint();
        if (checkpoint === undefined) return E.right({ size: 0, root: EMPTY_ROOT });
        const head = openCheckpoint(checkpoint, log);
        if (E.isLeft(head)) return head;
        const fetch: FetchEntries<CannotReadLog> = (page) => () => own.entries(page);
        const summary = await verifyExportedLog({ fetch, checkpoint, log, watch: inHalf(1) })();
        if (E.isLeft(summary)) return summary;
        const { size, root } = head.right;
        return E.right({ size, root, summary: summary.right });
      }),
});
