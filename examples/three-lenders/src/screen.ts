import type { Progress } from '@vouchsafe/core';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import Table from 'cli-table3';

// Everything for people goes to standard error; standard output is for the JSON line.

/** One line. */
export const line = (text = ''): void => void process.stderr.write(`${text}\n`);

/** A heading. */
export const title = (text: string): void => line(`\n${text}\n${'─'.repeat(text.length)}`);

/** A table with a header row. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): void => {
  const drawn = new Table({ head: [...head], style: { head: [], border: [] } });
  drawn.push(...rows.map((row) => [...row]));
  line(drawn.toString());
};

/** A bar for each task that reports progress; without a terminal a line for each that is done. */
export const bars = (): { readonly show: (progress: Progress) => void; readonly end: () => void } => {
  const terminal = process.stderr.isTTY === true;
  const multi = new MultiBar(
    {
      stream: process.stderr,
      clearOnComplete: false,
      hideCursor: true,
      format: '  {task} {bar} {percentage} % | {value} of {total} | {eta_formatted} left',
    },
    Presets.shades_classic,
  );
  const shown = new Map<string, SingleBar>();
  const done = new Set<string>();
  return {
    show: ({ task, done: value, total }) => {
      if (!terminal) {
        if (value >= total && total > 0 && !done.has(task)) line(`  ${task.padEnd(18)} ${value} of ${total}`);
        if (value >= total && total > 0) done.add(task);
        return;
      }
      const bar = shown.get(task) ?? multi.create(Math.max(1, total), 0, { task: task.padEnd(18) });
      shown.set(task, bar);
      bar.setTotal(Math.max(1, total));
      bar.update(value, { task: task.padEnd(18) });
    },
    end: () => multi.stop(),
  };
};

/** 12,345.6 */
export const figure = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** 1.2 MB */
export const size = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${figure(bytes / 1e3, 1)} kB` : `${figure(bytes / 1e6, 2)} MB`;
