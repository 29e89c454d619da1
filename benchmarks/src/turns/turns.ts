import { createGroup } from '@vouchsafe/group';
import type { Case } from '../report.ts';
import { makeSetting, PURPOSE, SCHEME, unwrap } from './in-process.ts';
import { watchTurns } from './longest.ts';

/** Of each of the two holders, and subjects of a query. */
const CUSTOMERS = 3000;
const COHORT = 3000;
const MOST_ROUNDS = 3;

/**
 * How long the event loop waits for its turn while a holder loads its records, a bureau syncs with two holders, matches and asks for totals, all in one process: the
 * longest wait of each step. The least of several rounds counts: a stop of ours comes back every time, one that the machine's other work makes does not. The first
 * round, in which the engine has optimised nothing yet, has a figure of its own.
 */
export const turns: Case = async ({ rounds, rows = CUSTOMERS }) => {
  const { subjects, open, tidy } = await makeSetting(rows);
  // Node loads its own HTTP client when it is used first, which takes some 40 ms: a server has done so before.
  new Request('http://localhost');
  const cohort = subjects.slice(0, Math.min(COHORT, rows));
  const longest: Record<string, number[]> = { load: [], sync: [], match: [], aggregate: [], signal: [] };
  const step = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    longest[name]!.push((await watchTurns(work)).longestMs);
  };
  for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round++) {
    const { holders, querier } = await open();
    const columns = ['present', 'outstanding', 'worstStatus'];
    const question = { scheme: SCHEME, purpose: PURPOSE };
    await step('load', async () => {
      for (const holder of holders) unwrap(await holder.load()());
    });
    await step('sync', async () => unwrap(await querier.sync()()));
    await step('match', async () => unwrap(await querier.match({ scheme: SCHEME, subjects: cohort })()));
    await step('aggregate', async () => unwrap(await querier.aggregate({ ...question, cohort, columns, epsilon: 1 })()));
    await step('signal', async () => unwrap(await querier.signal({ ...question, subject: cohort[0]!, columns })()));
    await Promise.all([querier.close(), ...holders.map((holder) => holder.close())]);
  }
  await tidy();
  const least = Object.entries(longest).map(([name, ms]) => [`${name}LongestMs`, Math.min(...ms)] as const);
  return {
    backend: createGroup().backend,
    figures: {
      customers: rows,
      cohort: cohort.length,
      ...Object.fromEntries(least),
      longestBlockMs: Math.max(...least.map(([, ms]) => ms)),
      firstRoundLongestMs: Math.max(...Object.values(longest).map(([first]) => first!)),
    },
    ratios: {},
  };
};
