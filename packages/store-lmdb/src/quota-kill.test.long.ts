import { describe, it } from 'vitest';
import { killQuotaRounds } from './quota-kill.test.rounds.ts';
import { inFolder } from './store.test.process.ts';

describe('a crawler whose holder is killed again and again', () => {
  for (let run = 0; run < 20; run++)
    it(
      `gets exactly its quota, run ${run}`,
      inFolder((folder) => killQuotaRounds(folder, 10_000)),
      600_000,
    );
});
