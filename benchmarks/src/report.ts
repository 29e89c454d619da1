import type { Measurement } from './measurement.ts';
import { machine, revision } from './results/machine.ts';
import type { Machine } from './results/stamp.ts';

/** A row of a table that a case makes for a plot: names to figures, units in the names. */
export type TableRow = Readonly<Record<string, number | string | null>>;

/** What a case measured. Times are medians; ratios are peer time / our time in the same run. */
export interface Measured {
  /** What computed, e.g. the kernel's backend. */
  readonly backend: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
  /** The same with spread, size, bytes and memory; what the report plots and compares. */
  readonly measurements?: readonly Measurement[] | undefined;
  /** What is no time: rows for the report's plots, by name. */
  readonly tables?: Readonly<Record<string, readonly TableRow[]>> | undefined;
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
  /** A second size: of what is large beside it. */
  readonly large?: number | undefined;
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
  /** The revision that was measured. */
  readonly commit: string;
  readonly machine: Machine;
}

export const report = (name: string, measured: Measured): Report => ({
  case: name,
  commit: revision(),
  machine: machine(),
  ...measured,
});

const rounded = (x: number): string => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));

/** The report for people. */
export const asText = ({ case: name, machine: { node, cores, cpu }, backend, figures, ratios }: Report): string =>
  [
    `${name}: backend ${backend}, Node ${node}, ${cores} × ${cpu}`,
    ...Object.entries(figures).map(([key, x]) => `  ${key.padEnd(36)} ${rounded(x)}`),
    ...Object.entries(ratios).map(([key, x]) => `  ${key.padEnd(36)} ${rounded(x)} ×`),
  ].join('\n');
