import { describe, it } from 'vitest';
import { killRounds } from './kill.test.rounds.ts';
import { inFolder } from './store.test.process.ts';

describe('a process that is killed', () => {
  it(
    'leaves what it acknowledged, and no half of anything',
    inFolder((folder) => killRounds(folder, 10)),
    120_000,
  );
});
