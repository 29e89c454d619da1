import { parseArgs } from 'node:util';
import { curve } from './curve/curve.ts';
import { asText, type Case, report } from './report.ts';
import { scorecard } from './scorecard/scorecard.ts';

/** The cases by name; each has its folder. */
const CASES: Readonly<Record<string, Case>> = { curve, scorecard };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '15' } },
});
const [name] = positionals;
const run = name === undefined ? undefined : CASES[name];
const rounds = Number(values.rounds);
if (name === undefined || run === undefined || !(Number.isInteger(rounds) && rounds > 0)) {
  console.error(`usage: npm run bench -- CASE [--json] [--rounds N]\ncases: ${Object.keys(CASES).join(', ')}`);
  process.exitCode = 1;
} else {
  const result = report(name, await run({ rounds }));
  console.error(asText(result));
  if (values.json) console.log(JSON.stringify(result));
}
