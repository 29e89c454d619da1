import { describe, it } from 'vitest';
import { sealKillRounds } from './seal-kill.test.rounds.ts';
import { inFolder } from './store.test.process.ts';

describe('parties that are killed while they seal', () => {
  it(
    'go on where they were, and answer only when all is sealed',
    inFolder((folder) => sealKillRounds(folder, 40)),
    900_000,
  );
});
