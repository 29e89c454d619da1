import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASES } from '../cases.ts';
import type { CaseOptions, Report } from '../report.ts';
import { kept } from './kept.ts';
import { machine, machineName, revision } from './machine.ts';
import type { CaseResult, Results } from './results.ts';
import type { Stamp } from './stamp.ts';
import { RESULTS_FOLDER, writeReport } from './write-report.ts';

/** What the command line says of a whole run. */
export interface AllOptions {
  readonly quick: boolean;
  /** Measures everything anew, whatever an interrupted run left. */
  readonly fresh: boolean;
  /** All of them by default. */
  readonly cases?: readonly string[] | undefined;
  readonly out?: string | undefined;
}

const main = fileURLToPath(new URL('../main.js', import.meta.url));

/** A case's sizes as one would type them. */
const flags = (options: CaseOptions): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));

/** Runs one case in a process of its own, so that cases share neither memory nor compiled code. @throws Error when it fails */
const runCase = async (name: string, options: CaseOptions, commit: string): Promise<CaseResult> => {
  const typed = [name, ...flags(options)];
  const at = new Date().toISOString();
  const start = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, main, ...typed, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A case ends with the run that it belongs to.
  const stop = (): void => {
    child.kill();
    process.exit(1);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const ended = once(child, 'close') as Promise<[number | null]>;
  let text = '';
  for await (const piece of child.stdout.setEncoding('utf8')) text += piece;
  const [code] = await ended;
  process.off('SIGINT', stop).off('SIGTERM', stop);
  if (code !== 0) throw new Error(`case ${name} ended with code ${code}; its output stands above`);
  const said = JSON.parse(text.trim().split('\n').at(-1)!) as Report;
  const stamp: Stamp = { run: randomUUID(), case: name, commit, at, machine: said.machine };
  return {
    stamp,
    tookSeconds: Math.round((performance.now() - start) / 100) / 10,
    options: typed.join(' '),
    backend: said.backend,
    figures: said.figures,
    ratios: said.ratios,
    results: (said.measurements ?? []).map((one) => ({ ...one, stamp })),
    tables: said.tables ?? {},
  };
};

/**
 * Runs the cases one after the other and writes a file of results and the report. Each finished case is kept at once: after an interrupt the same command goes on with the
 * next one, as long as revision, machine and sizes are the same.
 * @returns the exit code
 */
export const runAll = async ({ quick, fresh, cases, out }: AllOptions): Promise<number> => {
  const stray = cases?.find((name) => !(name in CASES));
  if (stray !== undefined) {
    console.error(`there is no case "${stray}"; there are ${Object.keys(CASES).join(', ')}`);
    return 1;
  }
  const names = Object.keys(CASES).filter((name) => cases?.includes(name) ?? true);
  const here = machine();
  const commit = revision();
  if (!quick && !/^[0-9a-f]{40}$/.test(commit))
    console.error('files differ from the revision: these results can be looked at, but nobody else can reproduce them');
  const folder = out ?? (quick ? join(RESULTS_FOLDER, 'quick') : RESULTS_FOLDER);
  const unfinished = join(folder, `unfinished-${quick ? 'quick' : machineName(here)}`);
  if (fresh) await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const done: CaseResult[] = [];
  for (const [i, name] of names.entries()) {
    const entry = CASES[name]!;
    const options = quick ? entry.quick : entry.full;
    const file = join(unfinished, `${name}.json`);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const before = kept(text, { commit, machine: here, options: [name, ...flags(options)].join(' ') });
    const left = names.slice(i).reduce((sum, one) => sum + CASES[one]!.minutes, 0);
    console.error(
      `[${i + 1}/${names.length}] ${name}: ${before ? 'kept' : quick ? 'quick' : `about ${entry.minutes} min, ${left} to the end`}`,
    );
    const result = before ?? (await runCase(name, options, commit));
    // Under its name only when it is whole.
    await writeFile(`${file}.part`, JSON.stringify(result));
    await rename(`${file}.part`, file);
    done.push(result);
  }
  const results: Results = { format: 'vouchsafe-benchmarks/1', quick, commit, machine: here, cases: done };
  const date = done[0]!.stamp.at.slice(0, 10);
  const json = join(folder, `${date}-${machineName(here)}.json`);
  await writeFile(json, `${JSON.stringify(results, null, 1)}\n`);
  for (const path of [json, ...(await writeReport(results, { out: folder, json }))]) console.error(`written: ${path}`);
  await rm(unfinished, { recursive: true });
  return 0;
};
