import { describe, it } from 'vitest';
import { killQuotaRounds } from './quota-kill.test.rounds.ts';
import { inFolder } from './store.test.process.ts';

describe('a crawler whose holder is killed', () => {
  it(
    'gets exactly its quota of the day and of the epoch, and what it got is what the log says',
    inFolder((folder) => killQuotaRounds(folder, 1500)),
    120_000,
  );
});
