import { describe, it } from 'vitest';
import { killRowsRounds } from './rows-kill.test.rounds.ts';
import { inFolder } from './store.test.process.ts';

describe('rows with budgets, whose holder is killed', () => {
  it(
    'spend exactly what they have, and what they spent is what the stored answers say',
    inFolder((folder) => killRowsRounds(folder, { rows: 120, cap: 8 })),
    120_000,
  );
});
