import { createGroup } from '@vouchsafe/group';
import { DEFAULT_TICK, NO_TICK } from '@vouchsafe/holder';
import { createDice, findTiming, syntheticRid } from '@vouchsafe/testkit';
import type { Case } from '../report.ts';
import { unwrap } from '../turns/in-process.ts';
import { type Build, makeStored, PURPOSE, SCHEME, type Watched } from './federation.ts';
import { skipZeroRows } from './skip-zero-rows.ts';

/** Runs of each class, and runs before them that are not counted. */
const RUNS = 500;
const WARM = 50;
const COHORT = 40;
const COLUMNS = ['present', 'loans', 'late'];

/** Asks about people whom the watched holder knows (class 0) or does not (class 1). */
type Ask = (watched: Watched, subjects: readonly number[], run: number) => Promise<void>;

const aggregate: Ask = async ({ querier }, subjects, repeat) => {
  const cohort = subjects.map((id) => ({ national_id: syntheticRid(id) }));
  unwrap(await querier.aggregate({ scheme: SCHEME, purpose: PURPOSE, cohort, columns: COLUMNS, epsilon: 1, repeat })());
};

const signal: Ask = async ({ querier }, [id]) => {
  const subject = { national_id: syntheticRid(id!) };
  unwrap(await querier.signal({ scheme: SCHEME, purpose: PURPOSE, subject, columns: COLUMNS })());
};

/** What is measured by name: the build that is used, and builds that show whether the measure is any good. */
const PARTS: Readonly<Record<string, { readonly build: Build; readonly ask: Ask; readonly size: number }>> = {
  aggregate: { build: { tick: DEFAULT_TICK, rowBudgets: true }, ask: aggregate, size: COHORT },
  signal: { build: { tick: DEFAULT_TICK, rowBudgets: true }, ask: signal, size: 1 },
  aggregateNoTick: { build: { tick: NO_TICK, rowBudgets: true }, ask: aggregate, size: COHORT },
  signalNoTick: { build: { tick: NO_TICK, rowBudgets: true }, ask: signal, size: 1 },
  skipZeroRowsNoTick: {
    build: { tick: NO_TICK, group: skipZeroRows(createGroup()), rowBudgets: true },
    ask: aggregate,
    size: COHORT,
  },
};

/**
 * Can a bureau tell from the time of a holder's answer whether the holder knows a cohort? Matched and unmatched cohorts in random order, 1,000 in all, timed as the bureau sees them, in one process: less
 * disturbs the measure than on any network. |t| above 4.5 says yes. For a build that adds up only what matched, and has no tick, it has to say yes, or the measure sees nothing.
 */
export const timing: Case = async ({ rows = 1500, only }) => {
  const stored = await makeStored(rows);
  const figures: Record<string, number> = { rows, runs: RUNS, cohort: COHORT };
  const dice = createDice('timing');
  try {
    let run = 0;
    for (const [name, { build, ask, size }] of Object.entries(PARTS)) {
      if (only !== undefined && only !== name) continue;
      const watched = await stored.open(build);
      const times: [number[], number[]] = [[], []];
      const left = [RUNS, RUNS];
      const asked = new Set<number>();
      for (let warm = 0; left[0]! + left[1]! > 0; warm++) {
        const kind = dice.below(left[0]! + left[1]!) < left[0]! ? 0 : 1;
        const subjects = new Set<number>();
        while (subjects.size < size) {
          const id = kind * rows + dice.below(rows);
          // A signal about somebody who was asked about before is answered from the store.
          if (size > 1 || !asked.has(id)) subjects.add(id);
          if (size === 1) asked.add(id);
        }
        await ask(watched, [...subjects], run++);
        if (warm < WARM) continue;
        times[kind].push(watched.lastMs());
        left[kind]!--;
      }
      const { t, cropped, medians } = findTiming(...times);
      figures[`${name}T`] = t;
      figures[`${name}Cropped`] = cropped;
      figures[`${name}MatchedMs`] = medians[0];
      figures[`${name}UnmatchedMs`] = medians[1];
      figures[`${name}Late`] = watched.late();
      console.error(name, { t, cropped, medians, late: watched.late() });
      await watched.close();
    }
  } finally {
    await stored.tidy();
  }
  return { backend: createGroup().backend, figures, ratios: {} };
};
