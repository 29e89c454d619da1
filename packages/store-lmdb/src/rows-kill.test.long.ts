import { describe, it } from 'vitest';
import { killRowsRounds } from './rows-kill.test.rounds.ts';
import { inFolder } from './store.test.process.ts';

describe('rows with budgets, whose holder is killed again and again', () => {
  for (let run = 0; run < 20; run++)
    it(
      `spend exactly what they have, run ${run}`,
      inFolder((folder) => killRowsRounds(folder, { rows: 1000, cap: 30 })),
      600_000,
    );
});
