import { type Aborted, aborted, compareBytes, E, type Either, leafHash, type TaskEither, type Watch } from '@vouchsafe/core';
import { type LogIdentity, openCheckpoint } from './checkpoint.ts';
import {
  type BadCheckpoint,
  type BadExport,
  badExport,
  type LogForked,
  type LogRolledBack,
  logForked,
  logRolledBack,
} from './errors.ts';
import { openKnown } from './known.ts';
import { MAX_ENTRY_BYTES } from './leaf.ts';
import { MAX_PAGE_ENTRIES } from './log.ts';
import { createSummary, type LogSummary } from './summary.ts';
import { createGrowingTree } from './tree.ts';
import { createTurns } from './turns.ts';

/** A day: a longer time without a leaf is told. */
const GAP_SECONDS = 86_400;

/**
 * Fetches entries from `from` on, at least one and at most `count`: what a holder serves, or a file holds. Its reader has capped the bytes of a page already.
 */
export type FetchEntries<F> = (page: { readonly from: number; readonly count: number }) => TaskEither<F, readonly Uint8Array[]>;

/** Why entries, as they were served, are not the log that its holder signed; or the caller stopped. */
export type ExportFault = BadCheckpoint | BadExport | LogForked | LogRolledBack | Aborted;

/**
 * `audit verify`: checks that entries, as somebody serves them, are the log that its holder signed, and sums them up. Needs nothing of the holder's store. Progress counts entries.
 * @returns the summary; a fault of `fetch` as it is; or what does not fit
 */
export const verifyExportedLog =
  <F>({
    fetch,
    checkpoint,
    log,
    known = [],
    gapSeconds = GAP_SECONDS,
    watch,
  }: {
    readonly fetch: FetchEntries<F>;
    /** The signed note over all entries. */
    readonly checkpoint: Uint8Array;
    readonly log: LogIdentity;
    /** Signed notes of the same log from elsewhere: the auditor's own last one, those in bureaus' receipts. All must be on this one line. */
    readonly known?: readonly Uint8Array[] | undefined;
    readonly gapSeconds?: number | undefined;
    readonly watch?: Watch | undefined;
  }): TaskEither<F | ExportFault, LogSummary> =>
  async () => {
    const opened = openCheckpoint(checkpoint, log);
    if (E.isLeft(opened)) return opened;
    const { size, root } = opened.right;
    const others = openKnown([checkpoint, ...known], log);
    if (E.isLeft(others)) return others;
    if (others.right.largest > size) return E.left(logRolledBack({ seen: others.right.largest, size }));
    const tree = createGrowingTree();
    const summary = createSummary(gapSeconds);
    const goOn = createTurns(watch);
    let agreed = 0;
    let parted: number | undefined;
    while (tree.size() < size) {
      const entries = await fetchPage(fetch, tree.size(), size);
      if (E.isLeft(entries)) return entries;
      for (const entry of entries.right) {
        tree.append(leafHash(entry));
        summary.add(entry);
        const at = tree.size();
        if (others.right.has(at) && parted === undefined) {
          if (others.right.agrees(at, tree.root())) agreed = at;
          else parted = at;
        }
        if (!(await goOn())) return E.left(aborted);
      }
      if (watch?.signal?.aborted) return E.left(aborted);
      watch?.onProgress?.({ task: 'log', done: tree.size(), total: size });
    }
    // Entries that give another root than the signed one convict nobody: they can have been changed on the way.
    if (compareBytes(tree.root(), root) !== 0)
      return E.left(badExport(agreed, 'the entries do not give the root of the signed checkpoint'));
    // They do give it, but not that of another note that the holder signed: it has signed two logs.
    return parted === undefined ? E.right(summary.result()) : E.left(logForked(parted));
  };

const fetchPage = async <F>(
  fetch: FetchEntries<F>,
  from: number,
  size: number,
): Promise<Either<F | BadExport, readonly Uint8Array[]>> => {
  const count = Math.min(MAX_PAGE_ENTRIES, size - from);
  const page = await fetch({ from, count })();
  if (E.isLeft(page)) return page;
  if (page.right.length === 0) return E.left(badExport(from, 'the entries end before the checkpoint does'));
  if (page.right.length > count) return E.left(badExport(from, `more than the ${count} entries that were asked for came`));
  const long = page.right.findIndex((entry) => entry.length > MAX_ENTRY_BYTES);
  return long === -1 ? page : E.left(badExport(from + long, `an entry has more than ${MAX_ENTRY_BYTES} bytes`));
};
