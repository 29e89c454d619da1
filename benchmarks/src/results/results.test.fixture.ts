import { measurement } from '../measurement.ts';
import type { CaseResult, Result, Results } from './results.ts';
import type { Machine, Stamp } from './stamp.ts';

export const COMMIT: string = 'c0ffee'.padEnd(40, '0');

export const MACHINE: Machine = {
  node: '20.19.0',
  v8: '11.3',
  cpu: 'Some CPU',
  cores: 2,
  system: 'linux x64',
  memoryGiB: 8,
};

export const stampOf = (change: Partial<Stamp> = {}): Stamp => ({
  run: 'run-1',
  case: 'match',
  commit: COMMIT,
  at: '2026-01-02T03:04:05.000Z',
  machine: MACHINE,
  ...change,
});

/** A result of 1000 subjects. */
export const resultOf = (by: string, seconds: readonly number[], change: Partial<Result> = {}): Result => ({
  ...measurement({ name: 'match', by, backend: 'plain', n: 1000, warmUp: 1, seconds, sent: 100, received: 200, turns: 2 }),
  stamp: stampOf(),
  ...change,
});

export const caseOf = (results: readonly Result[], change: Partial<CaseResult> = {}): CaseResult => ({
  stamp: stampOf(),
  tookSeconds: 1,
  options: 'match --rounds 3',
  backend: 'plain',
  figures: { n: 1000 },
  ratios: { 'match/psi.js': 4 },
  results,
  tables: {},
  ...change,
});

export const resultsOf = (...cases: readonly CaseResult[]): Results => ({
  format: 'vouchsafe-benchmarks/1',
  quick: false,
  commit: COMMIT,
  machine: MACHINE,
  cases,
});
