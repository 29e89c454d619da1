import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Machine } from './stamp.ts';

export const machine = (): Machine => ({
  node: process.versions.node,
  v8: process.versions.v8,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  system: `${process.platform} ${process.arch}`,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
});

/** A name for files: CPU and cores, e.g. `intel-xeon-2.10ghz-2-cores`. */
export const machineName = ({ cpu, cores }: Machine): string => {
  const name = cpu
    .toLowerCase()
    .replaceAll(/\((r|tm)\)|\bcpu\b|\bprocessor\b|@/g, ' ')
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return `${name}-${cores}-cores`;
};

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', import.meta.dirname, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** The revision that runs. What lies in the folder of results does not count as a change. */
export const revision = (): string => {
  try {
    const changed = git('status', '--porcelain', '--', ':/', ':(top,exclude)benchmarks/results') !== '';
    return `${git('rev-parse', 'HEAD')}${changed ? '-changed' : ''}`;
  } catch {
    return 'unknown';
  }
};
