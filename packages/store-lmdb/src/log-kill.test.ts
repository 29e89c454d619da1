import { describe, it } from 'vitest';
import { killLogRounds } from './log-kill.test.rounds.ts';
import { inFolder } from './store.test.process.ts';

describe('a log whose process is killed', () => {
  it(
    'has every entry that was acknowledged, and holds',
    inFolder((folder) => killLogRounds(folder, 6)),
    120_000,
  );
});
