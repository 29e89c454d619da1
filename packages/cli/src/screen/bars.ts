import type { Progress } from '@vouchsafe/core';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { figure } from './figures.ts';

/** Bars that follow tasks. */
export interface Bars {
  readonly show: (progress: Progress) => void;
  /** Leaves them as they are, and gives the cursor back. */
  readonly end: () => void;
}

/** A bar for each task that reports progress; without a terminal a line for each that is done. */
export const bars = (stream: NodeJS.WriteStream): Bars => (stream.isTTY === true ? drawnBars(stream) : lines(stream));

const drawnBars = (stream: NodeJS.WriteStream): Bars => {
  const multi = new MultiBar(
    {
      stream,
      clearOnComplete: false,
      hideCursor: true,
      format: '  {task} {bar} {percentage} % | {value} of {total} | {rate} | {eta_formatted} left',
    },
    Presets.shades_classic,
  );
  const shown = new Map<string, SingleBar>();
  const rates = createRates();
  return {
    show: (progress) => {
      const { task, done, total } = progress;
      const facts = { task: task.padEnd(18), rate: rates.of(progress) };
      const bar = shown.get(task) ?? multi.create(Math.max(1, total), 0, facts);
      shown.set(task, bar);
      bar.setTotal(Math.max(1, total));
      bar.update(done, facts);
    },
    end: () => multi.stop(),
  };
};

const lines = (stream: NodeJS.WriteStream): Bars => {
  const ended = new Set<string>();
  const rates = createRates();
  return {
    show: (progress) => {
      const { task, done, total } = progress;
      const rate = rates.of(progress);
      if (done < total || total === 0 || ended.has(task)) return;
      ended.add(task);
      stream.write(`  ${task.padEnd(18)} ${done} of ${total}${rate === '' ? '' : `, ${rate}`}\n`);
    },
    end: () => undefined,
  };
};

/** How fast each task goes on since it was first heard of: work that was there before, e.g. of a run that was interrupted, does not count. */
const createRates = (): { readonly of: (progress: Progress) => string } => {
  const begun = new Map<string, { readonly done: number; readonly at: number }>();
  return {
    of: ({ task, done }) => {
      const now = performance.now();
      const first = begun.get(task) ?? { done, at: now };
      begun.set(task, first);
      const seconds = (now - first.at) / 1000;
      return seconds >= 0.1 && done > first.done ? `${figure((done - first.done) / seconds)}/s` : '';
    },
  };
};
