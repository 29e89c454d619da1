import type { Progress } from '@vouchsafe/core';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';

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
      format: '  {task} {bar} {percentage} % | {value} of {total} | {eta_formatted} left',
    },
    Presets.shades_classic,
  );
  const shown = new Map<string, SingleBar>();
  return {
    show: ({ task, done, total }) => {
      const bar = shown.get(task) ?? multi.create(Math.max(1, total), 0, { task: task.padEnd(18) });
      shown.set(task, bar);
      bar.setTotal(Math.max(1, total));
      bar.update(done, { task: task.padEnd(18) });
    },
    end: () => multi.stop(),
  };
};

const lines = (stream: NodeJS.WriteStream): Bars => {
  const ended = new Set<string>();
  return {
    show: ({ task, done, total }) => {
      if (done < total || total === 0 || ended.has(task)) return;
      ended.add(task);
      stream.write(`  ${task.padEnd(18)} ${done} of ${total}\n`);
    },
    end: () => undefined,
  };
};
