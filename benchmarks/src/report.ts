import { availableParallelism, cpus } from 'node:os';

/** What a case measured. Times are medians; ratios are peer time / our time in the same run. */
export interface Measured {
  /** What computed, e.g. the kernel's backend. */
  readonly backend: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
}

/** One benchmark; it writes progress to standard error. */
export type Case = (options: CaseOptions) => Promise<Measured>;

/** What the command line says; a case uses what concerns it. */
export interface CaseOptions {
  /** Rounds of repeated measurements. */
  readonly rounds: number;
  /** The size: rows of a table, slots a row. */
  readonly rows?: number | undefined;
  readonly slots?: number | undefined;
  /** The size as a power of two. */
  readonly log2?: number | undefined;
  /** Where files stay for the next run; by default they are deleted. */
  readonly folder?: string | undefined;
  /** How long a soak goes on; none by default. */
  readonly minutes?: number | undefined;
  /** One part of the case only. */
  readonly only?: string | undefined;
}

/** The object that `--json` prints as the last line of standard output. */
export interface Report extends Measured {
  readonly case: string;
  readonly machine: { readonly node: string; readonly v8: string; readonly cpu: string; readonly cores: number };
}

export const report = (name: string, measured: Measured): Report => ({
  case: name,
  machine: {
    node: process.versions.node,
    v8: process.versions.v8,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
  },
  ...measured,
});

const rounded = (x: number): string => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));

/** The report for people. */
export const asText = ({ case: name, machine, backend, figures, ratios }: Report): string =>
  [
    `${name}: backend ${backend}, Node ${machine.node}, ${machine.cores} × ${machine.cpu}`,
    ...Object.entries(figures).map(([key, x]) => `  ${key.padEnd(36)} ${rounded(x)}`),
    ...Object.entries(ratios).map(([key, x]) => `  ${key.padEnd(36)} ${rounded(x)} ×`),
  ].join('\n');
