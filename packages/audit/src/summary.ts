import { E } from '@vouchsafe/core';
import { type Leaf, readLeaf, type UnknownLeaf } from './leaf.ts';

/** Distinct groups of each kind that a summary keeps apart: a hostile log cannot fill the auditor's memory. */
const MAX_GROUPS = 10_000;
/** Gaps that a summary lists. */
const MAX_GAPS = 100;

/** What one querier asked for one purpose. */
export interface Asked {
  readonly querier: string;
  readonly kind: 'aggregate' | 'signal' | 'match';
  /** None for a `match` without one. */
  readonly purpose?: string | undefined;
  /** Queries, or batches of `match`. */
  readonly requests: number;
  /** Σ |X|: subjects asked about, each time anew. */
  readonly subjects: number;
}

/** What became of the sealing of tables for one querier. */
export interface Sealed {
  readonly querier: string;
  readonly stage: 'sent' | 'sealed' | 'refused';
  readonly leaves: number;
}

/** How often an auditor looked behind what one querier did. */
export interface Audited {
  readonly querier: string;
  /** `open`: logged queries; `sample`: rows of sealed tables. */
  readonly kind: 'open' | 'sample';
  readonly leaves: number;
  /** Subjects, or rows, that were to be shown. */
  readonly shown: number;
}

/** What a log says, in figures. Everything in it is public to whoever may read the log. */
export interface LogSummary {
  readonly size: number;
  readonly asked: readonly Asked[];
  readonly sealed: readonly Sealed[];
  readonly audited: readonly Audited[];
  /** Seconds since 1970, of the first and the last leaf with a time. */
  readonly time?: { readonly first: number; readonly last: number } | undefined;
  /** Times between two neighbouring leaves that are longer than asked for: the first 100. A log that was switched off for a while shows here. */
  readonly gaps: readonly { readonly index: number; readonly seconds: number }[];
  /** Leaves with a time before that of the leaf before them. */
  readonly backwards: number;
  /** Kinds and versions of a later release. */
  readonly unknown: readonly { readonly kind: string; readonly version: number; readonly leaves: number }[];
  /** Entries that are no leaf, which no holder of ours writes; and the first of them. */
  readonly unreadable: { readonly entries: number; readonly first?: number | undefined };
  /** Leaves that are not in the groups above, since there were more than 10,000 of them. */
  readonly ungrouped: number;
}

/** Takes a log's entries one by one, in their order. */
export interface SummaryOf {
  readonly add: (entry: Uint8Array) => void;
  readonly result: () => LogSummary;
}

/** @param gapSeconds a longer time between two leaves is listed */
export const createSummary = (gapSeconds: number): SummaryOf => {
  const asked = createGroups<Asked>();
  const sealed = createGroups<Sealed>();
  const audited = createGroups<Audited>();
  const unknown = createGroups<LogSummary['unknown'][number]>();
  const gaps: { readonly index: number; readonly seconds: number }[] = [];
  let size = 0;
  let time: { readonly first: number; readonly last: number } | undefined;
  let backwards = 0;
  let unreadable = 0;
  let firstUnreadable: number | undefined;

  const tick = (index: number, now: number): void => {
    const seconds = now - (time?.last ?? now);
    if (seconds < 0) backwards++;
    if (seconds > gapSeconds && gaps.length < MAX_GAPS) gaps.push({ index, seconds });
    time = { first: time?.first ?? now, last: now };
  };

  const count = (leaf: Leaf | UnknownLeaf): void => {
    if (leaf.leaf === 'unknown') {
      const { kind, version } = leaf;
      unknown.add([kind, version], (before) => ({ kind, version, leaves: (before?.leaves ?? 0) + 1 }));
    } else if (leaf.leaf === 'seal') {
      const { querier, stage } = leaf;
      sealed.add([querier, stage], (before) => ({ querier, stage, leaves: (before?.leaves ?? 0) + 1 }));
    } else if (leaf.leaf === 'open' || leaf.leaf === 'sample') {
      const { querier, leaf: kind } = leaf;
      const more = leaf.leaf === 'open' ? leaf.subjects : leaf.rows;
      audited.add([querier, kind], (before) => ({
        querier,
        kind,
        leaves: (before?.leaves ?? 0) + 1,
        shown: (before?.shown ?? 0) + more,
      }));
    } else {
      const { querier, purpose } = leaf;
      const [kind, subjects] =
        leaf.leaf === 'query' ? ([leaf.kind, leaf.cohortSize] as const) : (['match', leaf.elements] as const);
      asked.add([querier, kind, purpose ?? ''], (before) => ({
        querier,
        kind,
        purpose,
        requests: (before?.requests ?? 0) + 1,
        subjects: (before?.subjects ?? 0) + subjects,
      }));
    }
  };

  return {
    add: (entry) => {
      const index = size++;
      const leaf = readLeaf(entry);
      if (E.isLeft(leaf)) {
        unreadable++;
        firstUnreadable ??= index;
        return;
      }
      if (leaf.right.leaf !== 'unknown') tick(index, leaf.right.time);
      count(leaf.right);
    },
    result: () => ({
      size,
      asked: asked.all(),
      sealed: sealed.all(),
      audited: audited.all(),
      time,
      gaps,
      backwards,
      unknown: unknown.all(),
      unreadable: { entries: unreadable, first: firstUnreadable },
      ungrouped: asked.left() + sealed.left() + audited.left() + unknown.left(),
    }),
  };
};

interface Groups<A> {
  readonly add: (key: readonly (string | number)[], next: (before: A | undefined) => A) => void;
  /** In the order of their keys. */
  readonly all: () => readonly A[];
  readonly left: () => number;
}

const createGroups = <A>(): Groups<A> => {
  const groups = new Map<string, A>();
  let left = 0;
  return {
    add: (parts, next) => {
      // Names have no spaces.
      const key = parts.join(' ');
      if (groups.has(key) || groups.size < MAX_GROUPS) groups.set(key, next(groups.get(key)));
      else left++;
    },
    all: () => [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group),
    left: () => left,
  };
};
