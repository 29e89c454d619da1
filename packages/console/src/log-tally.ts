import { MAX_PAGE_ENTRIES, readLeaf } from '@vouchsafe/audit';
import { createPace, E } from '@vouchsafe/core';
import type { HolderLog } from '@vouchsafe/holder';

/** What one querier was answered for one purpose, since the log began. */
export interface TallyLine {
  readonly querier: string;
  readonly kind: QueryKind;
  /** Empty for a `match` without one. */
  readonly purpose: string;
  /** Queries, or batches of `match`. */
  readonly queries: number;
  /** Subjects asked about, each time anew; never how many were known. */
  readonly subjects: number;
  /** Of the last one, seconds since 1970. */
  readonly last: number;
}

export type QueryKind = 'aggregate' | 'signal' | 'match';

/** Answered queries of one day for one purpose. */
export interface DayLine {
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
  readonly purpose: string;
  readonly queries: number;
}

/** The log's answers, counted. */
export interface Activity {
  /** Entries counted so far. */
  readonly entries: number;
  /** False while there are more in the log, or when it could not be read. */
  readonly complete: boolean;
  /** Time of the first entry, seconds since 1970. */
  readonly first: number | undefined;
  readonly lines: readonly TallyLine[];
  /** Of the newest days that had answers. */
  readonly days: readonly DayLine[];
}

export interface LogTally {
  /** Counts what is new in the log, for `patienceMs` at most; what is left is counted next time. */
  readonly read: (patienceMs: number) => Promise<Activity>;
}

/** A policy has a thousand queriers at most, so this is never reached by an honest log. */
const MAX_LINES = 10_000;
const DAYS_KEPT = 62;
const SECONDS_A_DAY = 86_400;

/** Counts a holder's log as it grows: each entry is read once. Tells which entries there are, nothing that is committed to in them. */
export const createLogTally = (log: HolderLog): LogTally => {
  const lines = new Map<string, TallyLine>();
  const days = new Map<string, DayLine>();
  let entries = 0;
  let first: number | undefined;
  let newestDay = 0;

  const count = (entry: Uint8Array): void => {
    const read = readLeaf(entry);
    entries++;
    if (E.isLeft(read) || read.right.leaf === 'unknown') return;
    const leaf = read.right;
    first ??= leaf.time;
    if (leaf.leaf !== 'query' && leaf.leaf !== 'match') return;
    // Nothing was answered.
    if (leaf.leaf === 'match' && leaf.bulk?.outcome === 'refused') return;
    const { querier, purpose = '', time } = leaf;
    const [kind, subjects] =
      leaf.leaf === 'match' ? (['match', leaf.elements] as const) : ([leaf.kind, leaf.cohortSize] as const);
    // Names have no spaces.
    const key = `${querier} ${kind} ${purpose}`;
    const before = lines.get(key);
    if (before || lines.size < MAX_LINES)
      lines.set(key, {
        ...{ querier, kind, purpose },
        queries: (before?.queries ?? 0) + 1,
        subjects: (before?.subjects ?? 0) + subjects,
        last: Math.max(before?.last ?? 0, time),
      });
    countDay(Math.floor(time / SECONDS_A_DAY), purpose);
  };

  const countDay = (day: number, purpose: string): void => {
    if (day > newestDay) {
      newestDay = day;
      for (const [key, line] of days) if (line.day <= newestDay - DAYS_KEPT) days.delete(key);
    }
    if (day <= newestDay - DAYS_KEPT) return;
    const key = `${day} ${purpose}`;
    const before = days.get(key);
    if (before || days.size < MAX_LINES) days.set(key, { day, purpose, queries: (before?.queries ?? 0) + 1 });
  };

  /** @returns whether the end of the log was reached */
  const readOn = async (patienceMs: number): Promise<boolean> => {
    const until = performance.now() + patienceMs;
    const pace = createPace();
    while (performance.now() < until) {
      const page = await log.entries({ from: entries, count: MAX_PAGE_ENTRIES })();
      if (E.isLeft(page)) return false;
      for (const entry of page.right) {
        count(entry);
        if (pace.due()) await pace.rest();
      }
      if (page.right.length < MAX_PAGE_ENTRIES) return true;
    }
    return false;
  };

  let reading: Promise<boolean> | undefined;
  return {
    read: async (patienceMs) => {
      // Two readers at once would count entries twice.
      reading ??= readOn(patienceMs)
        // A store that was closed says so by throwing: what was counted stays.
        .catch(() => false)
        .finally(() => {
          reading = undefined;
        });
      const complete = await reading;
      return { entries, complete, first, lines: inOrder(lines), days: inOrder(days) };
    },
  };
};

const inOrder = <A>(map: ReadonlyMap<string, A>): readonly A[] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
