import type { Statement } from '@vouchsafe/audit/statement';
import { E } from '@vouchsafe/core';
import type { Holder } from '@vouchsafe/holder';
import { atMost } from './at-most.ts';
import { type Month, periodOf } from './month.ts';

/** What the holder contributed in a month, by its own account; `pending` while its log is read, which takes seconds where it is long. */
export type StatementView =
  | { readonly state: 'pending'; readonly month: Month }
  | { readonly state: 'there'; readonly month: Month; readonly statement: Statement }
  | { readonly state: 'failed'; readonly month: Month; readonly message: string };

export interface Statements {
  /** Waits for so many milliseconds at most. */
  readonly of: (month: Month, patienceMs: number) => Promise<StatementView>;
  /** When nothing is being read. */
  readonly settled: () => Promise<void>;
}

/** A statement reads the whole log, so it is not made anew before this many times what the last one took; counter-signatures that come in meanwhile show then. */
const REST = 20;
const MIN_REST_MS = 2000;
/** Months that are kept. */
const KEPT = 6;

interface Made {
  readonly view: StatementView;
  readonly goodUntil: number;
}

export const createStatements = (holder: Pick<Holder, 'statement'>): Statements => {
  const made = new Map<Month, Made>();
  let making: { readonly month: Month; readonly done: Promise<void> } | undefined;

  const make = async (month: Month): Promise<void> => {
    const started = performance.now();
    const report = await holder.statement(periodOf(month))();
    const view: StatementView = E.isLeft(report)
      ? { state: 'failed', month, message: report.left.message }
      : { state: 'there', month, statement: report.right.statement };
    const ended = performance.now();
    made.delete(month);
    made.set(month, { view, goodUntil: ended + Math.max(MIN_REST_MS, REST * (ended - started)) });
    if (made.size > KEPT) made.delete(made.keys().next().value!);
  };

  return {
    of: async (month, patienceMs) => {
      const known = made.get(month);
      if (known && performance.now() < known.goodUntil) return known.view;
      // One at a time: whoever flips through the months does not pile up readings of the log.
      making ??= {
        month,
        done: make(month)
          .catch(() => void made.set(month, failed(month)))
          .finally(() => {
            making = undefined;
          }),
      };
      await atMost(making.done, patienceMs);
      return made.get(month)?.view ?? { state: 'pending', month };
    },
    settled: async () => making?.done,
  };
};

/** What was thrown could hold anything. */
const failed = (month: Month): Made => ({
  view: { state: 'failed', month, message: 'the log could not be read; the holder’s own log says more' },
  goodUntil: performance.now() + MIN_REST_MS,
});
