import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { E } from '@vouchsafe/core';
import { CASES } from './cases.ts';
import { asText, type CaseOptions, report } from './report.ts';
import { decodeResults } from './results/results.ts';
import { runAll } from './results/run-all.ts';
import { writeReport } from './results/write-report.ts';

const readCall = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '15' },
      rows: { type: 'string' },
      slots: { type: 'string' },
      large: { type: 'string' },
      log2: { type: 'string' },
      folder: { type: 'string' },
      minutes: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      cases: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });

/** What was said; of what makes no sense, the reason. */
const called = ((): ReturnType<typeof readCall> | string => {
  try {
    return readCall();
  } catch (error) {
    return error instanceof Error ? error.message.split('. ')[0]! : 'the call makes no sense';
  }
})();
const { positionals, values } =
  typeof called === 'string' ? { positionals: [], values: {} as Partial<ReturnType<typeof readCall>['values']> } : called;
const count = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

/** Sizes as the command line says them; `undefined` when one is no size. */
const optionsOf = (): CaseOptions | undefined => {
  const { folder, only } = values;
  const sizes = {
    rows: count(values.rows),
    slots: count(values.slots),
    large: count(values.large),
    log2: count(values.log2),
    minutes: count(values.minutes),
  };
  const rounds = Number(values.rounds);
  const whole = (x: number | undefined): boolean => x === undefined || (Number.isInteger(x) && x > 0);
  return [rounds, ...Object.values(sizes)].every(whole) ? { rounds, ...sizes, folder, only } : undefined;
};

const usage = (): string =>
  [
    'npm run bench -- CASE [--json] [--rounds N] [--rows N] [--slots V] [--large N] [--log2 N] [--minutes N] [--folder DIR] [--only PART]',
    'npm run bench -- all [--quick] [--fresh] [--cases A,B] [--out DIR]   all cases, a file of results and a report; goes on where it was interrupted',
    'npm run bench -- report FILE [--out DIR]                             the report of a file of results, again',
    '',
    ...Object.entries(CASES).map(([name, { line }]) => `  ${name.padEnd(10)} ${line}`),
  ].join('\n');

const one = async (name: string): Promise<number> => {
  const entry = CASES[name];
  const options = values.quick ? entry?.quick : optionsOf();
  if (entry === undefined || options === undefined) {
    console.error(`${entry === undefined ? `there is no case "${name}"` : 'a size is a whole number above 0'}\n\n${usage()}`);
    return 1;
  }
  const result = report(name, await entry.run(options));
  console.error(asText(result));
  if (values.json) console.log(JSON.stringify(result));
  return 0;
};

const again = async (file: string): Promise<number> => {
  const results = decodeResults(await readFile(file, 'utf8'));
  if (E.isLeft(results)) {
    console.error(`${results.left.message}`);
    return 1;
  }
  for (const path of await writeReport(results.right, { out: values.out, json: file })) console.error(`written: ${path}`);
  return 0;
};

const main = async (): Promise<number> => {
  const [name, file] = positionals;
  if (typeof called === 'string') {
    console.error(`${called}\n\n${usage()}`);
    return 1;
  }
  if (name === undefined || values.help) {
    console.log(usage());
    return 0;
  }
  if (name === 'report' && file !== undefined) return again(file);
  if (name === 'all') {
    const { quick = false, fresh = false, cases, out } = values;
    return runAll({ quick, fresh, out, cases: cases?.split(',') });
  }
  return one(name);
};

process.exitCode = await main();
