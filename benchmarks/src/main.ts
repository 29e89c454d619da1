import { parseArgs } from 'node:util';
import { bulk } from './bulk/bulk.ts';
import { curve } from './curve/curve.ts';
import { log } from './log/log.ts';
import { match } from './match/match.ts';
import { query } from './query/query.ts';
import { asText, type Case, report } from './report.ts';
import { rows as rowBudgets } from './rows/rows.ts';
import { scorecard } from './scorecard/scorecard.ts';
import { seal } from './seal/seal.ts';
import { shuffle } from './shuffle/shuffle.ts';
import { timing } from './timing/timing.ts';
import { turns } from './turns/turns.ts';

/** The cases by name; each has its folder. */
const CASES: Readonly<Record<string, Case>> = {
  bulk,
  curve,
  log,
  match,
  query,
  rows: rowBudgets,
  scorecard,
  seal,
  shuffle,
  timing,
  turns,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    rows: { type: 'string' },
    slots: { type: 'string' },
    log2: { type: 'string' },
    folder: { type: 'string' },
    only: { type: 'string' },
  },
});
const [name] = positionals;
const run = name === undefined ? undefined : CASES[name];
const count = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
const rounds = Number(values.rounds);
const [rows, slots, log2] = [count(values.rows), count(values.slots), count(values.log2)];
const whole = (x: number | undefined): boolean => x === undefined || (Number.isInteger(x) && x > 0);
if (name === undefined || run === undefined || ![rounds, rows, slots, log2].every(whole)) {
  console.error(`usage: npm run bench -- CASE [--json] [--rounds N] [--rows N] [--slots V] [--log2 N] [--folder DIR] [--only PART]
cases: ${Object.keys(CASES).join(', ')}`);
  process.exitCode = 1;
} else {
  const result = report(name, await run({ rounds, rows, slots, log2, folder: values.folder, only: values.only }));
  console.error(asText(result));
  if (values.json) console.log(JSON.stringify(result));
}
