import { describe, it } from 'vitest';
import { killLogRounds } from './log-kill.test.rounds.ts';
import { inFolder } from './store.test.process.ts';

describe('a log whose process is killed at 50 random points', () => {
  it(
    'has every entry that was acknowledged, and holds',
    inFolder((folder) => killLogRounds(folder, 50)),
    600_000,
  );
});
